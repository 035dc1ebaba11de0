import { describe, expect, it } from 'vitest';
import { LiveCounters, createLiveBuffer } from '../../src/measure/live-counters.ts';
import { createRecorder } from '../../src/measure/recorder.ts';
import { mergeAllGroups } from '../../src/measure/snapshot.ts';
import { snapshotOfLost } from '../../src/run/lost-worker.ts';

const WINDOW = { measureStartNs: 0, measureEndNs: 1_000_000 };

function recorderWith(live: SharedArrayBuffer) {
  const recorder = createRecorder({ groups: ['hosts'], ...WINDOW, live: new LiveCounters(live) });
  const negotiate = (negotiation: number): void => {
    const times = { plannedNs: 10, startedNs: 20 };
    recorder.record({ type: 'negotiation.started', negotiation, mode: 'main', ...times }, 0);
    recorder.record(
      { type: 'negotiation.succeeded', negotiation, firstTry: true, ...times, finishedNs: 5000 },
      0,
    );
    recorder.record({ type: 'dropped', reason: 'malformed' }, 0);
    recorder.record({ type: 'lifecycle', event: 'peer-dead' }, 0);
    recorder.record({ type: 'negotiation.closed', negotiation, wasLost: true }, 0);
    recorder.comeBack('begun', 0, 6000, 6000);
    recorder.record({ type: 'responder.phase1.established' }, 0);
    recorder.record({ type: 'responder.failed', cause: 'timeout-phase2' }, 0);
    for (const plannedNs of [10, 2_000_000]) {
      for (let count = 0; count < 3; count++) recorder.record({ type: 'ping.sent', plannedNs }, 0);
      for (const elapsedNs of [7, 9]) recorder.record({ type: 'ping.answered', plannedNs, elapsedNs }, 0);
      recorder.record({ type: 'ping.lost', plannedNs }, 0);
    }
  };
  return { recorder, negotiate };
}

describe('what is left of a lost worker', () => {
  it('has every count to the end, and the histograms of its last report', () => {
    const live = createLiveBuffer();
    const { recorder, negotiate } = recorderWith(live);
    negotiate(0);
    negotiate(1);
    const reported = recorder.snapshot();
    negotiate(2);
    const rest = snapshotOfLost(reported, live, WINDOW);
    const all = mergeAllGroups(rest);
    expect(all.total).toMatchObject({ started: 3, succeeded: 3, firstTry: 3, retried: 0, failed: 0 });
    expect(all.window).toMatchObject({ started: 3, succeeded: 3 });
    expect(all.drops.malformed).toBe(3);
    expect(all.lifecycle).toMatchObject({ 'peer-dead': 3, 'rekey-failed': 0 });
    expect(all).toMatchObject({ closed: 3, comeBack: { tunnelsLost: 3, begun: 3, back: 0 } });
    expect(all.responder).toMatchObject({ phase1: 3, phase2: 0, failures: { 'timeout-phase2': 3 } });
    expect(all.pings).toEqual({
      total: { sent: 18, answered: 12, lost: 6 },
      window: { sent: 9, answered: 6, lost: 3 },
    });
    expect(all.histograms.latency?.count).toBe(2);
    expect(rest.groups['hosts']?.total.started).toBe(2);
  });

  it('has every count even when it never reported', () => {
    const live = createLiveBuffer();
    const { negotiate } = recorderWith(live);
    negotiate(0);
    const all = mergeAllGroups(snapshotOfLost(undefined, live, WINDOW));
    expect(all.total).toMatchObject({ succeeded: 1 });
    expect(all.pings.window).toEqual({ sent: 3, answered: 2, lost: 1 });
  });
});
