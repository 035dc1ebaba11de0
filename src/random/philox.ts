/**
 * Philox4x32-10, a counter-based generator: 128 bits of output for a 128-bit counter and a 64-bit
 * key, with no state between calls (Salmon, Moraes, Dror and Shaw, "Parallel random numbers: as
 * easy as 1, 2, 3", SC 2011). Integers only, so every machine computes the same.
 */

const ROUNDS = 10;
/** Multipliers of the round function. */
const MULTIPLIER_0 = 0xd2511f53;
const MULTIPLIER_1 = 0xcd9e8d57;
/** Steps of the key from round to round: parts of the golden ratio and of the root of three. */
const KEY_STEP_0 = 0x9e3779b9;
const KEY_STEP_1 = 0xbb67ae85;

/** The upper 32 bits of the product of two unsigned 32-bit integers, as a signed one. */
function multiplyHigh(a: number, b: number): number {
  const aLow = a & 0xffff;
  const aHigh = a >>> 16;
  const bLow = b & 0xffff;
  const bHigh = b >>> 16;
  const middle = Math.imul(aHigh, bLow) + (Math.imul(aLow, bLow) >>> 16);
  const cross = Math.imul(aLow, bHigh) + (middle & 0xffff);
  return (Math.imul(aHigh, bHigh) + (middle >>> 16) + (cross >>> 16)) | 0;
}

/**
 * Writes the four words of a block to `block`, given the counter's words (least significant first)
 * and the key's.
 */
export function philox4x32(
  block: Uint32Array,
  counter0: number,
  counter1: number,
  counter2: number,
  counter3: number,
  key0: number,
  key1: number,
): void {
  let word0 = counter0;
  let word1 = counter1;
  let word2 = counter2;
  let word3 = counter3;
  let step0 = key0;
  let step1 = key1;
  for (let round = 0; round < ROUNDS; round++) {
    const high0 = multiplyHigh(MULTIPLIER_0, word0);
    const low0 = Math.imul(MULTIPLIER_0, word0);
    const high1 = multiplyHigh(MULTIPLIER_1, word2);
    const low1 = Math.imul(MULTIPLIER_1, word2);
    word0 = high1 ^ word1 ^ step0;
    word1 = low1;
    word2 = high0 ^ word3 ^ step1;
    word3 = low0;
    step0 = (step0 + KEY_STEP_0) | 0;
    step1 = (step1 + KEY_STEP_1) | 0;
  }
  block[0] = word0;
  block[1] = word1;
  block[2] = word2;
  block[3] = word3;
}
