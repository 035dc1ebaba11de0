/** Datagrams on their way between two peers of one worker, in order: a ring that grows to its limit and allocates nothing else. */
import type { PeerEvent } from '../../peer/event.ts';

export type DatagramEvent = Extract<PeerEvent, { type: 'datagram.received' }>;

export class DatagramQueue {
  #slots: (DatagramEvent | undefined)[] = Array.from({ length: INITIAL_SLOTS });
  #first = 0;
  #length = 0;
  readonly #limit: number;

  /** Holds at most `limit` datagrams. */
  constructor(limit: number) {
    this.#limit = limit;
  }

  get length(): number {
    return this.#length;
  }

  /** Appends; false when the limit is reached. */
  push(datagram: DatagramEvent): boolean {
    if (this.#length === this.#slots.length) {
      if (this.#length >= this.#limit) return false;
      this.#grow();
    }
    if (this.#length >= this.#limit) return false;
    this.#slots[(this.#first + this.#length) & (this.#slots.length - 1)] = datagram;
    this.#length++;
    return true;
  }

  /** The oldest datagram, left where it is. */
  peek(): DatagramEvent | undefined {
    return this.#length === 0 ? undefined : this.#slots[this.#first];
  }

  /** Takes the oldest datagram. */
  shift(): DatagramEvent | undefined {
    if (this.#length === 0) return undefined;
    const datagram = this.#slots[this.#first];
    // Let go of it: a drained queue must not keep the octets of a whole storm alive.
    this.#slots[this.#first] = undefined;
    this.#first = (this.#first + 1) & (this.#slots.length - 1);
    this.#length--;
    return datagram;
  }

  #grow(): void {
    const slots: (DatagramEvent | undefined)[] = Array.from({ length: this.#slots.length * 2 });
    for (let index = 0; index < this.#length; index++) {
      slots[index] = this.#slots[(this.#first + index) & (this.#slots.length - 1)];
    }
    this.#slots = slots;
    this.#first = 0;
  }
}

/** A power of two, as every later size. */
const INITIAL_SLOTS = 256;
