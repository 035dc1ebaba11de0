/** Every operation of cryptography that a card has, ready to be measured. */
import { generateKeyPairSync } from 'node:crypto';
import { importPrivateKey, importPublicKey } from '../../crypto/key-import.ts';
import { createPublicKeyOperations } from '../../crypto/public-key.ts';
import { AEAD_NAMES, CIPHER_NAMES, GROUP_NUMBERS, HASH_NAMES } from '../../crypto/primitive.ts';
import type { CertificateKey } from '../../ike/authentication.ts';
import { CERTIFICATE_KEYS } from '../../ike/authentication.ts';
import type { CryptoSuite } from '../../ike/suite.ts';
import { createRandomStream } from '../../random/stream.ts';
import type { Candidate } from './measure-operation.ts';

/** What a call costs at one length of its data, or at two, between which the cost is a line. */
export interface CardOperation {
  readonly name: string;
  readonly lengths: readonly { readonly octets: number; readonly candidate: Candidate }[];
  /** Octets to which the cost holds; default: the largest length. */
  readonly octetsMaximum?: number;
}

const SHORT_OCTETS = 64;
/** What IKE hashes and encrypts at most: a message with certificates. */
const LONG_OCTETS = 4_096;
/** A cost that does not depend on the data holds for any. */
const ANY_OCTETS = 1_000_000;

/** Each call of a cipher leaves a context of OpenSSL behind, which only a collection of garbage frees: many of them make its price steady. */
const CIPHER_WARM_UP_US = 500_000;
const CIPHER_BATCH_US = 40_000;

const KEY_OCTETS = { 'aes-cbc': 16, '3des-cbc': 24, 'aes-gcm16': 16 } as const;

function byLength(
  name: string,
  call: (data: Uint8Array) => () => unknown,
  effort: Pick<Candidate, 'warmUpUs' | 'batchUs'> = {},
): CardOperation {
  const lengths = [SHORT_OCTETS, LONG_OCTETS].map((octets) => ({
    octets,
    candidate: { call: call(new Uint8Array(octets).fill(0x5a)), ...effort },
  }));
  return { name, lengths };
}

/** Of something that makes an object of OpenSSL a call. */
function byLengthWithContext(name: string, call: (data: Uint8Array) => () => unknown): CardOperation {
  return byLength(name, call, { warmUpUs: CIPHER_WARM_UP_US, batchUs: CIPHER_BATCH_US });
}

function constant(name: string, call: () => unknown): CardOperation {
  return { name, lengths: [{ octets: 0, candidate: { call } }], octetsMaximum: ANY_OCTETS };
}

/** Hashes, HMACs, ciphers, AEADs and groups of a suite. */
export function suiteOperations(suite: CryptoSuite): CardOperation[] {
  const key = new Uint8Array(32).fill(0x17);
  const operations: CardOperation[] = [];
  for (const name of HASH_NAMES) {
    const hash = suite.hash(name);
    operations.push(byLength(`digest:${name}`, (data) => () => hash.digest(data)));
    operations.push(byLength(`hmac:${name}`, (data) => () => hash.hmac(key, data)));
  }
  for (const name of CIPHER_NAMES) {
    const cipher = suite.cipher(name);
    const iv = new Uint8Array(cipher.blockLength);
    // Three equal keys would be single DES.
    const cipherKey = Uint8Array.from({ length: KEY_OCTETS[name] }, (_, index) => index * 7 + 1);
    operations.push(
      byLengthWithContext(`encrypt:${name}`, (data) => () => cipher.encrypt(cipherKey, iv, data)),
    );
    operations.push(
      byLengthWithContext(`decrypt:${name}`, (data) => () => cipher.decrypt(cipherKey, iv, data)),
    );
  }
  for (const name of AEAD_NAMES) {
    const aead = suite.aead(name);
    const aeadKey = new Uint8Array(KEY_OCTETS[name]).fill(0x31);
    const nonce = new Uint8Array(aead.nonceLength);
    const noData = new Uint8Array(0);
    operations.push(
      byLengthWithContext(`seal:${name}`, (data) => () => aead.seal(aeadKey, nonce, noData, data)),
    );
    operations.push(
      byLengthWithContext(`open:${name}`, (data) => {
        const sealed = aead.seal(aeadKey, nonce, noData, data.subarray(aead.tagLength));
        return () => aead.open(aeadKey, nonce, noData, sealed);
      }),
    );
  }
  for (const group of GROUP_NUMBERS) {
    const exchange = suite.group(group);
    const { octets } = createRandomStream({ seed: 1, entity: group, purpose: 'calibrate' });
    const own = exchange.generate(octets(exchange.seedLength));
    const { publicValue } = exchange.generate(octets(exchange.seedLength));
    operations.push(constant(`generate:${group}`, () => exchange.generate(octets(exchange.seedLength))));
    operations.push(constant(`agree:${group}`, () => exchange.agree(own, publicValue)));
  }
  return operations;
}

function generateKeys(kind: CertificateKey) {
  switch (kind) {
    case 'rsa-2048':
    case 'rsa-3072':
      return generateKeyPairSync('rsa', { modulusLength: kind === 'rsa-2048' ? 2048 : 3072 });
    case 'ecdsa-256':
      return generateKeyPairSync('ec', { namedCurve: 'prime256v1' });
    case 'ecdsa-384':
      return generateKeyPairSync('ec', { namedCurve: 'secp384r1' });
    case 'ecdsa-521':
      return generateKeyPairSync('ec', { namedCurve: 'secp521r1' });
  }
}

/** Signatures with each kind of key, and encryption with those of RSA. */
export function keyOperations(): CardOperation[] {
  const operations = createPublicKeyOperations();
  const { octets } = createRandomStream({ seed: 1, entity: 0, purpose: 'calibrate' });
  return CERTIFICATE_KEYS.flatMap((kind) => {
    const pair = generateKeys(kind);
    const privateKey = importPrivateKey(pair.privateKey);
    const publicKey = importPublicKey(pair.publicKey);
    const hash = octets(32);
    const signature = operations.sign(privateKey, hash);
    const found = [
      constant(`sign:${kind}`, () => operations.sign(privateKey, hash)),
      constant(`verify:${kind}`, () => operations.verify(publicKey, hash, signature)),
    ];
    if (publicKey.algorithm !== 'rsa') return found;
    const ciphertext = operations.encrypt(publicKey, hash, octets);
    return [
      ...found,
      constant(`encrypt:${kind}`, () => operations.encrypt(publicKey, hash, octets)),
      constant(`decrypt:${kind}`, () => operations.decryptRaw(privateKey, ciphertext)),
    ];
  });
}
