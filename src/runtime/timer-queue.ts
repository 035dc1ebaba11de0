/**
 * The armed timers of one worker in the order in which they fall due: an indexed 4-ary heap.
 * Each timer knows its place (`timer.slot`), so that moving and cancelling need no search and
 * leave nothing behind. Four children a node make the heap shallow: most timers of a load test
 * (retransmissions) are cancelled long before they are due.
 */
import type { Ns, Timer } from '../peer/timer.ts';

/** What can be put into a queue; `slot` belongs to the queue (-1: not in it). */
export interface Due {
  dueNs: Ns;
  slot: number;
}

export class TimerQueue<Entry extends Due = Timer> {
  readonly #timers: Entry[] = [];
  /** Copies of the keys by slot: a peer writes `timer.dueNs` before the queue hears of it. */
  readonly #dues: number[] = [];
  readonly #sequences: number[] = [];
  #nextSequence = 0;

  /** Number of armed timers. */
  get size(): number {
    return this.#timers.length;
  }

  /** Arms `timer` for `timer.dueNs`, or moves it there. Timers due at one time fire in the order of their last `set`. */
  set(timer: Entry): void {
    this.setAt(timer, timer.dueNs);
  }

  /** The same for `dueNs`, whatever `timer.dueNs` says by now. */
  setAt(timer: Entry, dueNs: Ns): void {
    const sequence = this.#nextSequence++;
    if (timer.slot < 0) {
      this.#timers.push(timer);
      this.#dues.push(dueNs);
      this.#sequences.push(sequence);
      this.#rise(this.#timers.length - 1, timer, dueNs, sequence);
      return;
    }
    this.#settle(timer.slot, timer, dueNs, sequence);
  }

  /** Disarms `timer`; nothing happens when it is not armed. */
  cancel(timer: Entry): void {
    const slot = timer.slot;
    if (slot < 0) return;
    timer.slot = -1;
    const last = this.#timers.length - 1;
    const moved = this.#timers.pop()!;
    const due = this.#dues.pop()!;
    const sequence = this.#sequences.pop()!;
    if (slot !== last) this.#settle(slot, moved, due, sequence);
  }

  /** When the earliest timer is due; undefined when none is armed. */
  nextDueNs(): Ns | undefined {
    return this.#dues[0];
  }

  /** Disarms and returns the earliest timer that is due at `nowNs`; undefined when none is. */
  popDue(nowNs: Ns): Entry | undefined {
    const due = this.#dues[0];
    if (due === undefined || due > nowNs) return undefined;
    const timer = this.#timers[0]!;
    this.cancel(timer);
    return timer;
  }

  /** Puts an entry into the hole at `slot`, wherever from there it belongs. */
  #settle(slot: number, timer: Entry, due: number, sequence: number): void {
    if (slot > 0 && this.#isBefore(due, sequence, (slot - 1) >> 2)) this.#rise(slot, timer, due, sequence);
    else this.#sink(slot, timer, due, sequence);
  }

  #rise(from: number, timer: Entry, due: number, sequence: number): void {
    let slot = from;
    while (slot > 0) {
      const parent = (slot - 1) >> 2;
      if (!this.#isBefore(due, sequence, parent)) break;
      this.#copy(parent, slot);
      slot = parent;
    }
    this.#place(slot, timer, due, sequence);
  }

  #sink(from: number, timer: Entry, due: number, sequence: number): void {
    const length = this.#timers.length;
    let slot = from;
    for (;;) {
      const first = 4 * slot + 1;
      if (first >= length) break;
      let least = first;
      const end = first + 4 < length ? first + 4 : length;
      for (let child = first + 1; child < end; child++) {
        if (this.#isBefore(this.#dues[child]!, this.#sequences[child]!, least)) least = child;
      }
      if (this.#isBefore(due, sequence, least)) break;
      this.#copy(least, slot);
      slot = least;
    }
    this.#place(slot, timer, due, sequence);
  }

  #isBefore(due: number, sequence: number, slot: number): boolean {
    const other = this.#dues[slot]!;
    return due < other || (due === other && sequence < this.#sequences[slot]!);
  }

  #copy(source: number, target: number): void {
    this.#place(target, this.#timers[source]!, this.#dues[source]!, this.#sequences[source]!);
  }

  #place(slot: number, timer: Entry, due: number, sequence: number): void {
    this.#timers[slot] = timer;
    this.#dues[slot] = due;
    this.#sequences[slot] = sequence;
    timer.slot = slot;
  }
}
