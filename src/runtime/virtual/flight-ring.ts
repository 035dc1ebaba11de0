/**
 * A queue of datagrams from one worker to another in shared memory, with the time of arrival and the
 * key of the event: one producer, one consumer, no locks. Both counters run freely modulo 2^32; a
 * record never wraps around the end.
 *
 *     record (numbers as the machine has them, records on 8-octet boundaries)
 *     0        4          8              16     20         24       28       32               36
 *     | length | sequence | arrival time | rank | source   | sender | target | ports, 2 octets | 0 | payload, padded to 8 |
 *
 * `rank` is the hash part of the event's rank, `source` whose sequence it is. A length of 0xffffffff
 * says: the rest up to the end of the buffer is empty, go on at its start.
 */
import type { Ns } from '../../peer/timer.ts';

/** One record. `octets` is a copy that belongs to the consumer. */
export interface FlightRecord {
  arrivalNs: Ns;
  hash: number;
  source: number;
  sequence: number;
  fromNode: number;
  fromPort: number;
  toNode: number;
  toPort: number;
  octets: Uint8Array;
}

/** A record to be filled in. */
export function createFlightRecord(): FlightRecord {
  return {
    arrivalNs: 0,
    hash: 0,
    source: 0,
    sequence: 0,
    fromNode: 0,
    fromPort: 0,
    toNode: 0,
    toPort: 0,
    octets: new Uint8Array(0),
  };
}

/** Octets of shared memory for a ring that holds `capacity` octets of records. `capacity` is a power of two, 1 KiB to 1 GiB. */
export function flightRingSize(capacity: number): number {
  if (capacity < 1024 || capacity > 0x4000_0000 || (capacity & (capacity - 1)) !== 0) {
    throw new RangeError(`a ring's capacity must be a power of two from 1 KiB to 1 GiB, not ${capacity}`);
  }
  return CONTROL_OCTETS + capacity;
}

/** One end of a ring. A thread uses either `push` (producer) or `pop` (consumer), never both. */
export class FlightRing {
  readonly #control: Int32Array;
  readonly #words: Uint32Array;
  readonly #times: Float64Array;
  readonly #octets: Uint8Array;
  readonly #capacity: number;
  /** The producer's last look at the consumer's counter; saves an atomic read a push. */
  #seenHead: number;

  /** `offset` is on an 8-octet boundary; the memory was zeroed before both ends were made. */
  constructor(memory: SharedArrayBuffer, offset: number, capacity: number) {
    flightRingSize(capacity);
    this.#control = new Int32Array(memory, offset, CONTROL_OCTETS / 4);
    this.#words = new Uint32Array(memory, offset + CONTROL_OCTETS, capacity / 4);
    this.#times = new Float64Array(memory, offset + CONTROL_OCTETS, capacity / 8);
    this.#octets = new Uint8Array(memory, offset + CONTROL_OCTETS, capacity);
    this.#capacity = capacity;
    this.#seenHead = Atomics.load(this.#control, HEAD) >>> 0;
  }

  /** Appends a record and makes it visible to the consumer; false, and nothing changed, when there is no room for it. */
  push(record: Readonly<FlightRecord>): boolean {
    const capacity = this.#capacity;
    const { octets } = record;
    const size = sizeOf(octets.length);
    const tail = this.#control[TAIL]! >>> 0;
    let position = tail & (capacity - 1);
    const toEnd = capacity - position;
    const needed = size > toEnd ? toEnd + size : size;
    if (needed > capacity - ((tail - this.#seenHead) >>> 0)) {
      this.#seenHead = Atomics.load(this.#control, HEAD) >>> 0;
      if (needed > capacity - ((tail - this.#seenHead) >>> 0)) return false;
    }
    if (size > toEnd) {
      this.#words[position >> 2] = WRAP;
      position = 0;
    }
    const word = position >> 2;
    this.#words[word] = octets.length;
    this.#words[word + 1] = record.sequence;
    this.#times[(position >> 3) + 1] = record.arrivalNs;
    this.#words[word + 4] = record.hash;
    this.#words[word + 5] = record.source;
    this.#words[word + 6] = record.fromNode;
    this.#words[word + 7] = record.toNode;
    this.#words[word + 8] = record.fromPort * 0x1_0000 + record.toPort;
    this.#octets.set(octets, position + HEADER_OCTETS);
    Atomics.store(this.#control, TAIL, (tail + needed) | 0);
    return true;
  }

  /** Takes the oldest record into `record`; false when there is none. */
  pop(record: FlightRecord): boolean {
    const head = this.#control[HEAD]! >>> 0;
    const tail = Atomics.load(this.#control, TAIL) >>> 0;
    if (head === tail) return false;
    let position = head & (this.#capacity - 1);
    let next = head;
    if (this.#words[position >> 2] === WRAP) {
      next += this.#capacity - position;
      position = 0;
    }
    const word = position >> 2;
    const length = this.#words[word]!;
    const ports = this.#words[word + 8]!;
    record.sequence = this.#words[word + 1]!;
    record.arrivalNs = this.#times[(position >> 3) + 1]!;
    record.hash = this.#words[word + 4]!;
    record.source = this.#words[word + 5]!;
    record.fromNode = this.#words[word + 6]!;
    record.toNode = this.#words[word + 7]!;
    record.fromPort = ports >>> 16;
    record.toPort = ports & 0xffff;
    const start = position + HEADER_OCTETS;
    record.octets = this.#octets.slice(start, start + length);
    Atomics.store(this.#control, HEAD, (next + sizeOf(length)) | 0);
    return true;
  }
}

function sizeOf(payload: number): number {
  return HEADER_OCTETS + ((payload + 7) & ~7);
}

const HEADER_OCTETS = 40;
const WRAP = 0xffff_ffff;
/** Counters a cache line or more apart, so that the two ends do not fight for one. */
const CONTROL_OCTETS = 256;
/** Index of the count of octets consumed. */
const HEAD = 0;
/** Index of the count of octets produced. */
const TAIL = 32;
