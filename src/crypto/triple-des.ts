/**
 * Triple DES in CBC mode (FIPS 46-3, ANSI X9.52 with three keys), for where no library has it.
 * RFC 2409 §4 recommends 3DES for phase 1, and old gateways still offer it. Table look-ups, so not
 * in constant time.
 */
import { checkCbcArguments } from './cbc-check.ts';
import { DES_ROUNDS, PERMUTED_SUBSTITUTION, ROUND_KEY_BITS, ROUND_KEY_SOURCES } from './des-tables.ts';
import type { CbcCipher } from '../ike/suite.ts';

const BLOCK_LENGTH = 8;
const KEY_LENGTHS: readonly number[] = [24];
const DES_KEY_LENGTH = 8;
/** Six-bit groups in a round's key, one for each box. */
const GROUPS = 8;
const GROUP_BITS = ROUND_KEY_BITS / GROUPS;
const STAGES = 3;

/** Writes the sixteen round keys of one DES key; round r goes to place `start + direction * r`. */
function scheduleStage(key: Uint8Array, schedule: Uint8Array, start: number, direction: 1 | -1): void {
  for (let round = 0; round < DES_ROUNDS; round++) {
    const sources = round * ROUND_KEY_BITS;
    const target = (start + direction * round) * GROUPS;
    for (let group = 0; group < GROUPS; group++) {
      let bits = 0;
      for (let bit = 0; bit < GROUP_BITS; bit++) {
        const source = ROUND_KEY_SOURCES[sources + group * GROUP_BITS + bit] ?? 0;
        bits = (bits << 1) | (((key[source >> 3] ?? 0) >> (7 - (source & 7))) & 1);
      }
      schedule[target + group] = bits;
    }
  }
}

/**
 * The 48 round keys of encrypt-decrypt-encrypt in the order of their use. Decryption uses the
 * same rounds backwards: each stage the other way round, the third key first.
 */
function scheduleOf(key: Uint8Array, decrypt: boolean): Uint8Array {
  const schedule = new Uint8Array(STAGES * DES_ROUNDS * GROUPS);
  for (let stage = 0; stage < STAGES; stage++) {
    const place = (decrypt ? STAGES - 1 - stage : stage) * DES_ROUNDS;
    const backwards = decrypt !== (stage === 1);
    const stageKey = key.subarray(stage * DES_KEY_LENGTH, (stage + 1) * DES_KEY_LENGTH);
    scheduleStage(stageKey, schedule, backwards ? place + DES_ROUNDS - 1 : place, backwards ? -1 : 1);
  }
  return schedule;
}

/** Round function f without the key's way in: eight boxes over the expanded half. */
function feistel(half: number, schedule: Uint8Array, offset: number): number {
  let output = 0;
  for (let group = 0; group < GROUPS; group++) {
    const rotation = (5 + 4 * group) & 31;
    const expanded = (half << rotation) | (half >>> (32 - rotation));
    const input = (expanded & 0x3f) ^ (schedule[offset + group] ?? 0);
    output |= PERMUTED_SUBSTITUTION[group * 64 + input] ?? 0;
  }
  return output;
}

/**
 * Runs a block, as two 32-bit halves, through all three stages in place. The final permutation of
 * a stage and the initial one of the next cancel out, so each is done once; a stage's last round
 * does not swap the halves, which is the extra swap here.
 */
function transformBlock(block: Int32Array, schedule: Uint8Array): void {
  initialPermutation(block);
  let left = block[0] ?? 0;
  let right = block[1] ?? 0;
  let offset = 0;
  for (let stage = 0; stage < STAGES; stage++) {
    for (let round = 0; round < DES_ROUNDS; round++) {
      const next = left ^ feistel(right, schedule, offset);
      left = right;
      right = next;
      offset += GROUPS;
    }
    const swapped = left;
    left = right;
    right = swapped;
  }
  block[0] = left;
  block[1] = right;
  finalPermutation(block);
}

/** Exchanges the bits of half `a` that `mask << shift` marks for those of half `b` that `mask` marks. */
function exchangeBits(block: Int32Array, a: 0 | 1, b: 0 | 1, shift: number, mask: number): void {
  const difference = (((block[a] ?? 0) >>> shift) ^ (block[b] ?? 0)) & mask;
  block[b] = (block[b] ?? 0) ^ difference;
  block[a] = (block[a] ?? 0) ^ (difference << shift);
}

/** IP as five exchanges, which transpose the block seen as a matrix of bits. */
function initialPermutation(block: Int32Array): void {
  exchangeBits(block, 0, 1, 4, 0x0f0f0f0f);
  exchangeBits(block, 0, 1, 16, 0x0000ffff);
  exchangeBits(block, 1, 0, 2, 0x33333333);
  exchangeBits(block, 1, 0, 8, 0x00ff00ff);
  exchangeBits(block, 0, 1, 1, 0x55555555);
}

function finalPermutation(block: Int32Array): void {
  exchangeBits(block, 0, 1, 1, 0x55555555);
  exchangeBits(block, 1, 0, 8, 0x00ff00ff);
  exchangeBits(block, 1, 0, 2, 0x33333333);
  exchangeBits(block, 0, 1, 16, 0x0000ffff);
  exchangeBits(block, 0, 1, 4, 0x0f0f0f0f);
}

function viewOf(octets: Uint8Array): DataView {
  return new DataView(octets.buffer, octets.byteOffset, octets.byteLength);
}

function encryptCbc(key: Uint8Array, iv: Uint8Array, data: Uint8Array): Uint8Array {
  const schedule = scheduleOf(key, false);
  const output = new Uint8Array(data.length);
  const source = viewOf(data);
  const target = viewOf(output);
  const start = viewOf(iv);
  const block = Int32Array.of(start.getInt32(0), start.getInt32(4));
  for (let offset = 0; offset < data.length; offset += BLOCK_LENGTH) {
    block[0] = (block[0] ?? 0) ^ source.getInt32(offset);
    block[1] = (block[1] ?? 0) ^ source.getInt32(offset + 4);
    transformBlock(block, schedule);
    target.setInt32(offset, block[0] ?? 0);
    target.setInt32(offset + 4, block[1] ?? 0);
  }
  return output;
}

function decryptCbc(key: Uint8Array, iv: Uint8Array, data: Uint8Array): Uint8Array {
  const schedule = scheduleOf(key, true);
  const output = new Uint8Array(data.length);
  const source = viewOf(data);
  const target = viewOf(output);
  const start = viewOf(iv);
  let previousLeft = start.getInt32(0);
  let previousRight = start.getInt32(4);
  const block = new Int32Array(2);
  for (let offset = 0; offset < data.length; offset += BLOCK_LENGTH) {
    const left = source.getInt32(offset);
    const right = source.getInt32(offset + 4);
    block[0] = left;
    block[1] = right;
    transformBlock(block, schedule);
    target.setInt32(offset, (block[0] ?? 0) ^ previousLeft);
    target.setInt32(offset + 4, (block[1] ?? 0) ^ previousRight);
    previousLeft = left;
    previousRight = right;
  }
  return output;
}

/** 3DES-CBC without padding; key of 24 octets (its parity bits are ignored), blocks and IV of 8. */
export const tripleDesCbc: CbcCipher = {
  name: '3des-cbc',
  blockLength: BLOCK_LENGTH,
  encrypt(key, iv, data) {
    checkCbcArguments(tripleDesCbc, KEY_LENGTHS, key, iv, data);
    return encryptCbc(key, iv, data);
  },
  decrypt(key, iv, data) {
    checkCbcArguments(tripleDesCbc, KEY_LENGTHS, key, iv, data);
    return decryptCbc(key, iv, data);
  },
};
