/**
 * The armed timers of one worker in real time: those due within the present tick in a heap, all others in
 * a timing wheel. What a `TimerQueue` does, for so many timers that are nearly all cancelled.
 */
import type { Ns, Timer } from '../peer/timer.ts';
import { TimerQueue, type Due } from './timer-queue.ts';
import { FIRST_WHEEL_SLOT, TimingWheel } from './timing-wheel.ts';

export class WheeledTimers<Entry extends Due = Timer> {
  readonly #near = new TimerQueue<Entry>();
  readonly #far = new TimingWheel<Entry>((timer, dueNs) => this.#near.setAt(timer, dueNs));

  /** Number of armed timers. */
  get size(): number {
    return this.#near.size + this.#far.size;
  }

  /** Arms `timer` for `timer.dueNs`, or moves it there. Timers due at one time fire in the order of their last `set`. */
  set(timer: Entry): void {
    const isFar = this.#far.isFar(timer.dueNs);
    if (timer.slot >= FIRST_WHEEL_SLOT !== isFar) this.cancel(timer);
    if (isFar) this.#far.set(timer, timer.dueNs);
    else this.#near.set(timer);
  }

  /** Disarms `timer`; nothing happens when it is not armed. */
  cancel(timer: Entry): void {
    if (timer.slot >= FIRST_WHEEL_SLOT) this.#far.cancel(timer);
    else this.#near.cancel(timer);
  }

  /** When the earliest timer is due, if that is at `limitNs` or before; undefined otherwise. */
  nextDueNs(limitNs: Ns): Ns | undefined {
    if (this.#near.size === 0) this.#far.advance(limitNs);
    const dueNs = this.#near.nextDueNs();
    return dueNs !== undefined && dueNs <= limitNs ? dueNs : undefined;
  }

  /** Disarms and returns the earliest timer that is due at `nowNs`; undefined when none is. */
  popDue(nowNs: Ns): Entry | undefined {
    if (this.#near.size === 0) this.#far.advance(nowNs);
    return this.#near.popDue(nowNs);
  }
}
