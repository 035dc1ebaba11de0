import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  createLiveBuffer,
  LiveCounters,
  readLiveCounters,
  snapshotOfLostWorker,
} from '../../src/measure/live-counters.ts';
import { createRecorder, type Recorder } from '../../src/measure/recorder.ts';
import { mergeAllGroups, mergeSnapshots } from '../../src/measure/snapshot.ts';
import { DROP_REASONS, FAILURE_CAUSES, ROUND_TRIPS, type Fact } from '../../src/peer/fact.ts';

const MS = 1_000_000;
const SECOND = 1_000_000_000;
const WINDOW = { groups: ['hosts', 'gateway'], measureStartNs: 10 * SECOND, measureEndNs: 20 * SECOND };

function started(plannedNs: number, startedNs = plannedNs): Fact {
  return { type: 'negotiation.started', negotiation: 0, mode: 'main', plannedNs, startedNs };
}
function succeeded(plannedNs: number, finishedNs: number, firstTry = true, startedNs = plannedNs): Fact {
  return { type: 'negotiation.succeeded', negotiation: 0, plannedNs, startedNs, finishedNs, firstTry };
}
function failed(plannedNs: number, cause: (typeof FAILURE_CAUSES)[number] = 'timeout-phase1'): Fact {
  return {
    type: 'negotiation.failed',
    negotiation: 0,
    cause,
    plannedNs,
    startedNs: plannedNs,
    finishedNs: plannedNs + SECOND,
  };
}

const timeNs = fc.integer({ min: 0, max: 30 * SECOND });
const elapsedNs = fc.integer({ min: 0, max: 5 * SECOND });
const anyFact: fc.Arbitrary<Fact> = fc.oneof(
  timeNs.map((planned) => started(planned)),
  fc
    .tuple(timeNs, elapsedNs, fc.boolean())
    .map(([planned, elapsed, firstTry]) => succeeded(planned, planned + elapsed, firstTry)),
  fc.tuple(timeNs, fc.constantFrom(...FAILURE_CAUSES)).map(([planned, cause]) => failed(planned, cause)),
  fc
    .record({ name: fc.constantFrom(...ROUND_TRIPS), plannedNs: timeNs, elapsedNs })
    .map((values) => ({ type: 'round-trip', ...values }) as const),
  fc
    .record({ plannedNs: timeNs, elapsedNs })
    .map((values) => ({ type: 'phase1.established', ...values }) as const),
  fc.constantFrom(...DROP_REASONS).map((reason) => ({ type: 'dropped', reason }) as const),
  fc.constant({ type: 'retransmitted' } as const),
  fc.constant({ type: 'responder.echo' } as const),
  timeNs.map((plannedNs) => ({ type: 'ping.sent', plannedNs }) as const),
  timeNs.map((plannedNs) => ({ type: 'ping.lost', plannedNs }) as const),
  fc
    .record({ plannedNs: timeNs, elapsedNs })
    .map((values) => ({ type: 'ping.answered', ...values }) as const),
  fc.constant({ type: 'responder.phase1.established' } as const),
  fc.constantFrom(...FAILURE_CAUSES).map((cause) => ({ type: 'responder.failed', cause }) as const),
);

function only(recorder: Recorder) {
  return mergeAllGroups(recorder.snapshot());
}

describe('recorder', () => {
  it.each([
    { plannedNs: 10 * SECOND - 1, measured: 0 },
    { plannedNs: 10 * SECOND, measured: 1 },
  ])('counts pings of a negotiation planned at $plannedNs $measured times as measured', (span) => {
    const { plannedNs, measured } = span;
    const recorder = createRecorder(WINDOW);
    recorder.record({ type: 'ping.sent', plannedNs }, 0);
    recorder.record({ type: 'ping.answered', plannedNs, elapsedNs: 7 * MS }, 0);
    recorder.record({ type: 'first-packet', plannedNs, elapsedNs: 90 * MS, sinceSaNs: 8 * MS }, 0);
    recorder.record({ type: 'ping.sent', plannedNs }, 0);
    recorder.record({ type: 'ping.lost', plannedNs }, 0);
    recorder.record({ type: 'responder.echo' }, 1);
    const all = mergeAllGroups(mergeSnapshots([recorder.snapshot(), createRecorder(WINDOW).snapshot()]));
    expect(all.pings.total).toEqual({ sent: 2, answered: 1, lost: 1 });
    expect(all.pings.window).toEqual({ sent: 2 * measured, answered: measured, lost: measured });
    expect(all.responder.echoes).toBe(1);
    expect(all.histograms.ping?.count ?? 0).toBe(measured);
    expect(all.histograms['first-packet']?.count ?? 0).toBe(measured);
    expect(all.histograms['first-packet-from-sa']?.count ?? 0).toBe(measured);
  });

  it.each([
    { plannedNs: 10 * SECOND - 1, measured: 0, what: 'planned just before the window' },
    { plannedNs: 10 * SECOND, measured: 1, what: 'planned at its start' },
    { plannedNs: 20 * SECOND - 1, measured: 1, what: 'planned at its last nanosecond' },
    { plannedNs: 20 * SECOND, measured: 0, what: 'planned at its end' },
  ])('counts a negotiation $what $measured times as measured', ({ plannedNs, measured }) => {
    const recorder = createRecorder(WINDOW);
    recorder.recordStart(3 * MS, plannedNs, 0);
    recorder.record(started(plannedNs, plannedNs + 3 * MS), 0);
    recorder.record(succeeded(plannedNs, plannedNs + 50 * MS, false), 0);
    recorder.record(failed(plannedNs), 0);
    recorder.droppedStart(0, plannedNs);
    const all = only(recorder);
    expect(all.total).toMatchObject({ started: 1, succeeded: 1, retried: 1, failed: 1, droppedStarts: 1 });
    expect(all.window).toMatchObject({
      started: measured,
      succeeded: measured,
      firstTry: 0,
      retried: measured,
      failed: measured,
      droppedStarts: measured,
    });
    expect(all.window.failures['timeout-phase1']).toBe(measured);
    expect(all.histograms.latency?.count ?? 0).toBe(measured);
    expect(all.histograms['send-lag']?.count ?? 0).toBe(measured);
  });

  it('measures latency from the planned start and, apart, from the actual one', () => {
    const recorder = createRecorder(WINDOW);
    recorder.record(succeeded(11 * SECOND, 11 * SECOND + 100 * MS, true, 11 * SECOND + 40 * MS), 0);
    const { histograms } = only(recorder);
    expect(histograms.latency?.maxNs).toBe(100 * MS);
    expect(histograms['latency-from-start']?.maxNs).toBe(60 * MS);
  });

  it('tells successes that end inside the window from those planned in it', () => {
    const recorder = createRecorder(WINDOW);
    recorder.record(succeeded(9 * SECOND, 10 * SECOND), 0);
    recorder.record(succeeded(15 * SECOND, 16 * SECOND), 0);
    recorder.record(succeeded(19 * SECOND, 25 * SECOND), 0);
    expect(only(recorder)).toMatchObject({
      finishedInWindow: 2,
      window: { succeeded: 2 },
      firstCompletionNs: 16 * SECOND,
      lastCompletionNs: 25 * SECOND,
    });
  });

  it('keeps groups apart and leaves out those that nothing happened to', () => {
    const recorder = createRecorder(WINDOW);
    recorder.record({ type: 'responder.phase2.established' }, 1);
    const { groups } = recorder.snapshot();
    expect(Object.keys(groups)).toEqual(['gateway']);
    expect(groups['gateway']?.responder.phase2).toBe(1);
  });

  it('refuses a group that there is not', () => {
    expect(() => createRecorder(WINDOW).record(started(0), 2)).toThrow(RangeError);
  });

  it('gives snapshots that later facts do not change and that can be sent to another thread', () => {
    const recorder = createRecorder(WINDOW);
    recorder.record(started(11 * SECOND), 0);
    const snapshot = recorder.snapshot();
    const before = structuredClone(snapshot);
    recorder.record(started(12 * SECOND), 0);
    recorder.record(succeeded(12 * SECOND, 13 * SECOND), 0);
    expect(snapshot).toEqual(before);
  });

  it('measures the same however facts are spread over workers', () => {
    const facts = fc.array(fc.tuple(anyFact, fc.nat({ max: 1 }), fc.nat({ max: 3 })), { maxLength: 120 });
    fc.assert(
      fc.property(facts, (list) => {
        const whole = createRecorder(WINDOW);
        const workers = [0, 1, 2, 3].map(() => createRecorder(WINDOW));
        for (const [fact, group, worker] of list) {
          whole.record(fact, group);
          workers[worker]?.record(fact, group);
        }
        const parts = workers.map((worker) => worker.snapshot());
        const merged = mergeSnapshots(parts);
        expect(merged).toEqual(mergeSnapshots([whole.snapshot()]));
        expect(mergeSnapshots(parts.toReversed())).toEqual(merged);
      }),
    );
  });

  it('refuses to merge nothing, and different windows', () => {
    expect(() => mergeSnapshots([])).toThrow(RangeError);
    const other = createRecorder({ ...WINDOW, measureEndNs: 30 * SECOND }).snapshot();
    expect(() => mergeSnapshots([createRecorder(WINDOW).snapshot(), other])).toThrow(RangeError);
  });
});

describe('live counters', () => {
  it('show the same counts as the recorder that feeds them', () => {
    const buffer = createLiveBuffer();
    const recorder = createRecorder({ ...WINDOW, live: new LiveCounters(buffer) });
    fc.assert(
      fc.property(fc.array(anyFact, { maxLength: 50 }), (facts) => {
        for (const fact of facts) recorder.record(fact, 0);
        const { total, drops, retransmissions, answers } = only(recorder);
        const live = readLiveCounters([buffer]);
        expect(live).toMatchObject({
          started: total.started,
          succeeded: total.succeeded,
          failed: total.failed,
          failures: total.failures,
          firstTry: total.firstTry,
          drops,
          retransmissions,
          answers,
        });
        expect(live.latency.reduce((sum, count) => sum + count, 0)).toBe(total.succeeded);
      }),
    );
  });

  it('add up over workers, with the largest send lag', () => {
    const buffers = [createLiveBuffer(), createLiveBuffer()];
    for (const [index, buffer] of buffers.entries()) {
      const recorder = createRecorder({ ...WINDOW, live: new LiveCounters(buffer) });
      recorder.record(started(0), 0);
      recorder.record(started(0), 0);
      recorder.record(succeeded(0, MS), 0);
      recorder.recordStart((index + 1) * MS, 0, 0);
    }
    expect(readLiveCounters(buffers)).toMatchObject({
      started: 4,
      succeeded: 2,
      inFlight: 2,
      sendLagMaxNs: 2 * MS,
    });
  });

  it('count correctly above 2^31', () => {
    const buffer = createLiveBuffer();
    new Int32Array(buffer)[0] = 0x7fffffff;
    new LiveCounters(buffer).started(false);
    expect(readLiveCounters([buffer]).started).toBe(2 ** 31);
  });

  it('save the counts of a lost worker for the result', () => {
    const buffer = createLiveBuffer();
    const lost = createRecorder({ ...WINDOW, live: new LiveCounters(buffer) });
    lost.record(started(5 * SECOND), 0);
    lost.record(started(11 * SECOND), 0);
    lost.record(succeeded(11 * SECOND, 12 * SECOND, false), 0);
    lost.record(failed(5 * SECOND, 'rejected'), 0);
    const kept = createRecorder(WINDOW);
    kept.record(started(12 * SECOND), 0);
    const saved = snapshotOfLostWorker(buffer, WINDOW.measureStartNs, WINDOW.measureEndNs);
    const all = mergeAllGroups(mergeSnapshots([kept.snapshot(), saved]));
    expect(all.total).toMatchObject({ started: 3, succeeded: 1, retried: 1, failed: 1 });
    expect(all.total.failures.rejected).toBe(1);
    expect(all.window).toMatchObject({ started: 2, succeeded: 1, failed: 0 });
  });

  it('refuse memory that is too small', () => {
    expect(() => new LiveCounters(new SharedArrayBuffer(64))).toThrow(RangeError);
  });
});
