import { describe, expect, it } from 'vitest';
import { ConnectionLog, addConnections } from '../../src/measure/connection-log.ts';
import type { Disturbance } from '../../src/measure/disturbance.ts';
import { LatencyHistogram } from '../../src/measure/histogram.ts';
import type { Fact } from '../../src/peer/fact.ts';

const S = 1_000_000_000;
const times = { negotiation: 0, plannedNs: 0, startedNs: 0 };
const started: Fact = { type: 'negotiation.started', mode: 'main', ...times };
const succeeded: Fact = { type: 'negotiation.succeeded', ...times, finishedNs: 0, firstTry: true };
const failed: Fact = { type: 'negotiation.failed', ...times, finishedNs: 0, cause: 'timeout-phase1' };
const closed: Fact = { type: 'negotiation.closed', negotiation: 0 };
const dead: Fact = { type: 'lifecycle', event: 'peer-dead' };

type Story = readonly (readonly [peer: number, timeS: number, fact: Fact])[];

function tell(disturbance: Disturbance | undefined, story: Story) {
  const changes: [number, number][] = [];
  const log = new ConnectionLog({
    peers: 4,
    ...(disturbance !== undefined && { disturbance }),
    onChange: (by, timeNs) => changes.push([by, timeNs / S]),
  });
  for (const [peer, timeS, fact] of story) log.note(fact, peer, timeS * S);
  const { affected, trying, back } = log.snapshot();
  const histogram = new LatencyHistogram();
  histogram.add(back);
  return { affected, trying, back: histogram.count, latestNs: histogram.maxNs, changes, log };
}

const OUTAGE: Disturbance = { kind: 'outage', startNs: 10 * S, endNs: 20 * S };

describe('a log of connections', () => {
  it('follows how many peers are connected, each counted once', () => {
    const { changes } = tell(undefined, [
      [0, 1, started],
      [0, 2, succeeded],
      [0, 3, succeeded],
      [1, 4, closed],
      [0, 5, closed],
      [0, 6, closed],
    ]);
    expect(changes).toEqual([
      [1, 2],
      [-1, 5],
    ]);
  });

  it('takes everybody who starts for affected by a storm', () => {
    const storm = tell({ kind: 'storm', startNs: 0, endNs: 0 }, [
      [0, 1, started],
      [1, 5, started],
      [2, 6, started],
      [0, 7, succeeded],
      [2, 8, failed],
    ]);
    expect(storm).toMatchObject({ affected: 3, trying: 1, back: 1, latestNs: 7 * S });
  });

  it('leaves out of an outage whom it had nothing to do with', () => {
    const outage = tell(OUTAGE, [
      [0, 1, started],
      [0, 2, succeeded],
      [1, 9, started],
      [1, 12, failed],
      [2, 15, started],
      [2, 25, succeeded],
      [3, 21, started],
      [3, 22, succeeded],
    ]);
    expect(outage).toMatchObject({ affected: 2, trying: 0, back: 1, latestNs: 5 * S });
  });

  it('counts a tunnel that was lost to it late, and one that was set up in the midst as back at its end', () => {
    const outage = tell(OUTAGE, [
      [0, 1, started],
      [0, 2, succeeded],
      [0, 50, dead],
      [0, 50, closed],
      [0, 51, started],
      [0, 53, succeeded],
      [1, 11, started],
      [1, 12, succeeded],
    ]);
    expect(outage).toMatchObject({ affected: 2, back: 2, latestNs: 33 * S });
    expect(outage.log.snapshot().back.minNs).toBe(0);
  });

  it('is not back whose tunnel was lost again', () => {
    const outage = tell(OUTAGE, [
      [0, 11, started],
      [0, 12, succeeded],
      [0, 40, dead],
      [0, 40, closed],
      [0, 41, started],
    ]);
    expect(outage).toMatchObject({ affected: 1, back: 0, trying: 1 });
  });

  it('still tries who waits for another attempt, and no more who gave up', () => {
    const { log } = tell(OUTAGE, [
      [0, 11, started],
      [1, 12, started],
    ]);
    const failed = { type: 'negotiation.failed', cause: 'unreachable', negotiation: 0 } as const;
    for (const peerId of [0, 1]) {
      log.note({ ...failed, plannedNs: 0, startedNs: 0, finishedNs: 13 * S }, peerId, 13 * S);
      log.comesBack(peerId, true);
    }
    expect(log.snapshot()).toMatchObject({ affected: 2, trying: 2 });
    log.comesBack(1, false);
    expect(log.snapshot()).toMatchObject({ affected: 2, trying: 1 });
  });

  it('adds up over workers', () => {
    const parts = [
      tell(OUTAGE, [[0, 11, started]]),
      tell(OUTAGE, [
        [1, 12, started],
        [1, 23, succeeded],
      ]),
    ].map(({ log }) => log.snapshot());
    expect(addConnections(parts)).toMatchObject({ affected: 2, trying: 1, back: { count: 1, maxNs: 3 * S } });
  });
});
