/** Reads what `RecordWriter` wrote, in the same order. Octets come in fresh memory. */
import type { RecordStart } from './record-arena.ts';
import { ABSENT } from './record-writer.ts';

/** For numbers of 64 bits: a view of each chunk would be one more object each time. */
const wide = new Float64Array(1);
const wideOctets = new Uint8Array(wide.buffer);
const IS_LITTLE_ENDIAN = new Uint8Array(new Uint16Array([1]).buffer)[0] === 1;

export class RecordReader {
  readonly #chunk: Uint8Array;
  #offset: number;

  constructor({ chunk, offset }: RecordStart) {
    this.#chunk = chunk;
    this.#offset = offset;
  }

  octet(): number {
    return this.#chunk[this.#offset++]!;
  }

  flag(): boolean {
    return this.octet() === 1;
  }

  uint32(): number {
    const low = this.octet() | (this.octet() << 8);
    return (low | (this.octet() << 16) | (this.octet() << 24)) >>> 0;
  }

  number(): number {
    for (let index = 0; index < 8; index++) wideOctets[IS_LITTLE_ENDIAN ? index : 7 - index] = this.octet();
    return wide[0]!;
  }

  optionalNumber(): number | undefined {
    return this.flag() ? this.number() : undefined;
  }

  bytes(): Uint8Array | undefined {
    const length = this.octet() | (this.octet() << 8);
    if (length === ABSENT) return undefined;
    const start = this.#offset;
    this.#offset += length;
    // Not `slice` of an array that may be longer than it: fresh memory of the right size.
    const octets = new Uint8Array(length);
    for (let index = 0; index < length; index++) octets[index] = this.#chunk[start + index]!;
    return octets;
  }

  /** What is never absent. */
  requiredBytes(): Uint8Array {
    const octets = this.bytes();
    if (octets === undefined) throw new Error('a record has no octets where there must be some');
    return octets;
  }

  text(): string {
    const length = this.octet() | (this.octet() << 8);
    let text = '';
    for (let index = 0; index < length; index++) text += String.fromCharCode(this.octet());
    return text;
  }

  numbers(): Set<number> | undefined {
    const count = this.uint32();
    if (count === 0) return undefined;
    const values = new Set<number>();
    for (let index = 0; index < count; index++) values.add(this.uint32());
    return values;
  }
}
