import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { AEAD_NAMES, CIPHER_NAMES, GROUP_NUMBERS, HASH_NAMES } from '../../src/crypto/primitive.ts';
import { fastest, native, noble } from './suites.ts';

const KEY_LENGTHS = { 'aes-cbc': [16, 24, 32], '3des-cbc': [24] } as const;

const octets = (maxLength: number) => fc.uint8Array({ maxLength });
const exactly = (length: number) => fc.uint8Array({ minLength: length, maxLength: length });

describe('native and noble', () => {
  it.each(HASH_NAMES)('digest the same with %s', (name) => {
    fc.assert(
      fc.property(octets(300), (data) => {
        expect(noble.hash(name).digest(data)).toEqual(native.hash(name).digest(data));
      }),
    );
  });

  it.each(HASH_NAMES)('compute the same HMAC with %s', (name) => {
    fc.assert(
      fc.property(octets(200), octets(300), (key, data) => {
        expect(noble.hash(name).hmac(key, data)).toEqual(native.hash(name).hmac(key, data));
      }),
    );
  });

  it.each(CIPHER_NAMES)('encrypt and decrypt the same with %s', (name) => {
    const blockLength = native.cipher(name).blockLength;
    const cases = fc
      .record({ keyLength: fc.constantFrom(...KEY_LENGTHS[name]), blocks: fc.nat(20), offset: fc.nat(7) })
      .chain(({ keyLength, blocks, offset }) =>
        fc.record({
          key: exactly(keyLength),
          iv: exactly(blockLength),
          memory: exactly(offset + blocks * blockLength),
          offset: fc.constant(offset),
        }),
      );
    fc.assert(
      fc.property(cases, ({ key, iv, memory, offset }) => {
        const data = memory.subarray(offset);
        const encrypted = native.cipher(name).encrypt(key, iv, data);
        expect(noble.cipher(name).encrypt(key, iv, data)).toEqual(encrypted);
        expect(noble.cipher(name).decrypt(key, iv, encrypted)).toEqual(data);
        expect(native.cipher(name).decrypt(key, iv, encrypted)).toEqual(data);
        expect(noble.cipher(name).decrypt(key, iv, data)).toEqual(native.cipher(name).decrypt(key, iv, data));
      }),
    );
  });

  it.each(AEAD_NAMES)('seal and open the same with %s', (name) => {
    const cases = fc
      .record({ keyLength: fc.constantFrom(16, 24, 32), offset: fc.nat(7) })
      .chain(({ keyLength, offset }) =>
        fc.record({
          key: exactly(keyLength),
          nonce: exactly(native.aead(name).nonceLength),
          aad: octets(40),
          memory: fc.uint8Array({ minLength: offset, maxLength: 300 }),
          offset: fc.constant(offset),
        }),
      );
    fc.assert(
      fc.property(cases, ({ key, nonce, aad, memory, offset }) => {
        const data = memory.subarray(offset);
        const sealed = native.aead(name).seal(key, nonce, aad, data);
        expect(noble.aead(name).seal(key, nonce, aad, data)).toEqual(sealed);
        expect(noble.aead(name).open(key, nonce, aad, sealed)).toEqual(data);
        expect(native.aead(name).open(key, nonce, aad, sealed)).toEqual(data);
      }),
    );
  });

  it.each(GROUP_NUMBERS)('make the same pairs and secrets in group %i', (group) => {
    const own = native.group(group);
    const seeds = exactly(own.seedLength);
    fc.assert(
      fc.property(seeds, seeds, (seed, peerSeed) => {
        const nativePair = own.generate(seed);
        const noblePair = noble.group(group).generate(seed);
        expect(noblePair.publicValue).toEqual(nativePair.publicValue);
        const peer = own.generate(peerSeed).publicValue;
        const shared = own.agree(nativePair, peer);
        expect(noble.group(group).agree(noblePair, peer)).toEqual(shared);
        const combined = fastest.group(group);
        expect(combined.agree(combined.generate(seed), peer)).toEqual(shared);
      }),
      { numRuns: 12 },
    );
  });

  it.each(GROUP_NUMBERS)('promise the same lengths for group %i', (group) => {
    const { publicLength, sharedLength, seedLength } = native.group(group);
    expect(noble.group(group)).toMatchObject({ group, publicLength, sharedLength, seedLength });
  });
});
