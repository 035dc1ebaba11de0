/** AES-CBC of @noble/ciphers. */
import { cbc } from '@noble/ciphers/aes.js';
import type { CbcCipher } from '../../ike/suite.ts';
import { checkCbcArguments } from '../cbc-check.ts';

const KEY_LENGTHS: readonly number[] = [16, 24, 32];
const WITHOUT_PADDING = { disablePadding: true } as const;

/** AES-CBC without padding; the key's length chooses AES-128, 192 or 256. */
export const nobleAesCbc: CbcCipher = {
  name: 'aes-cbc',
  blockLength: 16,
  encrypt(key, iv, data) {
    checkCbcArguments(nobleAesCbc, KEY_LENGTHS, key, iv, data);
    return cbc(key, iv, WITHOUT_PADDING).encrypt(data);
  },
  decrypt(key, iv, data) {
    checkCbcArguments(nobleAesCbc, KEY_LENGTHS, key, iv, data);
    return cbc(key, iv, WITHOUT_PADDING).decrypt(data);
  },
};
