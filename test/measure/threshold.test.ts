import { describe, expect, it } from 'vitest';
import { evaluateThreshold } from '../../src/measure/threshold.ts';
import type { Threshold } from '../../src/scenario/scenario.ts';
import { COUNT_METRICS, DURATION_METRICS, parseThreshold } from '../../src/scenario/threshold.ts';
import {
  MEASURE_START_NS,
  MS,
  pingThrough,
  recordSampleRun,
  sampleRecorder,
  sampleResult,
} from './sample-run.ts';

const RESULT = sampleResult();
const PINGED = pingedResult();
const EMPTY = sampleResult({ snapshot: sampleRecorder().snapshot() });

function pingedResult() {
  const recorder = sampleRecorder();
  recordSampleRun(recorder);
  pingThrough(recorder, MEASURE_START_NS, 4);
  for (const what of ['begun', 'tried', 'back'] as const) {
    recorder.comeBack(what, 0, MEASURE_START_NS, MEASURE_START_NS + 300 * MS);
  }
  return sampleResult({ snapshot: recorder.snapshot() });
}

function demand(over: Partial<Threshold>): Threshold {
  return {
    text: 'text',
    metric: 'latency',
    statistic: { percentile: 99 },
    comparison: '<',
    value: 0,
    ...over,
  };
}

describe('evaluateThreshold', () => {
  it.each<[string, Partial<Threshold>, string, number]>([
    ['latency max', { statistic: 'max' }, 'ns', 29.95 * MS],
    ['latency p(100)', { statistic: { percentile: 100 } }, 'ns', 29.95 * MS],
    ['latency count', { statistic: 'count' }, 'count', 98],
    ['latency-from-start max', { metric: 'latency-from-start', statistic: 'max' }, 'ns', 29.9 * MS],
    ['phase1 max', { metric: 'phase1', statistic: 'max' }, 'ns', 17.94 * MS],
    ['round trip max', { metric: 'round-trip-quick-1', statistic: 'max' }, 'ns', 11.96 * MS],
    ['send-lag max', { metric: 'send-lag', statistic: 'max' }, 'ns', 50_000],
    ['failed rate', { metric: 'failed', statistic: 'rate' }, 'share', 0.02],
    ['failed count', { metric: 'failed', statistic: 'count' }, 'count', 2],
    ['succeeded count', { metric: 'succeeded', statistic: 'count' }, 'count', 98],
    ['started rate', { metric: 'started', statistic: 'rate' }, 'share', 1],
    ['dropped-starts count', { metric: 'dropped-starts', statistic: 'count' }, 'count', 0],
    ['retransmissions count', { metric: 'retransmissions', statistic: 'count' }, 'count', 1],
    ['retransmissions rate', { metric: 'retransmissions', statistic: 'rate' }, 'share', 0.005],
    ['throughput', { metric: 'throughput', statistic: 'rate' }, 'hz', 9.8],
    ['failed count of a group', { metric: 'failed', statistic: 'count', group: 'branch' }, 'count', 2],
    ['failed count of another', { metric: 'failed', statistic: 'count', group: 'hosts' }, 'count', 0],
  ])('observes %s', (_name, threshold, unit, value) => {
    const evaluated = evaluateThreshold(demand({ ...threshold, comparison: '<=', value }), RESULT);
    expect(evaluated).toMatchObject({ unit, passed: true });
    expect(evaluated.observed).toBeCloseTo(value, 6);
  });

  it('observes what happened to SAs later, in shares of what was started', () => {
    const recorder = sampleRecorder();
    recordSampleRun(recorder);
    for (const event of ['phase1-rekeyed', 'phase2-rekeyed', 'rekey-failed', 'peer-dead'] as const) {
      recorder.record({ type: 'lifecycle', event }, 0);
    }
    const result = sampleResult({ snapshot: recorder.snapshot() });
    const observed = (metric: string, statistic: 'count' | 'rate') =>
      evaluateThreshold(demand({ metric, statistic }), result).observed;
    expect(observed('rekeys', 'count')).toBe(2);
    expect(observed('rekeys', 'rate')).toBeCloseTo(2 / 200);
    expect(observed('rekeys-failed', 'count')).toBe(1);
    expect(observed('dead-peers', 'count')).toBe(1);
    expect(evaluateThreshold(demand({ metric: 'dead-peers', statistic: 'count' }), RESULT).observed).toBe(0);
  });

  it('takes any percentile from the whole histogram', () => {
    const { observed } = evaluateThreshold(demand({ statistic: { percentile: 33 } }), RESULT);
    expect((observed ?? 0) / MS).toBeCloseTo(23.2, 0);
  });

  it.each([
    ['<', 2, false],
    ['<', 3, true],
    ['<=', 2, true],
    ['<=', 1, false],
    ['>', 2, false],
    ['>', 1, true],
    ['>=', 2, true],
    ['>=', 3, false],
  ] as const)('compares with %s %d', (comparison, value, passed) => {
    const threshold = demand({ metric: 'failed', statistic: 'count', comparison, value });
    expect(evaluateThreshold(threshold, RESULT).passed).toBe(passed);
  });

  it.each<[string, Partial<Threshold>, string]>([
    ['a duration without samples', { value: Number.POSITIVE_INFINITY }, 'no samples'],
    ['a share of nothing', { metric: 'failed', statistic: 'rate', value: 1 }, 'no negotiation was started'],
    ['a group that nothing happened to', { group: 'hosts', value: 1e12 }, 'nothing happened in group hosts'],
    ['a metric that there is not', { metric: 'constructor', value: 1 }, 'constructor has no percentiles'],
    [
      'a statistic that it does not have',
      { metric: 'failed', statistic: 'mean', value: 1 },
      'failed has no mean',
    ],
  ])('fails %s, and says why', (_name, threshold, reason) => {
    expect(evaluateThreshold(demand(threshold), EMPTY)).toMatchObject({
      observed: null,
      passed: false,
      reason,
    });
  });

  it.each([
    // The sample run is main mode alone.
    ...DURATION_METRICS.filter((metric) => !/aggressive|xauth|configuration/.test(metric)).flatMap(
      (metric) => [`${metric} p(50) > 1ns`, `${metric} mean > 1ns`, `${metric} max > 1ns`],
    ),
    ...COUNT_METRICS.flatMap((metric) => [`${metric} count >= 0`, `${metric} rate >= 0%`]),
    'throughput > 1/s',
    'latency{branch} p(99) > 1ms',
  ])('can evaluate what a scenario can demand: %s', (text) => {
    expect(evaluateThreshold(parseThreshold(text), PINGED)).toMatchObject({ text, passed: true });
  });

  it.each([
    ['ping max >= 3ms', 3 * MS, 'ns'],
    ['first-packet max <= 30ms', 30 * MS, 'ns'],
    ['first-packet-from-sa max <= 5ms', 5 * MS, 'ns'],
    ['pings count >= 4', 4, 'count'],
    ['ping-loss rate <= 25%', 0.25, 'share'],
    ['ping-loss count <= 1', 1, 'count'],
    ['come-back max <= 300ms', 300 * MS, 'ns'],
    ['came-back rate >= 100%', 1, 'share'],
    ['gave-up count <= 0', 0, 'count'],
    ['tunnels-lost count <= 0', 0, 'count'],
  ])('observes %s', (text, observed, unit) => {
    expect(evaluateThreshold(parseThreshold(text), PINGED)).toMatchObject({ observed, unit, passed: true });
  });

  it('fails a demand on pings where there are none', () => {
    const reason = 'no ping was sent';
    expect(evaluateThreshold(parseThreshold('ping-loss rate < 1%'), RESULT)).toMatchObject({
      passed: false,
      reason,
    });
  });
});
