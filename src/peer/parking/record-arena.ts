/**
 * Octets of many small records of different lengths in a few large arrays: what is written into it costs
 * the garbage collector nothing, and no array of its own. Room that is freed is used again by records of
 * about the same length.
 *
 *     place of a record = number of its first unit; the record: | units (2) | octets ... |
 */

/** Octets. */
const UNIT = 32;
const CHUNK_OCTETS = 0x10_0000;
const HEADER_OCTETS = 2;
/** Of one record. */
export const RECORD_OCTETS_MAX = 0x4000;

/** Where a record begins: after its header, in one of the arrays. */
export interface RecordStart {
  readonly chunk: Uint8Array;
  readonly offset: number;
}

export class RecordArena {
  readonly #chunks: Uint8Array[] = [];
  /** Units of the last chunk that were never used. */
  #untouched = 0;
  /** Free places by number of units. */
  readonly #free: number[][] = [];
  #records = 0;
  readonly #chunkOctets: number;
  readonly #unitsPerChunk: number;

  /** `chunkOctets`: of each array, a power of two and room for the longest record. */
  constructor(chunkOctets = CHUNK_OCTETS) {
    this.#chunkOctets = chunkOctets;
    this.#unitsPerChunk = chunkOctets / UNIT;
  }

  /** Records held. */
  get size(): number {
    return this.#records;
  }

  /** Octets of the arrays. */
  get heldOctets(): number {
    return this.#chunks.length * this.#chunkOctets;
  }

  /** Keeps the first `length` octets, at most RECORD_OCTETS_MAX; returns their place. */
  store(octets: Uint8Array, length: number): number {
    const units = Math.ceil((HEADER_OCTETS + length) / UNIT);
    const place = this.#free[units]?.pop() ?? this.#claim(units);
    const { chunk, offset } = this.#at(place);
    chunk[offset - HEADER_OCTETS] = units >>> 8;
    chunk[offset - 1] = units;
    chunk.set(octets.subarray(0, length), offset);
    this.#records++;
    return place;
  }

  /** Where the record at `place` begins. */
  read(place: number): RecordStart {
    return this.#at(place);
  }

  /** The record is not needed any more. */
  free(place: number): void {
    const { chunk, offset } = this.#at(place);
    const units = (chunk[offset - HEADER_OCTETS]! << 8) | chunk[offset - 1]!;
    (this.#free[units] ??= []).push(place);
    this.#records--;
  }

  #claim(units: number): number {
    if (units > this.#untouched) {
      this.#chunks.push(new Uint8Array(this.#chunkOctets));
      this.#untouched = this.#unitsPerChunk;
    }
    const place = this.#chunks.length * this.#unitsPerChunk - this.#untouched;
    this.#untouched -= units;
    return place;
  }

  #at(place: number): RecordStart {
    const chunk = this.#chunks[Math.floor(place / this.#unitsPerChunk)]!;
    return { chunk, offset: (place % this.#unitsPerChunk) * UNIT + HEADER_OCTETS };
  }
}
