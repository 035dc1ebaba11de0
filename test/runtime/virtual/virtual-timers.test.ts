import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createTimer, type Timer } from '../../../src/peer/timer.ts';
import { EVENT_CLASS, EventOrder } from '../../../src/runtime/virtual/event-order.ts';
import { EventQueue } from '../../../src/runtime/virtual/event-queue.ts';
import { VirtualTimers } from '../../../src/runtime/virtual/virtual-timers.ts';

const PEERS = 6;
const S = 1_000_000_000;
const DAY = 86_400 * S;

type Step =
  | { readonly do: 'set'; readonly which: number; readonly afterNs: number }
  | { readonly do: 'cancel'; readonly which: number }
  /** Somebody else's event comes then, and all that is due before is handled. */
  | { readonly do: 'until'; readonly byNs: number };

const which = fc.nat({ max: 4 * PEERS - 1 });
const span = fc.oneof(
  fc.constantFrom(0, 1, 5, 0x40_0000, 4 * S, 10 * 60 * S, DAY, 30 * DAY),
  fc.nat({ max: 20 * S }),
);
const steps: fc.Arbitrary<Step[]> = fc.array(
  fc.oneof(
    { weight: 6, arbitrary: fc.record({ do: fc.constant('set' as const), which, afterNs: span }) },
    { weight: 3, arbitrary: fc.record({ do: fc.constant('cancel' as const), which }) },
    { weight: 2, arbitrary: fc.record({ do: fc.constant('until' as const), byNs: span }) },
  ),
  { maxLength: 200 },
);

function timersOfPeers(): Timer[] {
  return Array.from({ length: 4 * PEERS }, (_, index) => createTimer(index % PEERS, 'retransmit', index));
}

describe('timers in virtual time', () => {
  it('fire in the order in which a single queue would give them out, whatever is armed, moved and cancelled', () => {
    fc.assert(
      fc.property(fc.nat(), steps, (seed, run) => {
        const order = new EventOrder(seed, PEERS);
        const [timers, others] = [timersOfPeers(), timersOfPeers()];
        const wheel = new VirtualTimers(order);
        const heap = new EventQueue<Timer>();
        let nowNs = 0;
        let sequence = 0;
        const popBoth = (limitNs: number): boolean => {
          const timeNs = wheel.nextNs(limitNs);
          if (heap.nextNs > limitNs) {
            expect(timeNs).toBeGreaterThan(limitNs);
            return false;
          }
          expect(timeNs).toBe(heap.nextNs);
          nowNs = timeNs;
          expect(wheel.pop()!.subject).toBe(heap.pop()!.subject);
          return true;
        };
        for (const step of run) {
          if (step.do === 'until') {
            const untilNs = nowNs + step.byNs;
            while (popBoth(untilNs));
            nowNs = untilNs;
          } else if (step.do === 'cancel') {
            wheel.cancel(timers[step.which]!);
            heap.cancel(others[step.which]!);
          } else {
            const dueNs = nowNs + step.afterNs;
            const { peer } = timers[step.which]!;
            wheel.set(timers[step.which]!, dueNs);
            const rank = order.rankOf(EVENT_CLASS.timer, dueNs, peer, peer);
            heap.set(others[step.which]!, dueNs, rank, peer, sequence++);
          }
          expect(wheel.size).toBe(heap.size);
          for (const [index, { slot }] of timers.entries()) expect(slot >= 0).toBe(others[index]!.slot >= 0);
        }
        while (heap.size > 0) expect(popBoth(Infinity)).toBe(true);
        expect(wheel.nextNs(Infinity)).toBe(Infinity);
        expect(wheel.pop()).toBeUndefined();
      }),
      { numRuns: 500 },
    );
  });
});
