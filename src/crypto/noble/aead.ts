/** AES-GCM of @noble/ciphers. */
import { gcm } from '@noble/ciphers/aes.js';
import type { Aead } from '../../ike/suite.ts';
import { checkAeadArguments } from '../aead-check.ts';

const KEY_LENGTHS: readonly number[] = [16, 24, 32];
const TAG_LENGTH = 16;

/** AES-GCM with a tag of 16 octets; the key's length chooses AES-128, 192 or 256. */
export const nobleAesGcm: Aead = {
  name: 'aes-gcm16',
  nonceLength: 12,
  tagLength: TAG_LENGTH,
  seal(key, nonce, aad, plaintext) {
    checkAeadArguments(nobleAesGcm, KEY_LENGTHS, key, nonce);
    return gcm(key, nonce, aad).encrypt(plaintext);
  },
  open(key, nonce, aad, sealed) {
    checkAeadArguments(nobleAesGcm, KEY_LENGTHS, key, nonce);
    if (sealed.length < TAG_LENGTH) return undefined;
    const cipher = gcm(key, nonce, aad);
    try {
      return cipher.decrypt(sealed);
    } catch {
      // The arguments are right, so the tag is not.
      return undefined;
    }
  },
};
