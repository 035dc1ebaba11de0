/**
 * Authentication by RSA public key encryption (RFC 2409 §5.2): who can decrypt the other end's
 * nonce can make HASH_I or HASH_R. In main mode
 *
 *     3  I -> R  HDR, KE, [HASH(1),] <IDii_b>PubKey_r, <Ni_b>PubKey_r
 *     4  I <- R  HDR, KE, <IDir_b>PubKey_i, <Nr_b>PubKey_i
 *     5  I -> R  HDR*, HASH_I
 *     6  I <- R  HDR*, HASH_R
 *
 * and in aggressive mode the same payloads in messages 1 and 2. Bodies are encrypted, generic
 * headers are not. The parts that the revised mode shares are here too.
 */
import type { HashFunction, PublicKey, PublicKeyOperations, RandomOctets } from '../suite.ts';
import type { UnknownPayload } from '../wire/message.ts';
import { PayloadType } from '../wire/numbers.ts';
import { concatOctets, equalOctets } from '../wire/octets.ts';
import type { EncryptionQuirks } from './encryption-quirks.ts';
import { NONCE_LENGTH_MAX, NONCE_LENGTH_MIN } from './incoming.ts';
import { deriveSkeyidPublicKeyEncryption } from './keymat.ts';
import { decryptPkcs1, PKCS1_OVERHEAD, type DecryptionSetting } from './pkcs1.ts';
import { Refusal } from './refusal.ts';

/** ID type, protocol and port; the identification itself can be empty (RFC 2407 §4.6.2). */
export const IDENTITY_BODY_MINIMUM = 4;

/** What it takes to encrypt for the other end. */
export interface EncryptionSetting {
  readonly operations: PublicKeyOperations;
  /** The other end's. */
  readonly key: PublicKey;
  /** For the padding. */
  readonly random: RandomOctets;
}

/** Octets of the longest body that the key encrypts; none for a key that is not RSA. */
export function encryptionRoom(key: PublicKey): number {
  return key.algorithm === 'rsa' ? key.length - PKCS1_OVERHEAD : 0;
}

export interface EncryptedIdentityAndNonce {
  readonly identification: UnknownPayload;
  readonly nonce: UnknownPayload;
}

/**
 * The ID and nonce payloads of one end from their bodies in clear, IDii_b and Ni_b or IDir_b and Nr_b.
 * @throws Refusal `authentication-failed` when a body does not fit into one block of the key.
 */
export function encryptIdentityAndNonce(
  setting: EncryptionSetting,
  identityBody: Uint8Array,
  nonce: Uint8Array,
): EncryptedIdentityAndNonce {
  return {
    identification: encryptBody(setting, PayloadType.identification, 'identification', identityBody),
    nonce: encryptNonce(setting, nonce),
  };
}

/** The nonce payload. @throws Refusal `authentication-failed` when the nonce does not fit into one block of the key. */
export function encryptNonce(setting: EncryptionSetting, nonce: Uint8Array): UnknownPayload {
  return encryptBody(setting, PayloadType.nonce, 'nonce', nonce);
}

function encryptBody(
  { operations, key, random }: EncryptionSetting,
  type: number,
  name: string,
  body: Uint8Array,
): UnknownPayload {
  if (key.algorithm !== 'rsa') {
    throw new Refusal('authentication-failed', `the other end's key is ${key.algorithm}, not RSA`);
  }
  const room = encryptionRoom(key);
  if (body.length > room) {
    throw new Refusal(
      'authentication-failed',
      `the ${name} has ${body.length} octets, the other end's RSA key of ${key.length} octets encrypts ` +
        `${room} at most: it takes a larger key, a shorter ${name} or the revised mode`,
    );
  }
  return { kind: 'unknown', type, raw: operations.encrypt(key, body, random) };
}

export interface IdentityAndNonce {
  readonly identityBody: Uint8Array;
  readonly nonce: Uint8Array;
}

/**
 * The bodies in clear from the encrypted ones. Both are always decrypted, and what does not decrypt
 * is replaced by octets without meaning, so that the identity is unknown or HASH is wrong. Both must
 * end in the same refusal.
 * @throws EncryptedBodyError in oracle mode only.
 */
export function decryptIdentityAndNonce(
  setting: DecryptionSetting,
  encryptedIdentity: Uint8Array,
  encryptedNonce: Uint8Array,
): IdentityAndNonce {
  const bounds = { minimum: IDENTITY_BODY_MINIMUM, maximum: setting.key.length };
  return {
    identityBody: decryptPkcs1(setting, encryptedIdentity, bounds),
    nonce: decryptNonce(setting, encryptedNonce),
  };
}

/**
 * Ni_b or Nr_b from the body that came, or a replacement of an allowed length (RFC 2409 §5).
 * @throws EncryptedBodyError in oracle mode only.
 */
export function decryptNonce(setting: DecryptionSetting, encryptedNonce: Uint8Array): Uint8Array {
  return decryptPkcs1(setting, encryptedNonce, { minimum: NONCE_LENGTH_MIN, maximum: NONCE_LENGTH_MAX });
}

export interface SkeyidEncryptionInput {
  /** Bodies in clear. */
  readonly nonceI: Uint8Array;
  readonly nonceR: Uint8Array;
  readonly initiatorCookie: Uint8Array;
  readonly responderCookie: Uint8Array;
}

/** SKEYID of both modes: prf(hash(Ni_b | Nr_b), CKY-I | CKY-R), or without that hash where the quirks say so. */
export function deriveSkeyidEncryption(
  hash: HashFunction,
  { hashesNonces }: EncryptionQuirks,
  { nonceI, nonceR, initiatorCookie, responderCookie }: SkeyidEncryptionInput,
): Uint8Array {
  if (hashesNonces) {
    return deriveSkeyidPublicKeyEncryption(hash, nonceI, nonceR, initiatorCookie, responderCookie);
  }
  return hash.hmac(concatOctets(nonceI, nonceR), concatOctets(initiatorCookie, responderCookie));
}

/** HASH(1), which tells a responder with several keys which one was used: the negotiated hash of its certificate. */
export function certificateHash(hash: HashFunction, certificate: Uint8Array): Uint8Array {
  return hash.digest(certificate);
}

/** Index of the certificate (DER) that HASH(1) means; undefined when it means none of them. */
export function findCertificate(
  hash: HashFunction,
  received: Uint8Array,
  certificates: readonly Uint8Array[],
): number | undefined {
  const index = certificates.findIndex((each) => equalOctets(certificateHash(hash, each), received));
  return index < 0 ? undefined : index;
}
