import { describe, expect, it } from 'vitest';
import type { GeneratorHealth, ResultCounts, ThresholdResult } from '../../src/measure/result.ts';
import { isSaturated, judge, type VerdictEvidence } from '../../src/measure/verdict.ts';

const COUNTS: ResultCounts = {
  started: 100,
  succeeded: 100,
  failed: 0,
  inFlightAtEnd: 0,
  droppedStarts: 0,
  firstTry: 100,
  retried: 0,
};
const NONE: ResultCounts = { ...COUNTS, started: 0, succeeded: 0, firstTry: 0 };
const ALL_FAILED: ResultCounts = { ...COUNTS, succeeded: 0, firstTry: 0, failed: 100 };
const HEALTHY: GeneratorHealth = {
  saturated: false,
  sendLagP99Ns: 1_000_000,
  sendLagMaxNs: 2_000_000,
  sendLagLimitNs: 10_000_000,
  droppedStarts: 0,
  workers: 2,
  workersLost: 0,
  losses: {},
};
const MET: ThresholdResult = { text: 'failed rate < 1%', observed: 0, unit: 'share', passed: true };
const MISSED: ThresholdResult = { text: 'latency p(99) < 1ms', observed: 5e6, unit: 'ns', passed: false };

function evidence(over: Partial<VerdictEvidence>): VerdictEvidence {
  return {
    generator: HEALTHY,
    negotiations: COUNTS,
    wholeRun: COUNTS,
    failures: {},
    answers: 400,
    thresholds: [MET],
    ...over,
  };
}

const LOST = { generator: { ...HEALTHY, workersLost: 1 } };
const LATE = { generator: { ...HEALTHY, sendLagP99Ns: 25_400_000 } };
const DROPPED = { generator: { ...HEALTHY, droppedStarts: 1 } };
const SILENT = {
  negotiations: ALL_FAILED,
  wholeRun: ALL_FAILED,
  failures: { 'timeout-phase1': 90, aborted: 10 },
  answers: 0,
};

describe('judge', () => {
  it.each<[string, Partial<VerdictEvidence>, string]>([
    ['everything is fine', {}, 'pass'],
    ['there are no thresholds', { thresholds: [] }, 'pass'],
    ['a threshold is missed', { thresholds: [MET, MISSED] }, 'threshold-failed'],
    [
      'nothing succeeds though there are answers',
      { negotiations: ALL_FAILED, thresholds: [] },
      'threshold-failed',
    ],
    ['starts are late though thresholds hold', LATE, 'saturated'],
    ['starts are dropped though thresholds hold', DROPPED, 'saturated'],
    ['starts are late and a threshold is missed', { ...LATE, thresholds: [MISSED] }, 'saturated'],
    ['nobody answers', SILENT, 'unreachable'],
    ['nobody answers, so starts are dropped', { ...SILENT, ...DROPPED }, 'unreachable'],
    ['the destination is unreachable', { ...SILENT, failures: { unreachable: 100 } }, 'unreachable'],
    ['all are refused', { ...SILENT, failures: { 'no-proposal-chosen': 100 } }, 'threshold-failed'],
    ['all time out after answers', { ...SILENT, answers: 1 }, 'threshold-failed'],
    ['nothing was started', { negotiations: NONE, wholeRun: NONE, answers: 0 }, 'invalid'],
    ['a signal ends it', { signal: 'SIGINT' }, 'aborted'],
    ['a signal ends it before the window', { signal: 'SIGINT', negotiations: NONE }, 'aborted'],
    ['a signal ends it while nobody answers', { ...SILENT, signal: 'SIGTERM' }, 'aborted'],
    ['a worker is lost', LOST, 'invalid'],
    ['a worker is lost and a signal ends it', { ...LOST, signal: 'SIGINT' }, 'invalid'],
    ['ikestorm has an error', { failures: { 'internal-error': 1 } }, 'invalid'],
    ['ikestorm has an error that ends no negotiation', { drops: { 'internal-error': 1 } }, 'invalid'],
  ])('when %s', (_name, over, verdict) => {
    expect(judge(evidence(over)).verdict).toBe(verdict);
  });

  it('gives all reasons, the deciding one first', () => {
    const { reasons } = judge(evidence({ ...LATE, thresholds: [MISSED] }));
    expect(reasons).toEqual([
      'starts were late: p99 of the send lag is 25.4 ms, limit 10 ms',
      'threshold not met: latency p(99) < 1ms',
    ]);
  });

  it('says why a threshold without data has failed', () => {
    const { reasons } = judge(
      evidence({ thresholds: [{ ...MISSED, observed: null, reason: 'no samples' }] }),
    );
    expect(reasons).toEqual(['threshold not met: latency p(99) < 1ms (no samples)']);
  });

  it('says on what a pass rests', () => {
    expect(judge(evidence({})).reasons).toEqual(['all thresholds met (1)']);
    expect(judge(evidence({ thresholds: [] })).reasons).toEqual([
      'no thresholds were set; 100 of 100 negotiations succeeded',
    ]);
  });
});

describe('isSaturated', () => {
  it('is false exactly up to the limit', () => {
    expect(isSaturated({ sendLagP99Ns: 10, sendLagLimitNs: 10, droppedStarts: 0 })).toBe(false);
    expect(isSaturated({ sendLagP99Ns: 11, sendLagLimitNs: 10, droppedStarts: 0 })).toBe(true);
    expect(isSaturated({ sendLagP99Ns: null, sendLagLimitNs: 10, droppedStarts: 0 })).toBe(false);
  });
});
