/**
 * Repeatable random numbers by (seed, entity, purpose, counter). Each stream is a function of its
 * name alone: what one peer draws never depends on what another drew, or on which worker it lives.
 *
 * Whoever knows the seed of a run knows all of its keys, nonces and cookies, and the seed stands
 * in the result. So these numbers must never protect real traffic.
 */
import { drawExponentialUnit } from './exponential.ts';
import { fnv1a64 } from './fnv.ts';
import { philox4x32 } from './philox.ts';
import { drawBelow, drawUnit } from './uniform.ts';

export interface RandomStreamName {
  /** Of the run. A number is the same seed as its decimal text. */
  readonly seed: string | number;
  /** Whose stream this is, say the number of a peer: an integer from 0 to 2^32 - 1. */
  readonly entity: number;
  /** What the numbers are for, so that a new use shifts no old one. A number is the same as its decimal text. */
  readonly purpose: string | number;
}

export interface RandomStream {
  /** How many 32-bit words were drawn so far. */
  readonly position: number;
  /** The next `length` octets. May be passed on without its stream. Starts at a whole 32-bit word. */
  readonly octets: (length: number) => Uint8Array;
  /** An integer from 0 to 2^32 - 1. */
  uint32(): number;
  /**
   * An integer from 0 to bound - 1, each equally likely.
   * @throws RangeError unless the bound is an integer from 1 to 2^53 - 1.
   */
  below(bound: number): number;
  /** A multiple of 2^-53 in [0, 1). */
  unit(): number;
  /** An exponential variate of mean 1: times the mean, the gap between Poisson arrivals. */
  exponentialUnit(): number;
}

const WORDS = 4;
/** The latest block of whichever stream made one. */
const block = new Uint32Array(WORDS);
const TWO_32 = 0x1_0000_0000;

/** The counter's words are block, entity and the purpose's two; the key is the seed. */
class PhiloxStream implements RandomStream {
  #word0 = 0;
  #word1 = 0;
  #word2 = 0;
  #word3 = 0;
  readonly #key0: number;
  readonly #key1: number;
  readonly #entity: number;
  readonly #purpose0: number;
  readonly #purpose1: number;
  #block = 0;
  #used = WORDS;

  constructor({ seed, entity, purpose }: RandomStreamName, position: number) {
    const key = fnv1a64(String(seed));
    const purposeHash = fnv1a64(String(purpose));
    this.#key0 = key.low | 0;
    this.#key1 = key.high | 0;
    this.#entity = entity | 0;
    this.#purpose0 = purposeHash.low | 0;
    this.#purpose1 = purposeHash.high | 0;
    this.#block = Math.floor(position / WORDS);
    if (position % WORDS === 0) return;
    this.#refill();
    this.#used = position % WORDS;
  }

  get position(): number {
    return this.#block * WORDS - WORDS + this.#used;
  }

  uint32(): number {
    if (this.#used === WORDS) this.#refill();
    switch (this.#used++) {
      case 0:
        return this.#word0 >>> 0;
      case 1:
        return this.#word1 >>> 0;
      case 2:
        return this.#word2 >>> 0;
      default:
        return this.#word3 >>> 0;
    }
  }

  readonly octets = (length: number): Uint8Array => {
    const octets = new Uint8Array(length);
    for (let index = 0; index < length;) {
      let word = this.uint32();
      for (const end = Math.min(index + 4, length); index < end; index++) {
        octets[index] = word;
        word >>>= 8;
      }
    }
    return octets;
  };

  below(bound: number): number {
    return drawBelow(this, bound);
  }

  unit(): number {
    return drawUnit(this);
  }

  exponentialUnit(): number {
    return drawExponentialUnit(this);
  }

  #refill(): void {
    if (this.#block === TWO_32) throw new RangeError('random stream is used up after 2^32 blocks');
    philox4x32(block, this.#block, this.#entity, this.#purpose0, this.#purpose1, this.#key0, this.#key1);
    // Signed, and each by itself: there is a stream for every peer, and an array weighs more than all the rest of it.
    this.#word0 = block[0]! | 0;
    this.#word1 = block[1]! | 0;
    this.#word2 = block[2]! | 0;
    this.#word3 = block[3]! | 0;
    this.#block++;
    this.#used = 0;
  }
}

/**
 * The stream of that name, from its start or as it was after `position` words.
 * @throws RangeError when the entity is no integer from 0 to 2^32 - 1, or a numeric seed or purpose no safe integer.
 */
export function createRandomStream(name: RandomStreamName, position = 0): RandomStream {
  const { seed, entity, purpose } = name;
  if (!Number.isInteger(entity) || entity < 0 || entity >= TWO_32) {
    throw new RangeError(`entity ${entity} is no integer from 0 to 2^32 - 1`);
  }
  for (const [part, value] of [
    ['seed', seed],
    ['purpose', purpose],
  ] as const) {
    if (typeof value === 'number' && !Number.isSafeInteger(value)) {
      throw new RangeError(`${part} ${value} is no safe integer; give it as text`);
    }
  }
  return new PhiloxStream(name, position);
}
