/**
 * The tables of DES (FIPS 46-3), and the two that are made of them once so that a round is eight
 * look-ups. Bits are numbered from 1 at the most significant, as in the standard.
 */

/** The substitution boxes S1 to S8: four rows of sixteen hexadecimal digits each. */
const SUBSTITUTION: readonly string[] = [
  'e4d12fb83a6c5907 0f74e2d1a6cb9538 41e8d62bfc973a50 fc8249175b3ea06d',
  'f18e6b34972dc05a 3d47f28ec01a69b5 0e7ba4d158c6932f d8a13f42b67c05e9',
  'a09e63f51dc7b428 d709346a285ecbf1 d6498f30b12c5ae7 1ad069874fe3b52c',
  '7de3069a1285bc4f d8b56f03472c1ae9 a690cb7df13e5284 3f06a1d8945bc72e',
  '2c417ab6853fd0e9 eb2c47d150fa3986 421bad78f9c5630e b8c71e2d6f09a453',
  'c1af92680d34e75b af427c9561de0b38 9ef528c3704a1db6 432c95fabe17608d',
  '4b2ef08d3c975a61 d0b7491ae35c2f86 14bdc37eaf680592 6bd814a7950fe23c',
  'd2846fb1a93e50c7 1fd8a374c56b0e92 7b419ce206adf358 21e74a8dfc90356b',
];

/** The permutation P that follows the boxes. */
const PERMUTATION: readonly number[] = [
  16, 7, 20, 21, 29, 12, 28, 17, 1, 15, 23, 26, 5, 18, 31, 10, 2, 8, 24, 14, 32, 27, 3, 9, 19, 13, 30, 6, 22,
  11, 4, 25,
];

/** Permuted choice 1: key bits that make up the halves C and D. */
const PERMUTED_CHOICE_1: readonly number[] = [
  57, 49, 41, 33, 25, 17, 9, 1, 58, 50, 42, 34, 26, 18, 10, 2, 59, 51, 43, 35, 27, 19, 11, 3, 60, 52, 44, 36,
  63, 55, 47, 39, 31, 23, 15, 7, 62, 54, 46, 38, 30, 22, 14, 6, 61, 53, 45, 37, 29, 21, 13, 5, 28, 20, 12, 4,
];

/** Permuted choice 2: bits of C and D that make up the key of a round. */
const PERMUTED_CHOICE_2: readonly number[] = [
  14, 17, 11, 24, 1, 5, 3, 28, 15, 6, 21, 10, 23, 19, 12, 4, 26, 8, 16, 7, 27, 20, 13, 2, 41, 52, 31, 37, 47,
  55, 30, 40, 51, 45, 33, 48, 44, 49, 39, 56, 34, 53, 46, 42, 50, 36, 29, 32,
];

/** How far C and D have been rotated to the left by each round. */
const ROTATIONS: readonly number[] = [1, 2, 4, 6, 8, 10, 12, 14, 15, 17, 19, 21, 23, 25, 27, 28];

const HALF_KEY_BITS = 28;
export const DES_ROUNDS = 16;
/** Bits of one round's key. */
export const ROUND_KEY_BITS = 48;

function permutedSubstitution(): Int32Array {
  const table = new Int32Array(8 * 64);
  for (const [box, rows] of SUBSTITUTION.entries()) {
    const digits = rows.replaceAll(' ', '');
    for (let input = 0; input < 64; input++) {
      const row = ((input >> 4) & 2) | (input & 1);
      const digit = Number.parseInt(digits.charAt(row * 16 + ((input >> 1) & 0x0f)), 16);
      const substituted = digit << (28 - 4 * box);
      let permuted = 0;
      for (const source of PERMUTATION) permuted = (permuted << 1) | ((substituted >>> (32 - source)) & 1);
      table[box * 64 + input] = permuted;
    }
  }
  return table;
}

function roundKeySources(): Uint8Array {
  const sources = new Uint8Array(DES_ROUNDS * ROUND_KEY_BITS);
  for (const [round, rotation] of ROTATIONS.entries()) {
    for (const [bit, choice] of PERMUTED_CHOICE_2.entries()) {
      const half = choice > HALF_KEY_BITS ? HALF_KEY_BITS : 0;
      const position = half + ((choice - 1 - half + rotation) % HALF_KEY_BITS);
      sources[round * ROUND_KEY_BITS + bit] = (PERMUTED_CHOICE_1[position] ?? 0) - 1;
    }
  }
  return sources;
}

/** [box * 64 + six input bits] = the box's four output bits after P, in place in a 32-bit half. */
export const PERMUTED_SUBSTITUTION = permutedSubstitution();

/** [round * 48 + bit] = which bit of the key, counted from 0, this bit of the round's key is. */
export const ROUND_KEY_SOURCES = roundKeySources();
