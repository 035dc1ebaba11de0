/** RSA against arithmetic with big integers and the openssl command line. */
import { createHash } from 'node:crypto';
import { fc, test } from '@fast-check/vitest';
import { describe, expect, it } from 'vitest';
import { createPublicKeyOperations } from '../../src/crypto/public-key.ts';
import { KeyExchangeError } from '../../src/ike/suite.ts';
import { fromHex, toHex } from './hex.ts';
import { hasOpenssl, runOpenssl } from './openssl.ts';
import { PAIRS, pemOf, rsaPair } from './public-key-pairs.ts';

const operations = createPublicKeyOperations();
const { privateKey, publicKey, privateObject } = PAIRS.rsa;
const { n, e, d } = numbersOf(privateObject.export({ format: 'jwk' }));

function numbersOf(web: { n?: string; e?: string; d?: string }) {
  const number = (text = '') => BigInt(`0x${Buffer.from(text, 'base64url').toString('hex')}`);
  return { n: number(web.n), e: number(web.e), d: number(web.d) };
}

/** Bare RSA in the plainest way. */
function power(octets: Uint8Array, exponent: bigint): Uint8Array {
  let result = 1n;
  let square = BigInt(`0x${toHex(octets)}`);
  for (let rest = exponent; rest > 0n; rest >>= 1n) {
    if (rest & 1n) result = (result * square) % n;
    square = (square * square) % n;
  }
  return fromHex(result.toString(16).padStart(2 * publicKey.length, '0'));
}

/** A stream that tells zero octets apart: every third one is zero. */
function everyThirdZero(): (length: number) => Uint8Array {
  let count = 0;
  return (length) => Uint8Array.from({ length }, () => (count++ % 3 === 0 ? 0 : (count % 255) + 1));
}

const octets = (maxLength: number) => fc.uint8Array({ maxLength });

describe('an RSA signature', () => {
  it('is 00 01 ff .. ff 00 and the hash, without DigestInfo', () => {
    const hash = Uint8Array.from(createHash('sha1').update('a').digest());
    const opened = power(operations.sign(privateKey, hash), e);
    expect(toHex(opened)).toBe(`0001${'ff'.repeat(publicKey.length - 3 - hash.length)}00${toHex(hash)}`);
  });

  it('with DigestInfo is wrong', () => {
    const hash = createHash('sha256').update('a').digest();
    const info = fromHex(`3031300d060960864801650304020105000420${toHex(hash)}`);
    const signature = operations.sign(privateKey, info);
    expect(operations.verify(publicKey, info, signature)).toBe(true);
    expect(operations.verify(publicKey, hash, signature)).toBe(false);
  });

  it('with a block of type 2 is wrong', () => {
    const hash = new Uint8Array(20).fill(7);
    const block = fromHex(`0002${'ff'.repeat(publicKey.length - 23)}00${toHex(hash)}`);
    expect(operations.verify(publicKey, hash, power(block, d))).toBe(false);
  });

  it('cannot be made of a hash that is too long for the key', () => {
    expect(() => operations.sign(privateKey, new Uint8Array(publicKey.length - 10))).toThrow(RangeError);
  });

  it.skipIf(!hasOpenssl)('is what the openssl command line makes and opens', () => {
    const hash = new Uint8Array(20).fill(0x5a);
    const files = { 'key.pem': pemOf(privateObject), hash };
    const padding = ['-pkeyopt', 'rsa_padding_mode:pkcs1'];
    const theirs = runOpenssl(files, 'pkeyutl', '-sign', '-inkey', 'key.pem', '-in', 'hash', ...padding);
    expect(toHex(operations.sign(privateKey, hash))).toBe(toHex(theirs));
    expect(operations.verify(publicKey, hash, theirs)).toBe(true);
  });
});

describe('RSA encryption', () => {
  test.prop([octets(publicKey.length - 11)])('is undone by raw decryption and by arithmetic', (data) => {
    const ciphertext = operations.encrypt(publicKey, data, everyThirdZero());
    const block = operations.decryptRaw(privateKey, ciphertext);
    expect(toHex(block)).toBe(toHex(power(ciphertext, d)));
    expect(block).toHaveLength(publicKey.length);
    const end = publicKey.length - data.length - 1;
    expect([...block.subarray(0, 2)]).toEqual([0, 2]);
    expect(block.subarray(2, end).includes(0)).toBe(false);
    expect(block[end]).toBe(0);
    expect(toHex(block.subarray(end + 1))).toBe(toHex(data));
  });

  it('pads with the octets that are given, zeros left out', () => {
    const block = operations.decryptRaw(
      privateKey,
      operations.encrypt(publicKey, new Uint8Array(publicKey.length - 12), everyThirdZero()),
    );
    const drawn = everyThirdZero()(20).filter((octet) => octet !== 0);
    expect([...block.subarray(2, 11)]).toEqual([...drawn.subarray(0, 9)]);
  });

  it('refuses what does not fit', () => {
    const encrypt = () =>
      operations.encrypt(publicKey, new Uint8Array(publicKey.length - 10), everyThirdZero());
    expect(encrypt).toThrow(RangeError);
  });

  it('needs an RSA key', () => {
    const ec = PAIRS['ecdsa-256'];
    expect(() => operations.encrypt(ec.publicKey, new Uint8Array(1), everyThirdZero())).toThrow(RangeError);
    expect(() => operations.decryptRaw(ec.privateKey, new Uint8Array(64))).toThrow(RangeError);
  });

  it('takes a modulus whose bits are no whole octets', () => {
    const odd = rsaPair(1027);
    expect(odd.publicKey.length).toBe(129);
    const data = Uint8Array.of(1, 2, 3);
    const ciphertext = operations.encrypt(odd.publicKey, data, everyThirdZero());
    expect(ciphertext).toHaveLength(129);
    expect([...operations.decryptRaw(odd.privateKey, ciphertext).subarray(-3)]).toEqual([1, 2, 3]);
    const signature = operations.sign(odd.privateKey, data);
    expect(operations.verify(odd.publicKey, data, signature)).toBe(true);
  });

  it.skipIf(!hasOpenssl)('is opened by the openssl command line, and opens what that made', () => {
    const data = fromHex('00112233445566778899');
    const files = { 'key.pem': pemOf(privateObject), data };
    const padding = ['-pkeyopt', 'rsa_padding_mode:pkcs1'];
    const theirs = runOpenssl(files, 'pkeyutl', '-encrypt', '-inkey', 'key.pem', '-in', 'data', ...padding);
    expect(toHex(operations.decryptRaw(privateKey, theirs))).toMatch(
      /^0002(?:(?!00)..)+0000112233445566778899$/,
    );
    const ours = operations.encrypt(publicKey, data, everyThirdZero());
    const opened = runOpenssl(
      { ...files, ours },
      ...['pkeyutl', '-decrypt', '-inkey', 'key.pem', '-in', 'ours', ...padding],
    );
    expect(toHex(opened)).toBe(toHex(data));
  });
});

describe('raw RSA decryption', () => {
  test.prop([octets(300)])('of any octets gives a block or a KeyExchangeError', (data) => {
    let block: Uint8Array;
    try {
      block = operations.decryptRaw(privateKey, data);
    } catch (error) {
      expect(error).toBeInstanceOf(KeyExchangeError);
      return;
    }
    expect(block).toHaveLength(publicKey.length);
  });

  it('refuses a number that is not below the modulus', () => {
    const modulus = fromHex(n.toString(16).padStart(2 * publicKey.length, '0'));
    expect(() => operations.decryptRaw(privateKey, modulus)).toThrow(KeyExchangeError);
    expect(() => operations.decryptRaw(privateKey, new Uint8Array(publicKey.length).fill(0xff))).toThrow(
      KeyExchangeError,
    );
  });

  it.each([-1, 1])('refuses %i octet too many', (surplus) => {
    const data = new Uint8Array(publicKey.length + surplus);
    expect(() => operations.decryptRaw(privateKey, data)).toThrow(`${data.length} octets, not 128`);
  });

  it('gives a block with bad padding as it is', () => {
    const block = fromHex(`00${'01'.repeat(publicKey.length - 1)}`);
    expect(toHex(operations.decryptRaw(privateKey, power(block, e)))).toBe(toHex(block));
  });
});
