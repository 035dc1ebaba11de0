import { fc, test } from '@fast-check/vitest';
import { describe, expect, it } from 'vitest';
import { createNativeSuite } from '../../../src/crypto/native.ts';
import { EncryptedBodyError } from '../../../src/ike/v1/encrypted-body-error.ts';
import { decryptPkcs1 } from '../../../src/ike/v1/pkcs1.ts';
import type { DecryptionSetting } from '../../../src/ike/v1/pkcs1.ts';
import type { PublicKeyOperations } from '../../../src/ike/suite.ts';
import { toHex } from '../../../src/ike/wire/octets.ts';
import {
  bigintOperations,
  bigintPair,
  decryptMessage,
  encryptPadded,
  modulusOf,
} from '../../harness/rsa-bigint.ts';

const hash = createNativeSuite().hash('sha1');
// Of 1030 bits: an octet more than 1024 have, and the first is no more than half filled.
const pair = bigintPair(1030);
const { publicKey, privateKey } = pair;
const { length } = publicKey;
const bounds = { minimum: 8, maximum: 256 };
const room = length - 11;

function settingOf(overrides: Partial<DecryptionSetting> = {}, secret = 1): DecryptionSetting {
  const key = { privateKey, length, rejectionSecret: new Uint8Array(32).fill(secret) };
  return { operations: bigintOperations, key, hash, ...overrides };
}

/** Encrypts `start`, octets 0xaa to where `end` has room, and `end`. */
function encryptBlock(start: readonly number[], end: readonly number[]): Uint8Array {
  const block = new Uint8Array(length).fill(0xaa);
  block.set(start);
  block.set(end, length - end.length);
  return encryptPadded(publicKey, block);
}

const MESSAGE = Array.from({ length: 16 }, (_, index) => index);
const EIGHT = Array.from({ length: 8 }, () => 0x77);
const SEVEN = EIGHT.slice(1);
const longest = (size: number) => Array.from({ length: size }, () => 0x33);

/** Ciphertexts that hold a message. */
const RIGHT: readonly (readonly [string, Uint8Array, readonly number[]])[] = [
  ['a message with zeros in it', encryptBlock([0, 2], [0, ...MESSAGE]), MESSAGE],
  [
    'a message of the shortest length',
    encryptBlock([0, 2], [0, ...MESSAGE.slice(0, 8)]),
    MESSAGE.slice(0, 8),
  ],
  ['the longest message', encryptBlock([0, 2, ...EIGHT, 0], longest(room)), longest(room)],
];

/** Ciphertexts that hold none, and what oracle mode calls the reason. */
const WRONG: readonly (readonly [string, Uint8Array, string])[] = [
  ['another first octet', encryptBlock([1, 2], [0, ...MESSAGE]), 'block-type'],
  ['block type 1', encryptBlock([0, 1], [0, ...MESSAGE]), 'block-type'],
  ['block type 0', encryptBlock([0, 0], [0, ...MESSAGE]), 'block-type'],
  ['no padding', encryptBlock([0, 2, 0], [0, ...MESSAGE]), 'separator'],
  ['seven octets of padding', encryptBlock([0, 2, ...SEVEN, 0], [0, ...MESSAGE]), 'separator'],
  ['no end of padding', encryptBlock([0, 2], []), 'separator'],
  ['an empty message', encryptBlock([0, 2], [0]), 'body-length'],
  ['a message shorter than it can be', encryptBlock([0, 2], [0, ...SEVEN]), 'body-length'],
  ['a ciphertext that is too short', new Uint8Array(length - 1).fill(1), 'no-ciphertext'],
  ['a ciphertext that is too long', new Uint8Array(length + 1), 'no-ciphertext'],
  ['no ciphertext', new Uint8Array(0), 'no-ciphertext'],
  ['the modulus', modulusOf(publicKey), 'no-ciphertext'],
  ['a number beyond the modulus', new Uint8Array(length).fill(0xff), 'no-ciphertext'],
  ['zero', new Uint8Array(length), 'block-type'],
];

describe('PKCS#1 v1.5 decryption', () => {
  it.each(RIGHT)('yields %s, constant or telling', (_, ciphertext, message) => {
    for (const oracle of [false, true]) {
      expect([...decryptPkcs1(settingOf({ oracle }), ciphertext, bounds)]).toEqual(message);
    }
  });

  test.prop([fc.uint8Array({ minLength: 8, maxLength: room }), fc.infiniteStream(fc.nat(255))], {
    numRuns: 20,
  })('yields whatever was encrypted', (message, stream) => {
    const random = (size: number) => Uint8Array.from({ length: size }, () => stream.next().value as number);
    const ciphertext = bigintOperations.encrypt(publicKey, message, random);
    expect(decryptPkcs1(settingOf(), ciphertext, bounds)).toEqual(message);
    expect(decryptMessage(pair, ciphertext)).toEqual(message);
  });

  it.each(WRONG)('oracle mode tells of %s', (_, ciphertext, fault) => {
    let thrown: unknown;
    try {
      decryptPkcs1(settingOf({ oracle: true }), ciphertext, bounds);
    } catch (error) {
      thrown = error;
    }
    expect(thrown).toBeInstanceOf(EncryptedBodyError);
    expect(thrown).toMatchObject({ fault });
  });

  it('tells a message longer than it can be', () => {
    const ciphertext = encryptBlock([0, 2], [0, ...longest(17)]);
    const short = { minimum: 8, maximum: 16 };
    expect(() => decryptPkcs1(settingOf({ oracle: true }), ciphertext, short)).toThrow('17 octets');
    expect(decryptPkcs1(settingOf(), ciphertext, short).length).toBeLessThanOrEqual(16);
  });

  it('a key without room for the shortest message is the mistake of the caller', () => {
    const none = { minimum: room + 1, maximum: 256 };
    expect(() => decryptPkcs1(settingOf(), new Uint8Array(length), none)).toThrow(RangeError);
  });

  it('other errors of the operations are not swallowed', () => {
    const operations = {
      ...bigintOperations,
      decryptRaw: () => {
        throw new TypeError('broken');
      },
    };
    expect(() => decryptPkcs1(settingOf({ operations }), new Uint8Array(length), bounds)).toThrow(TypeError);
  });
});

describe('a replacement', () => {
  it.each(WRONG)(
    'stands for %s: the same for the same ciphertext, another for another secret',
    (_, ciphertext) => {
      const first = decryptPkcs1(settingOf(), ciphertext, bounds);
      expect(first.length).toBeGreaterThanOrEqual(bounds.minimum);
      expect(first.length).toBeLessThanOrEqual(room);
      expect(decryptPkcs1(settingOf(), ciphertext, bounds)).toEqual(first);
      expect(decryptPkcs1(settingOf({}, 2), ciphertext, bounds)).not.toEqual(first);
      expect(toHex(first)).not.toContain(toHex(Uint8Array.from(MESSAGE)));
    },
  );

  it('is another for every ciphertext', () => {
    const all = WRONG.map(([, ciphertext]) => toHex(decryptPkcs1(settingOf(), ciphertext, bounds)));
    expect(new Set(all).size).toBe(WRONG.length);
  });

  it('costs as many private key operations as a message: one', () => {
    let done = 0;
    const operations: PublicKeyOperations = {
      ...bigintOperations,
      decryptRaw(key, data) {
        const block = bigintOperations.decryptRaw(key, data);
        done++;
        return block;
      },
    };
    for (const [name, ciphertext] of [...RIGHT, ...WRONG]) {
      done = 0;
      decryptPkcs1(settingOf({ operations }), ciphertext, bounds);
      expect(done, name).toBe(1);
    }
  });

  it('stands for what is no ciphertext even if the number decrypted instead of it holds a message', () => {
    const block = new Uint8Array(length).fill(0xaa);
    block.set([0, 2]);
    block.set([0, ...MESSAGE], length - MESSAGE.length - 1);
    const operations = { ...bigintOperations, decryptRaw: () => block };
    expect([...decryptPkcs1(settingOf({ operations }), new Uint8Array(length), bounds)]).toEqual(MESSAGE);
    expect([...decryptPkcs1(settingOf({ operations }), new Uint8Array(1), bounds)]).not.toEqual(MESSAGE);
  });

  it('costs as many hashes as a message', () => {
    let done = 0;
    const counting = {
      ...hash,
      hmac: (key: Uint8Array, data: Uint8Array) => {
        done++;
        return hash.hmac(key, data);
      },
    };
    const counts = [...RIGHT, ...WRONG].map(([, ciphertext]) => {
      done = 0;
      decryptPkcs1(settingOf({ hash: counting }), ciphertext, bounds);
      return done;
    });
    expect(new Set(counts).size).toBe(1);
  });

  it('has every length that a message can have, about as often', () => {
    const counts = new Map<number, number>();
    const short = { minimum: 8, maximum: 11 };
    // Blocks of no RSA at all: what decryption gives is a wrong block whatever the ciphertext.
    const operations = { ...bigintOperations, decryptRaw: () => new Uint8Array(length).fill(1) };
    for (let i = 0; i < 400; i++) {
      const ciphertext = new Uint8Array(length).fill(i).fill(i >> 8, 0, 1);
      const size = decryptPkcs1(settingOf({ operations }), ciphertext, short).length;
      counts.set(size, (counts.get(size) ?? 0) + 1);
    }
    expect([...counts.keys()].toSorted((a, b) => a - b)).toEqual([8, 9, 10, 11]);
    for (const count of counts.values()) expect(count).toBeGreaterThan(50);
  });

  test.prop([fc.uint8Array({ maxLength: length + 2 })], { numRuns: 20 })(
    'never fails to be made',
    (ciphertext) => {
      const { length: size } = decryptPkcs1(settingOf(), ciphertext, bounds);
      expect(size).toBeGreaterThanOrEqual(bounds.minimum);
      expect(size).toBeLessThanOrEqual(room);
    },
  );
});
