/**
 * Events of one worker in their total order: an indexed 4-ary heap. Each item knows its place
 * (`slot`), so that moving and cancelling need no search and leave nothing behind: most timers are
 * cancelled long before they are due. Keys lie in flat arrays beside the items, where comparing them
 * touches no object.
 */
import type { Ns } from '../../peer/timer.ts';

/** What can be queued; `slot` belongs to the queue while the item is in it, -1 means that it is in none. */
export interface Queued {
  slot: number;
}

export class EventQueue<Item extends Queued> {
  readonly #items: Item[] = [];
  readonly #times: number[] = [];
  readonly #ranks: number[] = [];
  readonly #sources: number[] = [];
  readonly #sequences: number[] = [];

  get size(): number {
    return this.#items.length;
  }

  /** When the first item is due; Infinity when there is none. */
  get nextNs(): Ns {
    return this.#items.length === 0 ? Infinity : this.#times[0]!;
  }

  /** Puts `item` where its key belongs; moves it when it is in the queue already. Keys are never equal. */
  set(item: Item, timeNs: Ns, rank: number, source: number, sequence: number): void {
    const slot = item.slot;
    if (slot < 0) {
      const last = this.#items.length;
      this.#items.push(item);
      this.#times.push(timeNs);
      this.#ranks.push(rank);
      this.#sources.push(source);
      this.#sequences.push(sequence);
      this.#rise(last, item, timeNs, rank, source, sequence);
    } else {
      this.#settle(slot, item, timeNs, rank, source, sequence);
    }
  }

  /** Takes `item` out; nothing happens when it is not in the queue. */
  cancel(item: Item): void {
    const slot = item.slot;
    item.slot = -1;
    if (slot < 0) return;
    const last = this.#items.length - 1;
    const moved = this.#items.pop()!;
    const timeNs = this.#times.pop()!;
    const rank = this.#ranks.pop()!;
    const source = this.#sources.pop()!;
    const sequence = this.#sequences.pop()!;
    if (slot !== last) this.#settle(slot, moved, timeNs, rank, source, sequence);
  }

  /** Takes out the first item; undefined when there is none. */
  pop(): Item | undefined {
    const first = this.#items[0];
    if (first !== undefined) this.cancel(first);
    return first;
  }

  /** Puts an entry into the hole at `slot`, wherever from there it belongs. */
  #settle(slot: number, item: Item, timeNs: Ns, rank: number, source: number, sequence: number): void {
    if (slot > 0 && this.#isBefore(timeNs, rank, source, sequence, (slot - 1) >> 2)) {
      this.#rise(slot, item, timeNs, rank, source, sequence);
    } else {
      this.#sink(slot, item, timeNs, rank, source, sequence);
    }
  }

  #rise(from: number, item: Item, timeNs: Ns, rank: number, source: number, sequence: number): void {
    let slot = from;
    while (slot > 0) {
      const parent = (slot - 1) >> 2;
      if (!this.#isBefore(timeNs, rank, source, sequence, parent)) break;
      this.#copy(parent, slot);
      slot = parent;
    }
    this.#place(slot, item, timeNs, rank, source, sequence);
  }

  #sink(from: number, item: Item, timeNs: Ns, rank: number, source: number, sequence: number): void {
    const length = this.#items.length;
    let slot = from;
    for (;;) {
      const first = 4 * slot + 1;
      if (first >= length) break;
      const end = first + 4 < length ? first + 4 : length;
      let least = first;
      for (let child = first + 1; child < end; child++) if (this.#isChildBefore(child, least)) least = child;
      if (this.#isBefore(timeNs, rank, source, sequence, least)) break;
      this.#copy(least, slot);
      slot = least;
    }
    this.#place(slot, item, timeNs, rank, source, sequence);
  }

  #isChildBefore(child: number, other: number): boolean {
    const difference = this.#times[child]! - this.#times[other]!;
    if (difference !== 0) return difference < 0;
    return this.#isBefore(
      this.#times[child]!,
      this.#ranks[child]!,
      this.#sources[child]!,
      this.#sequences[child]!,
      other,
    );
  }

  #isBefore(timeNs: Ns, rank: number, source: number, sequence: number, slot: number): boolean {
    const otherNs = this.#times[slot]!;
    if (timeNs !== otherNs) return timeNs < otherNs;
    const otherRank = this.#ranks[slot]!;
    if (rank !== otherRank) return rank < otherRank;
    const otherSource = this.#sources[slot]!;
    if (source !== otherSource) return source < otherSource;
    return sequence < this.#sequences[slot]!;
  }

  #copy(source: number, target: number): void {
    const item = this.#items[source]!;
    this.#items[target] = item;
    this.#times[target] = this.#times[source]!;
    this.#ranks[target] = this.#ranks[source]!;
    this.#sources[target] = this.#sources[source]!;
    this.#sequences[target] = this.#sequences[source]!;
    item.slot = target;
  }

  #place(slot: number, item: Item, timeNs: Ns, rank: number, source: number, sequence: number): void {
    this.#items[slot] = item;
    this.#times[slot] = timeNs;
    this.#ranks[slot] = rank;
    this.#sources[slot] = source;
    this.#sequences[slot] = sequence;
    item.slot = slot;
  }
}
