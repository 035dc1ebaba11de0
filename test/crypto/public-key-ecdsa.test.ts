/** ECDSA over given hashes against @noble/curves, the openssl command line and the answers of RFCs. */
import { createHash, createPublicKey } from 'node:crypto';
import { fc, test } from '@fast-check/vitest';
import { p256, p384, p521 } from '@noble/curves/nist.js';
import { describe, expect, it } from 'vitest';
import { ECDSA_CURVES } from '../../src/crypto/ecdsa-curve.ts';
import { asPoint, asScalar, importPrivateKey, importPublicKey } from '../../src/crypto/key-import.ts';
import { createPublicKeyOperations } from '../../src/crypto/public-key.ts';
import { fromHex, toHex } from './hex.ts';
import { hasOpenssl, runOpenssl } from './openssl.ts';
import { PAIRS, pemOf } from './public-key-pairs.ts';

const operations = createPublicKeyOperations();
const CURVES = [
  ['ecdsa-256', p256],
  ['ecdsa-384', p384],
  ['ecdsa-521', p521],
] as const;
const bare = { prehash: false, lowS: false } as const;
const digestOf = (text: string, hash: string) => Uint8Array.from(createHash(hash).update(text).digest());

describe.each(CURVES)('%s and noble', (algorithm, noble) => {
  const { privateKey, publicKey } = PAIRS[algorithm];
  const { coordinateLength } = ECDSA_CURVES[algorithm].parameters;
  const length = ECDSA_CURVES[algorithm].hash === 'sha256' ? 32 : coordinateLength === 48 ? 48 : 64;
  const hashOctets = fc.uint8Array({ minLength: length, maxLength: length });

  test.prop([hashOctets], { numRuns: 5 })('make the same signature', (hash) => {
    const signature = operations.sign(privateKey, hash);
    expect(toHex(signature)).toBe(toHex(noble.sign(hash, asScalar(privateKey.secret), bare)));
    expect(noble.verify(signature, hash, asPoint(publicKey.material).toBytes(), bare)).toBe(true);
  });

  test.prop([hashOctets, fc.boolean()], { numRuns: 5 })('judge alike, a mirrored s too', (hash, isRight) => {
    const { r, s } = noble.Signature.fromBytes(noble.sign(hash, asScalar(privateKey.secret), bare));
    const order = noble.Point.Fn.ORDER;
    const signature = new noble.Signature(isRight ? r : order - r, order - s).toBytes();
    expect(operations.verify(publicKey, hash, signature)).toBe(isRight);
    expect(noble.verify(signature, hash, asPoint(publicKey.material).toBytes(), bare)).toBe(isRight);
  });

  it('agrees where the hash is beyond the order', () => {
    const hash = new Uint8Array(coordinateLength).fill(0xff);
    const signature = operations.sign(privateKey, hash);
    expect(toHex(signature)).toBe(toHex(noble.sign(hash, asScalar(privateKey.secret), bare)));
    expect(operations.verify(publicKey, hash, signature)).toBe(true);
  });

  it('finds numbers out of bounds wrong, in r and in s', () => {
    const hash = new Uint8Array(length).fill(1);
    const right = operations.sign(privateKey, hash);
    const order = noble.Point.Fn.ORDER;
    for (const number of [0n, order, order + 1n]) {
      const octets = fromHex(number.toString(16).padStart(2 * coordinateLength, '0'));
      for (const offset of [0, coordinateLength]) {
        const signature = right.slice();
        signature.set(octets, offset);
        expect(operations.verify(publicKey, hash, signature)).toBe(false);
      }
    }
  });

  it('is right for the hash of the message by which keys are shifted', () => {
    const hash = digestOf('', ECDSA_CURVES[algorithm].hash);
    const signature = operations.sign(privateKey, hash);
    expect(operations.verify(publicKey, hash, signature)).toBe(true);
  });

  it('refuses a signature made to shift the key to infinity', () => {
    const { Fn } = noble.Point;
    const d = BigInt(`0x${toHex(asScalar(privateKey.secret))}`);
    const known = BigInt(`0x${toHex(digestOf('', ECDSA_CURVES[algorithm].hash))}`);
    const r = 5n;
    // t = (z - y) / r = -d
    const z = Fn.create(known - Fn.mul(r, d));
    const hash = fromHex(z.toString(16).padStart(2 * coordinateLength, '0'));
    const signature = new noble.Signature(r, 7n).toBytes();
    expect(operations.verify(publicKey, hash, signature)).toBe(false);
  });

  it.skipIf(!hasOpenssl)('agrees with the openssl command line in both directions', () => {
    const files = {
      'key.pem': pemOf(PAIRS[algorithm].privateObject),
      hash: new Uint8Array(length).fill(0x5a),
    };
    const theirs = runOpenssl(files, 'pkeyutl', '-sign', '-inkey', 'key.pem', '-in', 'hash');
    const signature = noble.Signature.fromBytes(theirs, 'der').toBytes();
    expect(operations.verify(publicKey, files.hash, signature)).toBe(true);

    const ours = noble.Signature.fromBytes(operations.sign(privateKey, files.hash)).toBytes('der');
    const verdict = runOpenssl(
      { ...files, ours },
      ...['pkeyutl', '-verify', '-inkey', 'key.pem', '-in', 'hash', '-sigfile', 'ours'],
    );
    expect(new TextDecoder().decode(verdict)).toContain('Verified Successfully');
  });
});

describe('ECDSA of RFCs', () => {
  it('signs as RFC 6979 §A.2.5 says', () => {
    const web = {
      kty: 'EC',
      crv: 'P-256',
      d: fromHex('c9afa9d845ba75166b5c215767b1d6934e50c3db36e89b127b8a622b120f6721'),
      x: fromHex('60fed4ba255a9d31c961eb74c6356d68c049b8923b61fa6ce669622e60f29fb6'),
      y: fromHex('7903fe1008b8bc99a41ae9e95628bc64f2f1b20c2d7e9f5177a3c294d4462299'),
    };
    const der = Buffer.concat([
      fromHex('308187020100301306072a8648ce3d020106082a8648ce3d030107046d306b0201010420'),
      web.d,
      fromHex('a14403420004'),
      web.x,
      web.y,
    ]);
    const signature = operations.sign(importPrivateKey(der), digestOf('sample', 'sha256'));
    expect(toHex(signature)).toBe(
      'efd48b2aacb6a8fd1140dd9cd45e81d69d2c877b56aaf991c34d0ea84eaf3716' +
        'f7cb1c942d657c41d436c7a1b6e29f65f3e900dbb9aff4064dc4ab2f843acda8',
    );
  });

  it('finds the signature of RFC 4754 §8.1 right', () => {
    const key = createPublicKey({
      format: 'der',
      type: 'spki',
      key: Buffer.concat([
        ECDSA_CURVES['ecdsa-256'].publicKeyPrefix,
        fromHex('2442a5cc0ecd015fa3ca31dc8e2bbc70bf42d60cbca20085e0822cb04235e970'),
        fromHex('6fc98bd7e50211a4a27102fa3549df79ebcb4bf246b80945cddfe7d509bbfd7d'),
      ]),
    });
    const signature = fromHex(
      'cb28e0999b9c7715fd0a80d8e47a77079716cbbf917dd72e97566ea1c066957c' +
        '86fa3bb4e26cad5bf90b7f81899256ce7594bb1ea0c89212748bff3b3d5b0315',
    );
    expect(operations.verify(importPublicKey(key), digestOf('abc', 'sha256'), signature)).toBe(true);
  });
});
