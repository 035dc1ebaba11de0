import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fnv1a64 } from '../../src/random/fnv.ts';
import { philox4x32 } from '../../src/random/philox.ts';

/** Known answers of the Random123 library (kat_vectors, philox4x32 with 10 rounds): counter, key, block. */
const KNOWN_ANSWERS = [
  [
    [0, 0, 0, 0],
    [0, 0],
    [0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8],
  ],
  [
    [0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff],
    [0xffffffff, 0xffffffff],
    [0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd],
  ],
  [
    [0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344],
    [0xa4093822, 0x299f31d0],
    [0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1],
  ],
] as const;

/** The same generator over big integers, as the paper has it. */
function referenceBlock(counter: readonly number[], key: readonly number[]): number[] {
  const mask = 0xffffffffn;
  let [c0 = 0n, c1 = 0n, c2 = 0n, c3 = 0n] = counter.map(BigInt);
  let [k0 = 0n, k1 = 0n] = key.map(BigInt);
  for (let round = 0; round < 10; round++) {
    const product0 = 0xd2511f53n * c0;
    const product1 = 0xcd9e8d57n * c2;
    [c0, c1, c2, c3] = [
      (product1 >> 32n) ^ c1 ^ k0,
      product1 & mask,
      (product0 >> 32n) ^ c3 ^ k1,
      product0 & mask,
    ];
    k0 = (k0 + 0x9e3779b9n) & mask;
    k1 = (k1 + 0xbb67ae85n) & mask;
  }
  return [c0, c1, c2, c3].map(Number);
}

describe('philox4x32', () => {
  it.each(KNOWN_ANSWERS)('gives the known answer for counter %j and key %j', (counter, key, answer) => {
    const block = new Uint32Array(4);
    philox4x32(block, counter[0], counter[1], counter[2], counter[3], key[0], key[1]);
    expect([...block]).toEqual(answer);
  });

  it('multiplies as big integers do, with signed or unsigned words', () => {
    const word = fc.nat({ max: 0xffffffff });
    fc.assert(
      fc.property(fc.tuple(word, word, word, word), fc.tuple(word, word), (counter, key) => {
        const block = new Uint32Array(4);
        const [c0, c1, c2, c3] = counter;
        const [k0, k1] = key;
        philox4x32(block, c0, c1, c2, c3, k0, k1);
        expect([...block]).toEqual(referenceBlock(counter, key));
        philox4x32(block, c0 | 0, c1 | 0, c2 | 0, c3 | 0, k0 | 0, k1 | 0);
        expect([...block]).toEqual(referenceBlock(counter, key));
      }),
    );
  });
});

describe('fnv1a64', () => {
  it.each([
    ['', 'cbf29ce484222325'],
    ['a', 'af63dc4c8601ec8c'],
    ['foobar', '85944171f73967e8'],
  ])('hashes %j as published', (text, answer) => {
    const { high, low } = fnv1a64(text);
    expect(high.toString(16).padStart(8, '0') + low.toString(16).padStart(8, '0')).toBe(answer);
  });

  it('multiplies as big integers do', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 40 }), (text) => {
        let hash = 0xcbf29ce484222325n;
        for (const octet of new TextEncoder().encode(text)) {
          hash = BigInt.asUintN(64, (hash ^ BigInt(octet)) * 0x100000001b3n);
        }
        const { high, low } = fnv1a64(text);
        expect((BigInt(high) << 32n) | BigInt(low)).toBe(hash);
      }),
    );
  });
});
