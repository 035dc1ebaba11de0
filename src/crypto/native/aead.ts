/** AES-GCM of OpenSSL. */
import { createCipheriv, createDecipheriv } from 'node:crypto';
import type { CipherGCMTypes } from 'node:crypto';
import type { Aead } from '../../ike/suite.ts';
import { checkAeadArguments } from '../aead-check.ts';
import { plainOctets } from './plain-octets.ts';

const OPENSSL_NAMES: Readonly<Record<number, CipherGCMTypes>> = {
  16: 'aes-128-gcm',
  24: 'aes-192-gcm',
  32: 'aes-256-gcm',
};
const KEY_LENGTHS = Object.keys(OPENSSL_NAMES).map(Number);
const TAG_LENGTH = 16;
const OPTIONS = { authTagLength: TAG_LENGTH } as const;

/** AES-GCM with a tag of 16 octets; the key's length chooses AES-128, 192 or 256. */
export const nativeAesGcm: Aead = {
  name: 'aes-gcm16',
  nonceLength: 12,
  tagLength: TAG_LENGTH,
  seal(key, nonce, aad, plaintext) {
    checkAeadArguments(nativeAesGcm, KEY_LENGTHS, key, nonce);
    const cipher = createCipheriv(opensslName(key), key, nonce, OPTIONS).setAAD(aad);
    const sealed = new Uint8Array(plaintext.length + TAG_LENGTH);
    sealed.set(cipher.update(plaintext));
    cipher.final();
    sealed.set(cipher.getAuthTag(), plaintext.length);
    return sealed;
  },
  open(key, nonce, aad, sealed) {
    checkAeadArguments(nativeAesGcm, KEY_LENGTHS, key, nonce);
    const tagOffset = sealed.length - TAG_LENGTH;
    if (tagOffset < 0) return undefined;
    const decipher = createDecipheriv(opensslName(key), key, nonce, OPTIONS)
      .setAAD(aad)
      .setAuthTag(sealed.subarray(tagOffset));
    const plaintext = plainOctets(decipher.update(sealed.subarray(0, tagOffset)));
    try {
      decipher.final();
    } catch {
      // The arguments are right, so the tag is not.
      return undefined;
    }
    return plaintext;
  },
};

function opensslName(key: Uint8Array): CipherGCMTypes {
  return OPENSSL_NAMES[key.length] ?? 'aes-128-gcm';
}
