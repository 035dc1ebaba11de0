/**
 * The armed timers of one worker in virtual time: those due within the present tick in a heap, in the
 * order of events, all others in a timing wheel. Most timers are cancelled before they come near the heap.
 */
import type { Ns, Timer } from '../../peer/timer.ts';
import { FIRST_WHEEL_SLOT, TimingWheel } from '../timing-wheel.ts';
import { EVENT_CLASS, type EventOrder } from './event-order.ts';
import { EventQueue } from './event-queue.ts';

export class VirtualTimers {
  readonly #order: EventOrder;
  readonly #near = new EventQueue<Timer>();
  readonly #far = new TimingWheel<Timer>((timer, dueNs) => this.#setNear(timer, dueNs));
  #nextSequence = 0;

  constructor(order: EventOrder) {
    this.#order = order;
  }

  /** Number of armed timers. */
  get size(): number {
    return this.#near.size + this.#far.size;
  }

  /** Arms `timer` for `dueNs`, or moves it there. Those of a peer due at one time fire in the order of their last `set`. */
  set(timer: Timer, dueNs: Ns): void {
    const isFar = this.#far.isFar(dueNs);
    if (timer.slot >= FIRST_WHEEL_SLOT !== isFar) this.cancel(timer);
    if (isFar) this.#far.set(timer, dueNs);
    else this.#setNear(timer, dueNs);
  }

  /** Disarms `timer`; nothing happens when it is not armed. */
  cancel(timer: Timer): void {
    if (timer.slot >= FIRST_WHEEL_SLOT) this.#far.cancel(timer);
    else this.#near.cancel(timer);
  }

  /** When the first timer is due, if that is at `limitNs` or before; a later time, or Infinity, otherwise. */
  nextNs(limitNs: Ns): Ns {
    if (this.#near.size === 0 && this.#far.isFar(limitNs)) this.#far.advance(limitNs);
    return this.#near.nextNs;
  }

  /** Disarms and returns the timer whose time `nextNs` has said. */
  pop(): Timer | undefined {
    return this.#near.pop();
  }

  #setNear(timer: Timer, dueNs: Ns): void {
    const { peer } = timer;
    const rank = this.#order.rankOf(EVENT_CLASS.timer, dueNs, peer, peer);
    // The wheel pours in the order of setting, too.
    this.#near.set(timer, dueNs, rank, peer, this.#nextSequence++);
  }
}
