/** Writes values one after the other into octets; `RecordReader` reads them in the same order. Numbers are little-endian. */
import { RECORD_OCTETS_MAX } from './record-arena.ts';

/** Length of octets that are absent. */
export const ABSENT = 0xffff;

export class RecordWriter {
  readonly octets = new Uint8Array(RECORD_OCTETS_MAX);
  readonly #view = new DataView(this.octets.buffer);
  #length = 0;
  #isFull = false;

  get length(): number {
    return this.#length;
  }

  /** Whether something did not fit; what was written is of no use then. */
  get isFull(): boolean {
    return this.#isFull;
  }

  /** Begins another record. */
  begin(): void {
    this.#length = 0;
    this.#isFull = false;
  }

  /** 0 to 255. */
  octet(value: number): void {
    if (this.#hasRoom(1)) this.octets[this.#length++] = value;
  }

  flag(value: boolean): void {
    this.octet(value ? 1 : 0);
  }

  /** 0 to 2^32 - 1. */
  uint32(value: number): void {
    if (!this.#hasRoom(4)) return;
    this.#view.setUint32(this.#length, value, true);
    this.#length += 4;
  }

  /** Any number. */
  number(value: number): void {
    if (!this.#hasRoom(8)) return;
    this.#view.setFloat64(this.#length, value, true);
    this.#length += 8;
  }

  optionalNumber(value: number | undefined): void {
    this.flag(value !== undefined);
    if (value !== undefined) this.number(value);
  }

  /** Fewer than 65,535. */
  bytes(value: Uint8Array | undefined): void {
    const length = value?.length ?? ABSENT;
    if (value !== undefined && length >= ABSENT) this.#isFull = true;
    if (!this.#hasRoom(2 + (value?.length ?? 0))) return;
    this.octets[this.#length++] = length;
    this.octets[this.#length++] = length >>> 8;
    if (value === undefined) return;
    for (let index = 0; index < length; index++) this.octets[this.#length + index] = value[index]!;
    this.#length += length;
  }

  /** Of characters below U+0100. */
  text(value: string): void {
    if (!this.#hasRoom(2 + value.length)) return;
    this.octets[this.#length++] = value.length;
    this.octets[this.#length++] = value.length >>> 8;
    for (let index = 0; index < value.length; index++) {
      this.octets[this.#length++] = value.charCodeAt(index);
    }
  }

  /** Numbers of a set, in its order. */
  numbers(values: ReadonlySet<number> | undefined): void {
    this.uint32(values?.size ?? 0);
    for (const value of values ?? []) this.uint32(value);
  }

  #hasRoom(octets: number): boolean {
    if (this.#length + octets > RECORD_OCTETS_MAX) this.#isFull = true;
    return !this.#isFull;
  }
}
