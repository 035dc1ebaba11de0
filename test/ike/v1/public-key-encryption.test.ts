import { fc, test } from '@fast-check/vitest';
import { describe, expect, it } from 'vitest';
import { importPrivateKey, importPublicKey } from '../../../src/crypto/key-import.ts';
import { createNativeSuite } from '../../../src/crypto/native.ts';
import { createPublicKeyOperations } from '../../../src/crypto/public-key.ts';
import { EncryptedBodyError } from '../../../src/ike/v1/encrypted-body-error.ts';
import { ENCRYPTION_QUIRKS } from '../../../src/ike/v1/encryption-quirks.ts';
import type { DecryptionSetting } from '../../../src/ike/v1/pkcs1.ts';
import {
  certificateHash,
  decryptIdentityAndNonce,
  decryptNonce,
  deriveSkeyidEncryption,
  encryptIdentityAndNonce,
  encryptionRoom,
  encryptNonce,
  findCertificate,
} from '../../../src/ike/v1/public-key-encryption.ts';
import { Refusal } from '../../../src/ike/v1/refusal.ts';
import { PayloadType } from '../../../src/ike/wire/numbers.ts';
import { concatOctets } from '../../../src/ike/wire/octets.ts';
import { hasOpenssl, runOpenssl } from '../../crypto/openssl.ts';
import { ecPair, pemOf } from '../../crypto/public-key-pairs.ts';
import { seededOctets } from '../../harness/random-octets.ts';
import { bigintOperations, bigintPair, decryptMessage } from '../../harness/rsa-bigint.ts';
import type { RsaPair } from '../../harness/rsa-bigint.ts';

const suite = createNativeSuite();
const operations = createPublicKeyOperations();
const KEY_BITS = [1024, 1536, 2048, 3072] as const;
const HASHES = ['md5', 'sha1', 'sha256', 'sha384', 'sha512'] as const;

interface Keys {
  readonly bits: number;
  readonly pair: RsaPair;
  readonly publicKey: ReturnType<typeof importPublicKey>;
  readonly decryption: DecryptionSetting;
}

function keysOf(bits: number): Keys {
  const pair = bigintPair(bits);
  const publicKey = importPublicKey(pair.privateObject);
  const rejectionSecret = new Uint8Array(32).fill(bits);
  const key = { privateKey: importPrivateKey(pair.privateObject), length: publicKey.length, rejectionSecret };
  return { bits, pair, publicKey, decryption: { operations, key, hash: suite.hash('sha256') } };
}

const ALL_KEYS = KEY_BITS.map(keysOf);
const [KEYS = keysOf(1024)] = ALL_KEYS;
const nonces = (maxLength: number) => fc.uint8Array({ minLength: 8, maxLength: Math.min(maxLength, 256) });

describe('identity and nonce', () => {
  for (const { bits, pair, publicKey, decryption } of ALL_KEYS) {
    const room = publicKey.length - 11;
    test.prop([fc.uint8Array({ minLength: 4, maxLength: room }), nonces(room), fc.nat()], { numRuns: 10 })(
      `come back with ${bits} bits, and from another implementation`,
      (identityBody, nonce, seed) => {
        const setting = { operations, key: publicKey, random: seededOctets(seed) };
        const encrypted = encryptIdentityAndNonce(setting, identityBody, nonce);
        expect(encrypted.identification).toMatchObject({ kind: 'unknown', type: PayloadType.identification });
        expect(encrypted.nonce).toMatchObject({ kind: 'unknown', type: PayloadType.nonce });
        expect(encrypted.identification.raw).toHaveLength(publicKey.length);
        expect(
          decryptIdentityAndNonce(decryption, encrypted.identification.raw, encrypted.nonce.raw),
        ).toEqual({
          identityBody,
          nonce,
        });
        const theirs = bigintOperations.encrypt(pair.publicKey, nonce, seededOctets(seed + 1));
        expect(decryptNonce(decryption, theirs)).toEqual(nonce);
      },
    );

    test.prop([nonces(room), fc.nat()], { numRuns: 2 })(
      `of ${bits} bits decrypt with another implementation`,
      (nonce, seed) => {
        const { raw } = encryptNonce({ operations, key: publicKey, random: seededOctets(seed) }, nonce);
        expect(decryptMessage(pair, raw)).toEqual(nonce);
      },
    );
  }

  it('a changed octet anywhere makes other ones, and nothing else', () => {
    const nonce = new Uint8Array(32).fill(9);
    const identityBody = Uint8Array.of(1, 0, 0, 0, 192, 0, 2, 1);
    const setting = { operations, key: KEYS.publicKey, random: seededOctets(1) };
    const encrypted = encryptIdentityAndNonce(setting, identityBody, nonce);
    for (let offset = 0; offset < KEYS.publicKey.length; offset += 7) {
      const tampered = encrypted.nonce.raw.slice();
      tampered[offset] = (tampered[offset] as number) ^ 0x10;
      const opened = decryptIdentityAndNonce(KEYS.decryption, encrypted.identification.raw, tampered);
      expect(opened.identityBody).toEqual(identityBody);
      expect(opened.nonce).not.toEqual(nonce);
      expect(opened.nonce.length).toBeGreaterThanOrEqual(8);
      // The nonce in the place of the identity is right, the identity in the place of the nonce not.
      expect(decryptIdentityAndNonce(KEYS.decryption, tampered, encrypted.nonce.raw).nonce).toEqual(nonce);
    }
  });

  it('oracle mode tells what is no ciphertext', () => {
    const oracle = { ...KEYS.decryption, oracle: true };
    const none = new Uint8Array(KEYS.publicKey.length).fill(0xff);
    expect(() => decryptNonce(oracle, none)).toThrow(EncryptedBodyError);
    expect(() => decryptIdentityAndNonce(oracle, none, none)).toThrow(EncryptedBodyError);
  });

  it('both are decrypted, whatever the first was', () => {
    let done = 0;
    const counting = {
      ...operations,
      decryptRaw: (...args: Parameters<typeof operations.decryptRaw>) => {
        done++;
        return operations.decryptRaw(...args);
      },
    };
    const bad = new Uint8Array(KEYS.publicKey.length).fill(1);
    decryptIdentityAndNonce({ ...KEYS.decryption, operations: counting }, bad, bad);
    expect(done).toBe(2);
  });

  it('a body that is longer than one block is refused with what would help', () => {
    const setting = { operations, key: KEYS.publicKey, random: seededOctets(1) };
    expect(encryptionRoom(KEYS.publicKey)).toBe(117);
    const fits = new Uint8Array(117);
    expect(encryptIdentityAndNonce(setting, fits, new Uint8Array(8)).identification.raw).toHaveLength(128);
    const act = () => encryptIdentityAndNonce(setting, new Uint8Array(118), new Uint8Array(8));
    expect(act).toThrow(Refusal);
    expect(act).toThrow('the identification has 118 octets');
    expect(() => encryptNonce(setting, new Uint8Array(118))).toThrow('the nonce has 118 octets');
  });

  it('a key that is not RSA is refused', () => {
    const { publicKey } = ecPair('prime256v1');
    expect(encryptionRoom(publicKey)).toBe(0);
    const setting = { operations, key: publicKey, random: seededOctets(1) };
    expect(() => encryptNonce(setting, new Uint8Array(8))).toThrow(Refusal);
  });

  it.skipIf(!hasOpenssl)('the openssl command line decrypts what we encrypt, and we what it encrypts', () => {
    const padding = ['-pkeyopt', 'rsa_padding_mode:pkcs1'];
    for (const { pair, publicKey, decryption } of ALL_KEYS) {
      const nonce = seededOctets(publicKey.length)(32);
      const ours = encryptNonce({ operations, key: publicKey, random: seededOctets(2) }, nonce).raw;
      const files = { 'key.pem': pemOf(pair.privateObject), nonce, ours };
      const key = ['-inkey', 'key.pem'];
      expect(runOpenssl(files, 'pkeyutl', '-decrypt', ...key, '-in', 'ours', ...padding)).toEqual(nonce);
      const theirs = runOpenssl(files, 'pkeyutl', '-encrypt', ...key, '-in', 'nonce', ...padding);
      expect(decryptNonce(decryption, theirs)).toEqual(nonce);
    }
  });
});

describe('SKEYID of public key encryption', () => {
  const input = {
    nonceI: new Uint8Array(16).fill(1),
    nonceR: new Uint8Array(24).fill(2),
    initiatorCookie: new Uint8Array(8).fill(3),
    responderCookie: new Uint8Array(8).fill(4),
  };
  const nonceOctets = concatOctets(input.nonceI, input.nonceR);
  const cookies = concatOctets(input.initiatorCookie, input.responderCookie);

  it.each(HASHES)('with %s is keyed by the hash of the nonces, at Cisco by themselves', (name) => {
    const hash = suite.hash(name);
    const byHash = hash.hmac(hash.digest(nonceOctets), cookies);
    expect(deriveSkeyidEncryption(hash, ENCRYPTION_QUIRKS.rfc, input)).toEqual(byHash);
    expect(deriveSkeyidEncryption(hash, ENCRYPTION_QUIRKS.huawei, input)).toEqual(byHash);
    expect(deriveSkeyidEncryption(hash, ENCRYPTION_QUIRKS.cisco, input)).toEqual(
      hash.hmac(nonceOctets, cookies),
    );
  });
});

describe('HASH(1)', () => {
  it('tells which certificate was used', () => {
    const hash = suite.hash('sha1');
    const certificates = [1, 2, 3].map((octet) => new Uint8Array(50).fill(octet));
    const wanted = certificateHash(hash, new Uint8Array(50).fill(2));
    expect(wanted).toHaveLength(20);
    expect(findCertificate(hash, wanted, certificates)).toBe(1);
    expect(findCertificate(hash, new Uint8Array(20), certificates)).toBeUndefined();
    expect(findCertificate(hash, wanted.subarray(1), certificates)).toBeUndefined();
  });
});
