/**
 * Random numbers by (seed, purpose, entity, counter) for a great many entities: one object for all
 * of them, set to a place before each use. What happens at counter 17 of an entity is the same
 * whatever was drawn before, and an entity costs no more memory than its counter.
 */
import { drawExponentialUnit } from './exponential.ts';
import { fnv1a64 } from './fnv.ts';
import { philox4x32 } from './philox.ts';
import { drawBelow, drawUnit } from './uniform.ts';

const WORDS = 4;
const TWO_32 = 0x1_0000_0000;

export class PositionedStream {
  readonly #words = new Uint32Array(WORDS);
  readonly #key0: number;
  readonly #key1: number;
  readonly #purpose0: number;
  readonly #purpose1: number;
  #entity = 0;
  #counterLow = 0;
  #counterHigh = 0;
  #block = 0;
  #used = WORDS;

  /** A numeric seed is the same as its decimal text. */
  constructor(seed: string | number, purpose: string) {
    const key = fnv1a64(String(seed));
    const hash = fnv1a64(purpose);
    this.#key0 = key.low | 0;
    this.#key1 = key.high | 0;
    this.#purpose0 = hash.low | 0;
    this.#purpose1 = hash.high | 0;
  }

  /** The draws that belong to `counter` (0 to 2^53 - 1) of `entity` (0 to 2^32 - 1), from their start. */
  seek(entity: number, counter: number): this {
    this.#entity = entity | 0;
    this.#counterLow = counter | 0;
    this.#counterHigh = Math.floor(counter / TWO_32) | 0;
    this.#block = 0;
    this.#used = WORDS;
    return this;
  }

  /** An integer from 0 to 2^32 - 1. */
  uint32(): number {
    if (this.#used === WORDS) this.#refill();
    return this.#words[this.#used++]!;
  }

  /**
   * An integer from 0 to bound - 1, each equally likely.
   * @throws RangeError unless the bound is an integer from 1 to 2^53 - 1.
   */
  below(bound: number): number {
    return drawBelow(this, bound);
  }

  /** A multiple of 2^-53 in [0, 1). */
  unit(): number {
    return drawUnit(this);
  }

  /** An exponential variate of mean 1. */
  exponentialUnit(): number {
    return drawExponentialUnit(this);
  }

  /** The counter's words are counter, entity and the purpose's two, the latter mixed with block and high counter. */
  #refill(): void {
    philox4x32(
      this.#words,
      this.#counterLow,
      this.#entity,
      this.#purpose0 ^ this.#block,
      this.#purpose1 ^ this.#counterHigh,
      this.#key0,
      this.#key1,
    );
    this.#block++;
    this.#used = 0;
  }
}
