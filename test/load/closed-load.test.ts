import { describe, expect, it } from 'vitest';
import { createConstantPeers } from '../../src/load/constant-peers.ts';
import { createPerPeerIterations } from '../../src/load/per-peer-iterations.ts';

describe('constant peers', () => {
  it('start all at once', () => {
    const load = createConstantPeers({ peers: 3, thinkTimeNs: 5 }, 100);
    expect([...load.initialStarts()]).toEqual([
      { index: 0, initiator: 0, plannedNs: 0 },
      { index: 1, initiator: 1, plannedNs: 0 },
      { index: 2, initiator: 2, plannedNs: 0 },
    ]);
  });

  it('start again after thinking, until the window ends', () => {
    const load = createConstantPeers({ peers: 3, thinkTimeNs: 5 }, 100);
    expect(load.afterEnd(1, 40)).toEqual({ index: 4, initiator: 1, plannedNs: 45 });
    expect(load.afterEnd(1, 94)).toEqual({ index: 7, initiator: 1, plannedNs: 99 });
    expect(load.afterEnd(1, 95)).toBeUndefined();
  });

  it('know nothing of initiators that do not take part', () => {
    expect(createConstantPeers({ peers: 3, thinkTimeNs: 0 }, 100).afterEnd(3, 1)).toBeUndefined();
  });

  it('number negotiations uniquely, each initiator by itself', () => {
    const load = createConstantPeers({ peers: 4, thinkTimeNs: 0 }, 1_000);
    const indices = [...load.initialStarts()].map(({ index }) => index);
    for (let now = 1; now < 50; now++) indices.push(load.afterEnd(now % 4, now)!.index);
    expect(new Set(indices).size).toBe(indices.length);
  });
});

describe('per-peer iterations', () => {
  it('start each initiator exactly so many times', () => {
    const load = createPerPeerIterations({ peers: 2, iterations: 3, thinkTimeNs: 1 }, 1_000);
    const starts = [0, 0];
    for (const { initiator } of load.initialStarts()) {
      let next: { readonly plannedNs: number } | undefined = { plannedNs: 0 };
      while (next !== undefined) {
        starts[initiator]! += 1;
        next = load.afterEnd(initiator, next.plannedNs + 10);
      }
    }
    expect(starts).toEqual([3, 3]);
  });

  it('end with the window all the same', () => {
    const load = createPerPeerIterations({ peers: 1, iterations: 1_000, thinkTimeNs: 0 }, 100);
    expect(load.afterEnd(0, 99)).toBeDefined();
    expect(load.afterEnd(0, 100)).toBeUndefined();
  });
});
