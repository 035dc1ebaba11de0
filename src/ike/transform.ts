/** The algorithms of a phase 1 or phase 2 SA as values, and their lengths and wire numbers. */
import type { CipherName, CryptoSuite, GroupNumber, HashName } from './suite.ts';
import {
  AhTransform,
  EspAuthentication,
  EspTransform as EspTransformId,
  IkeEncryption,
  IkeHash,
} from './wire/numbers.ts';

/** One phase 1 transform as a person names it: `aes128-sha256-modp2048`. */
export interface IkeTransform {
  readonly cipher: CipherName;
  /** Bits; 192 for 3DES, where it is not sent. */
  readonly keyBits: number;
  readonly hash: HashName;
  readonly group: GroupNumber;
}

export type EspEncryption = 'aes-cbc' | '3des-cbc' | 'aes-gcm16' | 'null';

/** One phase 2 transform: `aes128-sha256` or `aes256gcm16`; `group` asks for PFS. */
export interface EspTransform {
  readonly encryption: EspEncryption;
  /** Bits of the cipher key without salt; 0 for null. */
  readonly keyBits: number;
  /** Absent for AES-GCM. */
  readonly integrity?: HashName;
  readonly group?: GroupNumber;
  /** Extended sequence numbers: 64 bits, of which packets carry the lower half (RFC 4304). Absent: 32 bits. */
  readonly esn?: true;
}

/** Octets at the end of an AES-GCM key that are no key but begin every nonce (RFC 4106 §4). */
export const GCM_SALT_LENGTH = 4;
const GCM_TAG_LENGTH = 16;
const INTEGRITY_KEY_LENGTH: Readonly<Record<HashName, number>> = {
  md5: 16,
  sha1: 20,
  sha256: 32,
  sha384: 48,
  sha512: 64,
};
const TRUNCATED_HMAC_LENGTH: Readonly<Record<HashName, number>> = {
  md5: 12,
  sha1: 12,
  sha256: 16,
  sha384: 24,
  sha512: 32,
};

/** Octets of keying material for the cipher of a child SA, salt included (RFC 4106 §8.1). */
export function encryptionKeyLength(transform: EspTransform): number {
  return transform.keyBits / 8 + (transform.encryption === 'aes-gcm16' ? GCM_SALT_LENGTH : 0);
}

/** Octets of keying material for the integrity check of a child SA (RFC 2403, 2404, 4868 §2.1.1). */
export function integrityKeyLength(transform: EspTransform): number {
  return transform.integrity === undefined ? 0 : INTEGRITY_KEY_LENGTH[transform.integrity];
}

/**
 * Octets of the ICV of ESP packets: a truncated HMAC (RFC 2403 §2, RFC 2404 §2, RFC 4868 §2.3), or
 * the whole tag of AES-GCM (RFC 4106 §6); 0 without any integrity check.
 */
export function integrityCheckLength(transform: EspTransform): number {
  if (transform.encryption === 'aes-gcm16') return GCM_TAG_LENGTH;
  return transform.integrity === undefined ? 0 : TRUNCATED_HMAC_LENGTH[transform.integrity];
}

/** The cipher of a child SA as scenarios write it: `aes128`, `3des`, `aes256gcm16`, `null`. */
export function encryptionKeyword(transform: EspTransform): string {
  switch (transform.encryption) {
    case 'aes-cbc':
      return `aes${transform.keyBits}`;
    case 'aes-gcm16':
      return `aes${transform.keyBits}gcm16`;
    case '3des-cbc':
      return '3des';
    case 'null':
      return 'null';
  }
}

/** Whether a suite can serve the transform; policies may name more than a backend has. */
export function isSupported(suite: CryptoSuite, transform: IkeTransform): boolean {
  return suite.hasGroup(transform.group);
}

export const IKE_ENCRYPTION_NUMBER: Readonly<Record<CipherName, number>> = {
  'aes-cbc': IkeEncryption.aesCbc,
  '3des-cbc': IkeEncryption.tripleDesCbc,
};
export const IKE_HASH_NUMBER: Readonly<Record<HashName, number>> = {
  md5: IkeHash.md5,
  sha1: IkeHash.sha1,
  sha256: IkeHash.sha256,
  sha384: IkeHash.sha384,
  sha512: IkeHash.sha512,
};
export const ESP_TRANSFORM_NUMBER: Readonly<Record<EspEncryption, number>> = {
  'aes-cbc': EspTransformId.aesCbc,
  '3des-cbc': EspTransformId.tripleDes,
  'aes-gcm16': EspTransformId.aesGcm16,
  null: EspTransformId.null,
};
export const ESP_AUTHENTICATION_NUMBER: Readonly<Record<HashName, number>> = {
  md5: EspAuthentication.hmacMd5,
  sha1: EspAuthentication.hmacSha1,
  sha256: EspAuthentication.hmacSha256,
  sha384: EspAuthentication.hmacSha384,
  sha512: EspAuthentication.hmacSha512,
};
export const AH_TRANSFORM_NUMBER: Readonly<Record<HashName, number>> = {
  md5: AhTransform.md5,
  sha1: AhTransform.sha1,
  sha256: AhTransform.sha256,
  sha384: AhTransform.sha384,
  sha512: AhTransform.sha512,
};
