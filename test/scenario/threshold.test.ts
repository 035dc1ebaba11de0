import { describe, expect, it } from 'vitest';
import { parseThreshold, ThresholdError } from '../../src/scenario/threshold.ts';

describe('thresholds', () => {
  it.each([
    [
      'latency p(99) < 250ms',
      { metric: 'latency', statistic: { percentile: 99 }, comparison: '<', value: 250e6 },
    ],
    [
      'latency p(99.9)<=1.5s',
      { metric: 'latency', statistic: { percentile: 99.9 }, comparison: '<=', value: 1.5e9 },
    ],
    [
      'phase1{remote-workers} p(95) < 1s',
      {
        metric: 'phase1',
        group: 'remote-workers',
        statistic: { percentile: 95 },
        comparison: '<',
        value: 1e9,
      },
    ],
    [
      'round-trip-main-1 max < 1s',
      { metric: 'round-trip-main-1', statistic: 'max', comparison: '<', value: 1e9 },
    ],
    ['send-lag mean < 1ms', { metric: 'send-lag', statistic: 'mean', comparison: '<', value: 1e6 }],
    ['failed rate < 1%', { metric: 'failed', statistic: 'rate', comparison: '<', value: 0.01 }],
    [
      'retransmissions rate <= 0.5',
      { metric: 'retransmissions', statistic: 'rate', comparison: '<=', value: 0.5 },
    ],
    ['succeeded count >= 2000', { metric: 'succeeded', statistic: 'count', comparison: '>=', value: 2000 }],
    [
      'dropped-starts count <= 0',
      { metric: 'dropped-starts', statistic: 'count', comparison: '<=', value: 0 },
    ],
    ['throughput > 30/m', { metric: 'throughput', statistic: 'rate', comparison: '>', value: 0.5 }],
  ])('%s', (text, expected) => {
    expect(parseThreshold(text)).toEqual({ text, ...expected });
  });

  it.each([
    [
      'latency p(99) = 1s',
      '"latency p(99) = 1s" is not a threshold',
      expect.stringContaining('latency p(99) < 250ms'),
    ],
    ['latancy p(99) < 1s', '"latancy" is not a metric', 'did you mean "latency"?'],
    ['latency < 1s', 'latency needs a statistic', 'write p(99), p(99.9), mean or max'],
    ['latency p99 < 1s', 'latency has no "p99"', 'write p(99), p(99.9), mean or max'],
    ['latency p(101) < 1s', 'p(101) is not a percentile', 'write a number from 0 to 100'],
    ['latency p(99) < 5', 'in "latency p(99) < 5": duration "5" has no unit', 'write 5ms, 5s or 5m'],
    ['failed < 3', '"failed < 3" names no statistic', 'write failed count or failed rate'],
    ['failed max < 3', 'failed has no "max"', 'write failed count or failed rate'],
    ['failed count < 1.5', 'in "failed count < 1.5": "1.5" is not a count', 'write a whole number'],
    ['throughput mean > 5/s', 'throughput has no "mean"', 'write throughput > 500/s'],
    ['constructor count < 1', '"constructor" is not a metric', expect.stringContaining('known: latency')],
  ])('%s is refused', (text, message, hint) => {
    expect(() => parseThreshold(text)).toThrow(expect.objectContaining({ message, hint }));
    expect(() => parseThreshold(text)).toThrow(ThresholdError);
  });
});
