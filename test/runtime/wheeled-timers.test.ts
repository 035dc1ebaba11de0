import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createTimer, type Timer } from '../../src/peer/timer.ts';
import { WheeledTimers } from '../../src/runtime/wheeled-timers.ts';

const TIMERS = 24;
const S = 1_000_000_000;
const DAY = 86_400 * S;

type Step =
  | { readonly do: 'set'; readonly which: number; readonly afterNs: number }
  | { readonly do: 'cancel'; readonly which: number }
  | { readonly do: 'wait'; readonly byNs: number };

const which = fc.nat({ max: TIMERS - 1 });
/** Ties, also between those that went through the wheel and those that did not, and days. */
const span = fc.oneof(
  fc.constantFrom(0, 1, 0x40_0000, S, 2 * S, 30 * S, 600 * S, DAY, 80 * DAY),
  fc.nat({ max: S }),
);
const steps: fc.Arbitrary<Step[]> = fc.array(
  fc.oneof(
    { weight: 5, arbitrary: fc.record({ do: fc.constant('set' as const), which, afterNs: span }) },
    { weight: 2, arbitrary: fc.record({ do: fc.constant('cancel' as const), which }) },
    { weight: 2, arbitrary: fc.record({ do: fc.constant('wait' as const), byNs: span }) },
  ),
  { maxLength: 200 },
);

interface Entry {
  readonly timer: Timer;
  readonly dueNs: number;
}

describe('wheeled timers', () => {
  it('behave like a sorted list, whatever is armed, moved, cancelled and taken', () => {
    fc.assert(
      fc.property(steps, (run) => {
        const timers = Array.from({ length: TIMERS }, (_, index) => createTimer(index, 'retransmit', index));
        const queue = new WheeledTimers();
        // In the order of setting; sorting keeps it among those due at one time.
        let entries: Entry[] = [];
        const without = (timer: Timer): Entry[] => entries.filter((entry) => entry.timer !== timer);
        let nowNs = 0;
        for (const step of run) {
          if (step.do === 'wait') {
            const dueNs = entries[0]?.dueNs ?? Infinity;
            const limitNs = nowNs + step.byNs;
            expect(queue.nextDueNs(limitNs)).toBe(dueNs <= limitNs ? dueNs : undefined);
            nowNs = limitNs;
            while (entries.length > 0 && entries[0]!.dueNs <= nowNs) {
              expect(queue.popDue(nowNs)).toBe(entries.shift()!.timer);
            }
            expect(queue.popDue(nowNs)).toBeUndefined();
          } else {
            const timer = timers[step.which]!;
            entries = without(timer);
            if (step.do === 'set') {
              timer.dueNs = nowNs + step.afterNs;
              entries.push({ timer, dueNs: timer.dueNs });
              entries.sort((a, b) => a.dueNs - b.dueNs);
            }
            queue[step.do](timer);
          }
          expect(queue.size).toBe(entries.length);
          const armed = new Set(entries.map(({ timer }) => timer));
          for (const timer of timers) expect(timer.slot >= 0).toBe(armed.has(timer));
        }
        for (const { timer } of entries) expect(queue.popDue(Infinity)).toBe(timer);
        expect(queue.popDue(Infinity)).toBeUndefined();
      }),
      { numRuns: 300 },
    );
  });

  it('fire at the time that they were armed for, whatever a peer writes into them meanwhile', () => {
    const queue = new WheeledTimers();
    const timer = createTimer(1, 'hold', undefined);
    timer.dueNs = 10 * S;
    queue.set(timer);
    timer.dueNs = 30 * S;
    expect(queue.nextDueNs(9 * S)).toBeUndefined();
    expect(queue.nextDueNs(20 * S)).toBe(10 * S);
    queue.set(timer);
    expect(queue.popDue(29 * S)).toBeUndefined();
    expect(queue.popDue(30 * S)).toBe(timer);
  });
});
