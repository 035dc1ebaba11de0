/** Uniform numbers from words of 32 bits, the same for every kind of stream. */

const TWO_26 = 0x400_0000;
const TWO_32 = 0x1_0000_0000;
const TWO_53 = 0x20_0000_0000_0000;

export interface WordSource {
  /** An integer from 0 to 2^32 - 1. */
  uint32(): number;
}

/**
 * An integer from 0 to bound - 1, each equally likely.
 * @throws RangeError unless the bound is an integer from 1 to 2^53 - 1.
 */
export function drawBelow(source: WordSource, bound: number): number {
  if (!Number.isSafeInteger(bound) || bound < 1) {
    throw new RangeError(`bound ${bound} is no integer from 1 to 2^53 - 1`);
  }
  // Draws from the last, incomplete run of `bound` numbers are thrown away: they would make the low results likelier.
  const range = bound <= TWO_32 ? TWO_32 : TWO_53;
  const limit = range - (range % bound);
  for (;;) {
    const draw = range === TWO_32 ? source.uint32() : drawUint53(source);
    if (draw < limit) return draw % bound;
  }
}

/** A multiple of 2^-53 in [0, 1). */
export function drawUnit(source: WordSource): number {
  return drawUint53(source) / TWO_53;
}

function drawUint53(source: WordSource): number {
  const high = source.uint32() >>> 5;
  return high * TWO_26 + (source.uint32() >>> 6);
}
