/** A cursor over octets from outside that cannot leave its bounds. */
import { uint32At } from './octets.ts';
import { WireError } from './wire-error.ts';

/**
 * Reads network-order fields from `start` up to, not including, `end`. Readers of substructures
 * share the same octets, so that the offset in an error always counts from the start of the
 * octets given first. All reading methods throw WireError `truncated`.
 */
export class Reader {
  readonly octets: Uint8Array;
  readonly end: number;
  /** Index of the next octet to read. */
  offset: number;

  /** `start` and `end` lie within `octets`; the caller guards that. */
  constructor(octets: Uint8Array, start = 0, end = octets.length) {
    this.octets = octets;
    this.offset = start;
    this.end = end;
  }

  get remaining(): number {
    return this.end - this.offset;
  }

  readUint8(field: string): number {
    this.#require(1, field);
    return this.octets[this.offset++] as number;
  }

  readUint16(field: string): number {
    this.#require(2, field);
    const { octets, offset } = this;
    this.offset = offset + 2;
    return ((octets[offset] as number) << 8) | (octets[offset + 1] as number);
  }

  readUint32(field: string): number {
    this.#require(4, field);
    const value = uint32At(this.octets, this.offset);
    this.offset += 4;
    return value;
  }

  /** A view of the next `length` octets; shares their memory. */
  readOctets(length: number, field: string): Uint8Array {
    this.#require(length, field);
    const start = this.offset;
    this.offset = start + length;
    return this.octets.subarray(start, this.offset);
  }

  /** A view of everything up to the end, perhaps empty. */
  readRest(): Uint8Array {
    const start = this.offset;
    this.offset = this.end;
    return this.octets.subarray(start, this.end);
  }

  /** A reader of the next `length` octets; this one goes on after them. */
  readPart(length: number, field: string): Reader {
    this.#require(length, field);
    const start = this.offset;
    this.offset = start + length;
    return new Reader(this.octets, start, this.offset);
  }

  /** @throws WireError `trailing-octets` unless everything was read. */
  requireEnd(structure: string): void {
    if (this.offset !== this.end) {
      throw new WireError('trailing-octets', this.offset, `${this.remaining} octets after the ${structure}`);
    }
  }

  #require(length: number, field: string): void {
    if (this.end - this.offset < length) {
      throw new WireError(
        'truncated',
        this.offset,
        `${field} needs ${length} octets, ${this.end - this.offset} are left`,
      );
    }
  }
}
