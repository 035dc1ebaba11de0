/**
 * Timers that are not due soon: a hierarchical timing wheel. Arming, moving and cancelling take the same
 * few steps however many timers there are, and leave nothing behind. Time is cut into ticks of 2^22 ns
 * (4.2 ms); four wheels of 256 buckets each hold the ticks by their four groups of eight bits:
 *
 *     time 2^53 ns | tick 2^31 = | wheel 3: 7 bits | wheel 2: 8 bits | wheel 1: 8 bits | wheel 0: 8 bits |
 *
 * A timer lies in the wheel of the highest group in which its tick differs from that of the cursor. So
 * all of a lower wheel come before all of a higher one. The cursor goes from bucket to bucket: one of a
 * higher wheel is spread over lower ones, and what is due at the tick of the cursor is poured out to
 * where the exact order is made, such as a heap, which stays small. A bucket is a circular list through
 * arrays of numbers; its own cell is one of the first. Lists are kept in the order of setting, and when a
 * bucket is spread those below are empty: what is due at one time comes out in the order of setting.
 */
import type { Ns } from '../peer/timer.ts';

/** What can be in a wheel; `slot` belongs to it while the item is in it: `FIRST_WHEEL_SLOT` and more. */
export interface Wheeled {
  slot: number;
}

/** Places below it belong to others, such as the heap into which the wheel is poured. */
export const FIRST_WHEEL_SLOT = 0x4000_0000;

/** Takes what is due at the tick of the cursor. The item is in no wheel any more, its `slot` is -1. */
export type Pour<Item> = (item: Item, timeNs: Ns) => void;

export class TimingWheel<Item extends Wheeled> {
  readonly #pour: Pour<Item>;
  /** By cell: the first ones are those of the buckets. */
  #next = new Int32Array(FIRST_CAPACITY);
  #previous = new Int32Array(FIRST_CAPACITY);
  #times = new Float64Array(FIRST_CAPACITY);
  readonly #items: (Item | undefined)[] = [];
  /** Cells that were in use, linked by `#next`; 0: none. */
  #free = 0;
  /** The first cell that was never in use. */
  #fresh = BUCKETS;
  /** A bit for each bucket that is not empty. */
  readonly #occupied = new Int32Array(BUCKETS / 32);
  #cursor = 0;
  /** When the tick of the cursor ends; NaN, which nothing is after, for the last one. */
  #horizonNs: Ns = TICK_NS;
  #size = 0;

  constructor(pour: Pour<Item>) {
    this.#pour = pour;
    for (let bucket = 0; bucket < BUCKETS; bucket++) {
      this.#next[bucket] = bucket;
      this.#previous[bucket] = bucket;
      this.#items.push(undefined);
    }
  }

  /** Number of timers in the wheel. */
  get size(): number {
    return this.#size;
  }

  /** Number of timers for which there is room without more memory: as many as ever were in it at one time, rounded up. */
  get capacity(): number {
    return this.#times.length - BUCKETS;
  }

  /** Whether something due at `timeNs` belongs into the wheel: it is due after the tick of the cursor. */
  isFar(timeNs: Ns): boolean {
    return timeNs >= this.#horizonNs;
  }

  /** Puts `item`, due at `timeNs`, which is far, where it belongs; moves it when it is in the wheel already. */
  set(item: Item, timeNs: Ns): void {
    let cell = item.slot - FIRST_WHEEL_SLOT;
    if (cell < 0) {
      cell = this.#allocate();
      this.#items[cell] = item;
      item.slot = cell + FIRST_WHEEL_SLOT;
      this.#size++;
    } else {
      this.#unlink(cell);
    }
    this.#times[cell] = timeNs;
    this.#link(cell, tickOf(timeNs));
  }

  /** Takes out `item`, which is in the wheel. */
  cancel(item: Item): void {
    const cell = item.slot - FIRST_WHEEL_SLOT;
    this.#unlink(cell);
    this.#release(cell);
    item.slot = -1;
  }

  /**
   * Moves on until something has been poured out, but not beyond `limitNs` (Infinity: as far as there
   * is something). Afterwards either that has happened, or nothing in the wheel is due at `limitNs` or before.
   */
  advance(limitNs: Ns): void {
    const limit = tickOf(limitNs);
    while (this.#size > 0) {
      const bucket = this.#firstBucket();
      const start = this.#startOf(bucket);
      if (start > limit) break;
      this.#moveTo(start);
      if (this.#empty(bucket)) return;
    }
    // What is set from now on is closer to the cursor, and need not go down so many wheels.
    if (limit > this.#cursor && limitNs !== Infinity) this.#moveTo(limit);
  }

  /** The first bucket that is not empty. */
  #firstBucket(): number {
    for (let word = 0; word < this.#occupied.length; word++) {
      const bits = this.#occupied[word]!;
      if (bits !== 0) return word * 32 + 31 - Math.clz32(bits & -bits);
    }
    throw new RangeError('a timing wheel that is not empty has no bucket that is not');
  }

  /** First tick of a bucket: of its wheel's group the bits of the bucket, above those of the cursor, below none. */
  #startOf(bucket: number): number {
    const shift = (bucket >> 8) * 8;
    const above = shift === 24 ? 0 : (this.#cursor >> (shift + 8)) << (shift + 8);
    return above | ((bucket & 0xff) << shift);
  }

  #moveTo(tick: number): void {
    this.#cursor = tick;
    this.#horizonNs = tick === LAST_TICK ? Number.NaN : (tick + 1) * TICK_NS;
  }

  /** Spreads a bucket at whose first tick the cursor is; true when something was poured out. */
  #empty(bucket: number): boolean {
    let cell = this.#next[bucket]!;
    this.#next[bucket] = bucket;
    this.#previous[bucket] = bucket;
    this.#occupied[bucket >> 5]! &= ~(1 << (bucket & 31));
    let hasPoured = false;
    while (cell !== bucket) {
      const next = this.#next[cell]!;
      const timeNs = this.#times[cell]!;
      const tick = tickOf(timeNs);
      if (tick === this.#cursor) {
        const item = this.#items[cell]!;
        this.#release(cell);
        item.slot = -1;
        hasPoured = true;
        this.#pour(item, timeNs);
      } else this.#link(cell, tick);
      cell = next;
    }
    return hasPoured;
  }

  #link(cell: number, tick: number): void {
    const wheel = (31 - Math.clz32(tick ^ this.#cursor)) >> 3;
    const bucket = (wheel << 8) | ((tick >> (wheel * 8)) & 0xff);
    const last = this.#previous[bucket]!;
    this.#next[last] = cell;
    this.#previous[cell] = last;
    this.#next[cell] = bucket;
    this.#previous[bucket] = cell;
    this.#occupied[bucket >> 5]! |= 1 << (bucket & 31);
  }

  #unlink(cell: number): void {
    const next = this.#next[cell]!;
    const previous = this.#previous[cell]!;
    this.#next[previous] = next;
    this.#previous[next] = previous;
    // Only the cell of a bucket can be alone on both sides.
    if (next === previous && next < BUCKETS) this.#occupied[next >> 5]! &= ~(1 << (next & 31));
  }

  #allocate(): number {
    const free = this.#free;
    if (free !== 0) {
      this.#free = this.#next[free]!;
      return free;
    }
    const fresh = this.#fresh++;
    if (fresh === this.#times.length) this.#grow();
    this.#items.push(undefined);
    return fresh;
  }

  #release(cell: number): void {
    this.#items[cell] = undefined;
    this.#next[cell] = this.#free;
    this.#free = cell;
    this.#size--;
  }

  #grow(): void {
    const capacity = 2 * this.#times.length;
    const grown = <Cells extends Int32Array | Float64Array>(from: Cells, to: Cells): Cells => {
      to.set(from);
      return to;
    };
    this.#next = grown(this.#next, new Int32Array(capacity));
    this.#previous = grown(this.#previous, new Int32Array(capacity));
    this.#times = grown(this.#times, new Float64Array(capacity));
  }
}

/** What is due after the last tick belongs to it: the order within a tick is made elsewhere. */
function tickOf(timeNs: Ns): number {
  return timeNs < LAST_TICK * TICK_NS ? (timeNs / TICK_NS) | 0 : LAST_TICK;
}

const TICK_NS = 0x40_0000;
const LAST_TICK = 0x7fff_ffff;
/** Four wheels of 256. */
const BUCKETS = 1024;
const FIRST_CAPACITY = 2 * BUCKETS;
