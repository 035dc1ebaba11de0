import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createTimer } from '../../src/peer/timer.ts';
import type { Timer } from '../../src/peer/timer.ts';
import { TimerQueue } from '../../src/runtime/timer-queue.ts';

const TIMERS = 24;

type Step =
  | { readonly do: 'set'; readonly which: number; readonly dueNs: number }
  | { readonly do: 'cancel'; readonly which: number }
  | { readonly do: 'pop'; readonly nowNs: number };

const which = fc.nat({ max: TIMERS - 1 });
/** Few different times, so that ties are common. */
const time = fc.nat({ max: 12 });
const steps: fc.Arbitrary<Step[]> = fc.array(
  fc.oneof(
    { weight: 5, arbitrary: fc.record({ do: fc.constant('set' as const), which, dueNs: time }) },
    { weight: 2, arbitrary: fc.record({ do: fc.constant('cancel' as const), which }) },
    { weight: 2, arbitrary: fc.record({ do: fc.constant('pop' as const), nowNs: time }) },
  ),
  { maxLength: 200 },
);

/** The same thing as a sorted list. */
class Model {
  entries: { timer: Timer; dueNs: number; sequence: number }[] = [];
  #sequence = 0;

  set(timer: Timer): void {
    this.cancel(timer);
    this.entries.push({ timer, dueNs: timer.dueNs, sequence: this.#sequence++ });
    this.entries.sort((a, b) => a.dueNs - b.dueNs || a.sequence - b.sequence);
  }

  cancel(timer: Timer): void {
    this.entries = this.entries.filter((entry) => entry.timer !== timer);
  }

  popDue(nowNs: number): Timer | undefined {
    const first = this.entries[0];
    if (first === undefined || first.dueNs > nowNs) return undefined;
    this.entries.shift();
    return first.timer;
  }
}

describe('the timer queue', () => {
  it('behaves like a sorted list, whatever is armed, moved, cancelled and taken', () => {
    fc.assert(
      fc.property(steps, (run) => {
        const timers = Array.from({ length: TIMERS }, (_, index) => createTimer(index, 'retransmit', index));
        const queue = new TimerQueue();
        const model = new Model();
        for (const step of run) {
          if (step.do === 'pop') {
            expect(queue.popDue(step.nowNs)).toBe(model.popDue(step.nowNs));
          } else {
            const timer = timers[step.which]!;
            if (step.do === 'set') timer.dueNs = step.dueNs;
            queue[step.do](timer);
            model[step.do](timer);
          }
          expect(queue.size).toBe(model.entries.length);
          expect(queue.nextDueNs()).toBe(model.entries[0]?.dueNs);
          const armed = new Set(model.entries.map((entry) => entry.timer));
          for (const timer of timers) expect(timer.slot >= 0).toBe(armed.has(timer));
        }
        for (const { timer } of model.entries) expect(queue.popDue(Infinity)).toBe(timer);
        expect(queue.popDue(Infinity)).toBeUndefined();
      }),
      { numRuns: 300 },
    );
  });

  it('fires timers due at one time in the order in which they were armed', () => {
    const queue = new TimerQueue();
    const timers = Array.from({ length: 100 }, (_, index) => createTimer(index, 'hold', undefined));
    for (const timer of timers) {
      timer.dueNs = 7;
      queue.set(timer);
    }
    const first = timers[0]!;
    queue.set(first);
    const order = [...timers.slice(1), first];
    expect(Array.from({ length: 100 }, () => queue.popDue(7))).toEqual(order);
  });

  it('is not disturbed when a peer changes the due time of an armed timer before it arms it again', () => {
    const queue = new TimerQueue();
    const [early, late] = [createTimer(1, 'hold', undefined), createTimer(2, 'hold', undefined)];
    early.dueNs = 10;
    late.dueNs = 20;
    queue.set(early);
    queue.set(late);
    early.dueNs = 30;
    expect(queue.nextDueNs()).toBe(10);
    queue.set(early);
    expect(queue.popDue(100)).toBe(late);
    expect(queue.popDue(100)).toBe(early);
  });

  it('lets a timer be armed again after it fired', () => {
    const queue = new TimerQueue();
    const timer = createTimer(1, 'retransmit', undefined);
    timer.dueNs = 1;
    queue.set(timer);
    expect(queue.popDue(1)).toBe(timer);
    timer.dueNs = 2;
    queue.set(timer);
    expect(queue.popDue(1)).toBeUndefined();
    expect(queue.popDue(2)).toBe(timer);
  });
});
