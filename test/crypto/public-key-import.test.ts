/** Which octets become keys, and what is said about the others. */
import { createPrivateKey, generateKeyPairSync } from 'node:crypto';
import { fc, test } from '@fast-check/vitest';
import { p521 } from '@noble/curves/nist.js';
import { describe, expect, it } from 'vitest';
import { KeyImportError, importPrivateKey, importPublicKey } from '../../src/crypto/key-import.ts';
import { createPublicKeyOperations } from '../../src/crypto/public-key.ts';
import { PAIRS, ecPair, rsaPair } from './public-key-pairs.ts';

const operations = createPublicKeyOperations();
const hash = new Uint8Array(32).fill(3);

describe('keys', () => {
  it.each(Object.entries(PAIRS))('for %s come from PKCS#8 and SubjectPublicKeyInfo', (algorithm, pair) => {
    const pkcs8 = new Uint8Array(pair.privateObject.export({ format: 'der', type: 'pkcs8' }));
    const privateKey = importPrivateKey(pkcs8);
    const publicKey = importPublicKey(pair.privateObject);
    expect(privateKey.algorithm).toBe(algorithm);
    expect(publicKey).toMatchObject({ algorithm, length: pair.publicKey.length });
    expect(operations.verify(publicKey, hash, operations.sign(privateKey, hash))).toBe(true);
  });

  it('tell the length of a modulus or a coordinate', () => {
    const lengths = Object.values(PAIRS).map(({ publicKey }) => publicKey.length);
    expect(lengths).toEqual([128, 32, 48, 66]);
  });

  it('with a small scalar have it filled up', () => {
    const point = p521.Point.BASE.multiply(5n).toBytes(false);
    const text = (octets: Uint8Array) => Buffer.from(octets).toString('base64url');
    const web = { kty: 'EC', crv: 'P-521', x: text(point.subarray(1, 67)), y: text(point.subarray(67)) };
    const scalar = new Uint8Array(66).fill(5, 65);
    const key = createPrivateKey({ format: 'jwk', key: { ...web, d: text(scalar) } });
    const privateKey = importPrivateKey(key);
    expect(privateKey.secret).toEqual(scalar);
    expect(operations.verify(importPublicKey(key), hash, operations.sign(privateKey, hash))).toBe(true);
  });

  it.each<[string, () => unknown, string]>([
    ['another curve', () => ecPair('secp256k1'), 'curve secp256k1'],
    ['a short RSA modulus', () => rsaPair(512), '512 bits'],
    ['Ed25519', () => importPublicKey(generateKeyPairSync('ed25519').publicKey), 'ed25519'],
    [
      'RSA for PSS only',
      () => importPrivateKey(generateKeyPairSync('rsa-pss', { modulusLength: 1024 }).privateKey),
      'rsa-pss',
    ],
    [
      'a public key as private one',
      () => importPrivateKey(generateKeyPairSync('ed25519').publicKey),
      'public',
    ],
  ])('of the wrong kind are refused: %s', (_, make, text) => {
    expect(make).toThrow(KeyImportError);
    expect(make).toThrow(text);
  });

  test.prop([fc.uint8Array({ maxLength: 200 })])('are not made of any octets', (octets) => {
    expect(() => importPrivateKey(octets)).toThrow(KeyImportError);
    expect(() => importPublicKey(octets)).toThrow(KeyImportError);
  });
});
