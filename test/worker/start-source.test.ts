import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Executor, Load } from '../../src/scenario/scenario.ts';
import { createStartSource } from '../../src/worker/start-source.ts';

const load = (executor: Executor, measureNs = 1000): Load => ({
  executor,
  warmUpNs: 0,
  measureNs,
  drainNs: 100,
  sendLagLimitNs: 1,
});

const sourceOf = (executor: Executor, positions: readonly number[], initiatorCount = 4) =>
  createStartSource({ load: load(executor), seed: 1, beginningNs: 5000, initiatorCount, positions });

describe('the starts of one worker', () => {
  it('are, over all workers, exactly those of the schedule', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 9 }), fc.integer({ min: 1, max: 4 }), (initiators, workers) => {
        const all = Array.from({ length: workers }, (_, worker) => {
          const positions = Array.from({ length: initiators }, (__, index) => index);
          const own = positions.filter((position) => position % workers === worker);
          const source = sourceOf({ type: 'constant-arrival-rate', rateHz: 20_000_000 }, own, initiators);
          const starts = [];
          while (source.nextDueNs() !== undefined) starts.push(source.take());
          expect(source.isExhausted(0)).toBe(true);
          expect(starts.every(({ position }) => own.includes(position))).toBe(true);
          return starts;
        });
        const starts = all.flat().toSorted((a, b) => a.negotiation - b.negotiation);
        expect(starts.map(({ negotiation }) => negotiation)).toEqual(Array.from({ length: 20 }, (_, k) => k));
        for (const { plannedNs, negotiation, position } of starts) {
          expect(plannedNs).toBe(5000 + negotiation * 50);
          expect(position).toBe(negotiation % initiators);
        }
      }),
      { numRuns: 50 },
    );
  });

  it('come again in a closed load after an end and the time to think', () => {
    const source = sourceOf({ type: 'constant-peers', peers: 3, thinkTimeNs: 10 }, [1, 3]);
    expect(source.nextDueNs()).toBe(5000);
    expect(source.take()).toEqual({ plannedNs: 5000, negotiation: 1, position: 1 });
    expect(source.nextDueNs()).toBeUndefined();
    expect(source.isExhausted(5020)).toBe(false);
    source.freed(1, 5100);
    expect(source.nextDueNs()).toBe(5110);
    expect(source.take()).toMatchObject({ plannedNs: 5110, position: 1, negotiation: 4 });
  });

  it('come no more in a closed load after the measure window, even of those that never end', () => {
    const source = sourceOf({ type: 'constant-peers', peers: 2, thinkTimeNs: 10 }, [0, 1]);
    source.take();
    source.take();
    source.freed(0, 5995);
    expect(source.nextDueNs()).toBeUndefined();
    expect(source.isExhausted(5995)).toBe(false);
    expect(source.isExhausted(6000)).toBe(true);
  });

  it('are as many as the iterations of each peer', () => {
    const source = sourceOf({ type: 'per-peer-iterations', peers: 1, iterations: 2, thinkTimeNs: 0 }, [0]);
    source.take();
    source.freed(0, 5010);
    source.take();
    source.freed(0, 5020);
    expect(source.isExhausted(5020)).toBe(true);
  });
});
