/**
 * A queue of datagrams from one worker to another in shared memory: one producer, one consumer,
 * no locks. Both counters run freely modulo 2^32; a record never wraps around the end.
 *
 *     record (all numbers little-endian as the machine has them, records on 4-octet boundaries)
 *     0        4         8         12                 16
 *     | length | srcPeer | dstPeer | srcPort, dstPort | payload, padded to 4 |
 *
 * A length of 0xffffffff says: the rest up to the end of the buffer is empty, go on at its start.
 */

/** What the consumer sees of one record. `octets` is a copy that belongs to the consumer. */
export interface RingRecord {
  srcPeer: number;
  srcPort: number;
  dstPeer: number;
  dstPort: number;
  octets: Uint8Array;
}

/** Octets of shared memory for a ring that holds `capacity` octets of records. `capacity` is a power of two, 1 KiB to 1 GiB. */
export function sharedRingSize(capacity: number): number {
  if (capacity < 1024 || capacity > 2 ** 30 || (capacity & (capacity - 1)) !== 0) {
    throw new RangeError(`a ring's capacity must be a power of two from 1 KiB to 1 GiB, not ${capacity}`);
  }
  return CONTROL_OCTETS + capacity;
}

/** One end of a ring. A thread uses either `push` (producer) or `pop` and `isEmpty` (consumer), never both. */
export class SharedRing {
  readonly #control: Int32Array;
  readonly #words: Uint32Array;
  readonly #octets: Uint8Array;
  readonly #capacity: number;
  /** The producer's last look at the consumer's counter; saves an atomic read a push. */
  #seenHead = 0;

  /** `offset` is on a 4-octet boundary; the memory was zeroed before both ends were made. */
  constructor(memory: SharedArrayBuffer, offset: number, capacity: number) {
    sharedRingSize(capacity);
    this.#control = new Int32Array(memory, offset, CONTROL_OCTETS / 4);
    this.#words = new Uint32Array(memory, offset + CONTROL_OCTETS, capacity / 4);
    this.#octets = new Uint8Array(memory, offset + CONTROL_OCTETS, capacity);
    this.#capacity = capacity;
    this.#seenHead = Atomics.load(this.#control, HEAD) >>> 0;
  }

  /** Appends a record and makes it visible to the consumer; false, and nothing changed, when there is no room for it. */
  push(srcPeer: number, srcPort: number, dstPeer: number, dstPort: number, octets: Uint8Array): boolean {
    const capacity = this.#capacity;
    const size = HEADER_OCTETS + ((octets.length + 3) & ~3);
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
    this.#words[word + 1] = srcPeer;
    this.#words[word + 2] = dstPeer;
    this.#words[word + 3] = srcPort * 0x1_0000 + dstPort;
    this.#octets.set(octets, position + HEADER_OCTETS);
    Atomics.store(this.#control, TAIL, (tail + needed) | 0);
    return true;
  }

  /** Takes the oldest record into `record`; false when there is none. */
  pop(record: RingRecord): boolean {
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
    const ports = this.#words[word + 3]!;
    record.srcPeer = this.#words[word + 1]!;
    record.dstPeer = this.#words[word + 2]!;
    record.srcPort = ports >>> 16;
    record.dstPort = ports & 0xffff;
    const start = position + HEADER_OCTETS;
    record.octets = this.#octets.slice(start, start + length);
    Atomics.store(this.#control, HEAD, (next + HEADER_OCTETS + ((length + 3) & ~3)) | 0);
    return true;
  }

  /** True when the consumer has taken everything that was pushed so far. */
  isEmpty(): boolean {
    return Atomics.load(this.#control, HEAD) === Atomics.load(this.#control, TAIL);
  }
}

const HEADER_OCTETS = 16;
const WRAP = 0xffff_ffff;
/** Counters a cache line or more apart, so that the two ends do not fight for one. */
const CONTROL_OCTETS = 256;
/** Index of the count of octets consumed. */
const HEAD = 0;
/** Index of the count of octets produced. */
const TAIL = 32;
