/** What signatures with keys of certificates promise, whatever the algorithm, and the signatures of another implementation. */
import { createHash } from 'node:crypto';
import { fc, test } from '@fast-check/vitest';
import { describe, expect, it } from 'vitest';
import { importPublicKey } from '../../src/crypto/key-import.ts';
import { createPublicKeyOperations } from '../../src/crypto/public-key.ts';
import { fromHex } from './hex.ts';
import { PAIRS } from './public-key-pairs.ts';

const operations = createPublicKeyOperations();

/** Lengths of the hashes of IKEv1: MD5, SHA-1, SHA-256, SHA-384, SHA-512. */
const hashOctets = fc
  .constantFrom(16, 20, 32, 48, 64)
  .chain((length) => fc.uint8Array({ minLength: length, maxLength: length }));

describe.each(Object.entries(PAIRS))('signatures by %s', (algorithm, { privateKey, publicKey }) => {
  const signatureLength = algorithm === 'rsa' ? publicKey.length : 2 * publicKey.length;

  test.prop([hashOctets], { numRuns: 10 })(
    'are right for hashes of every length, and always the same',
    (hash) => {
      const signature = operations.sign(privateKey, hash);
      expect(signature).toHaveLength(signatureLength);
      expect(operations.verify(publicKey, hash, signature)).toBe(true);
      expect(operations.sign(privateKey, hash)).toEqual(signature);
    },
  );

  test.prop([hashOctets, fc.nat(), fc.integer({ min: 0, max: 7 }), fc.boolean()], { numRuns: 10 })(
    'are wrong when any bit of hash or signature is another',
    (hash, position, bit, inHash) => {
      const signature = operations.sign(privateKey, hash).slice();
      const changed = inHash ? hash.slice() : signature;
      changed[position % changed.length]! ^= 1 << bit;
      const isSame = algorithm !== 'rsa' && inHash && isBeyondOrder(publicKey.length, position % hash.length);
      expect(operations.verify(publicKey, inHash ? changed : hash, signature)).toBe(isSame);
    },
  );

  test.prop([hashOctets, fc.uint8Array({ maxLength: 300 })])(
    'of any octets are wrong, and no error',
    (hash, junk) => {
      expect(operations.verify(publicKey, hash, junk)).toBe(false);
    },
  );

  it.each([0x00, 0xff])('of octets %i only are wrong, and no error', (octet) => {
    const signature = new Uint8Array(signatureLength).fill(octet);
    expect(operations.verify(publicKey, new Uint8Array(32), signature)).toBe(false);
  });

  it('are plain octets, not a Buffer', () => {
    expect(operations.sign(privateKey, new Uint8Array(32)).constructor).toBe(Uint8Array);
  });
});

/** ECDSA looks at as many bits of the hash as the order has. */
function isBeyondOrder(coordinateLength: number, index: number): boolean {
  return index >= coordinateLength;
}

/*
 * Signatures of strongSwan 5.9.8, initiator in main mode, SHA-1 negotiated: the hash as its log shows
 * it and the SIG payload that it sent. HASH_I has 20 octets with RSA and 32 with ECDSA on P-256.
 */
const EC_SPKI = fromHex(`
  3059301306072a8648ce3d020106082a8648ce3d0301070342000494fb28264de3decfeb55ff54b7dd913db5bd278c14
  b4ed99c77b7b1c6af016f64cfdced07877c448d62b9190abb70f11cf98832504c5e4c3e1eb633de6844971`);
const EC_HASH = fromHex(`ab718eea74fe15428168db4c3f06f244bd7445881ccf126e60b086d553e60fb2`);
const EC_SIGNATURE = fromHex(`
  26a511735b1b64baf1cb415c6a5fc20bbe985030c1e9fc657c846b6f7ec40c8a
  514ceb9751b71468fed9059ce47238b6f095a9d075ac3c5b0e5b5f3be41bf3fc`);
const RSA_HASH = fromHex(`38a5fb5e8e047471c004c6ada3fd5a8b4d458ec5`);
const RSA_SPKI = fromHex(`
  30820122300d06092a864886f70d01010105000382010f003082010a0282010100bab71df74f157d0fe02d3301ca95
  893fd11b798783c27339f3a8182552253cbc934195633aeab67f21d0dfbe111ac657c3b22689b2418ae52f90917779
  b9177463f570c9c47090da4f6bdf7121b826b7f0a14bf7942424d3017dc6da2ace693c50004e3d1f753edaa6e478b7
  167bfce7ad26e00b2f3115564a2026fa1e137ba978148e63b1cd8912287171e1d7b2b02df952ae374d06c91f4af032
  4ae3d6332a516c2c269d7b4fac2a7ad62cfef2793fff10bbe999f7536d36357cf3df532b151aa4c752a26fec00e030
  cfb5385a42c5a2faaf0b7e0734febf52fbd5878f8abe69e58a7e1454def8b9a3638e1358fa9d5fa381994a8c891d31
  ed29e8d67689a70203010001
`);
const RSA_SIGNATURE = fromHex(`
  003b93d6229cef75d8064c488f5561480dd6da5eafb7714dd43818028da1e138e59c672f57473ff6c2e046b9c03935
  ba39818b9124fc3ea223cd0c9d46f080c576c5d2f1ad1d20e64503f091abe74da6c77b563380f175f94e6c0b8b1a0c
  04a7202f3519054984c96851fb1b09da4d80b90e8daab86e5d97252fcea1d8af0d8df7731565b79322a1d26ea118a3
  6e53b50c1c13978a5eda54c87245e382cfb98ec9dc0555f5985d31fbb129cd995d21901b1a95eff0252885ba7e424d
  55b8115e39f305324d276cda9ddb196c403dfc835020e051cadec80ea4f2265c9c84769210855a876063e63d43de17
  cdd815b84364a91334a68f10449735fb248c686422
`);

describe('signatures of strongSwan', () => {
  it('by RSA are right for HASH_I without DigestInfo', () => {
    expect(operations.verify(importPublicKey(RSA_SPKI), RSA_HASH, RSA_SIGNATURE)).toBe(true);
  });

  it('by RSA are wrong without their leading zero', () => {
    expect(RSA_SIGNATURE[0]).toBe(0);
    expect(operations.verify(importPublicKey(RSA_SPKI), RSA_HASH, RSA_SIGNATURE.subarray(1))).toBe(false);
  });

  it('by ECDSA are right for HASH_I as digest, and wrong for the digest of HASH_I', () => {
    const key = importPublicKey(EC_SPKI);
    expect(operations.verify(key, EC_HASH, EC_SIGNATURE)).toBe(true);
    const hashedAgain = Uint8Array.from(createHash('sha256').update(EC_HASH).digest());
    expect(operations.verify(key, hashedAgain, EC_SIGNATURE)).toBe(false);
  });
});
