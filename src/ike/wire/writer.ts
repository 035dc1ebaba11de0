/** A cursor that fills octets whose number is known beforehand: lengths are computed first, then written once. */
import { OctetSlab } from '../octet-slab.ts';

/** Messages and payloads are soon gone, but for the last ones of each peer. */
const slab = new OctetSlab();

/**
 * Writes network-order fields into memory of its own. Numbers that do not fit their field and
 * writing past the end throw RangeError: both are mistakes of the caller, never of a peer.
 */
export class Writer {
  readonly octets: Uint8Array;
  /** Index of the next octet to write. */
  offset = 0;

  constructor(length: number) {
    this.octets = slab.take(length);
  }

  writeUint8(value: number): void {
    if ((value & 0xff) !== value) throw outOfRange(value, 8);
    const offset = this.#advance(1);
    this.octets[offset] = value;
  }

  writeUint16(value: number): void {
    if ((value & 0xffff) !== value) throw outOfRange(value, 16);
    const offset = this.#advance(2);
    this.octets[offset] = value >>> 8;
    this.octets[offset + 1] = value;
  }

  writeUint32(value: number): void {
    if (value >>> 0 !== value) throw outOfRange(value, 32);
    const offset = this.#advance(4);
    const { octets } = this;
    octets[offset] = value >>> 24;
    octets[offset + 1] = value >>> 16;
    octets[offset + 2] = value >>> 8;
    octets[offset + 3] = value;
  }

  writeOctets(octets: Uint8Array): void {
    const offset = this.#advance(octets.length);
    this.octets.set(octets, offset);
  }

  /** Leaves `length` zero octets. */
  skip(length: number): void {
    this.#advance(length);
  }

  #advance(length: number): number {
    const { offset } = this;
    if (offset + length > this.octets.length) {
      throw new RangeError(`writing ${length} octets at ${offset} of ${this.octets.length}`);
    }
    this.offset = offset + length;
    return offset;
  }
}

function outOfRange(value: number, bits: number): RangeError {
  return new RangeError(`${value} does not fit a field of ${bits} bits`);
}
