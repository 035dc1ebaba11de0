/** Ciphers as a xor with what the key, and for AEAD the nonce, mix to: same lengths as real ones, and another key gives something else. */
import type { Aead, CbcCipher, CipherName } from '../../ike/suite.ts';
import { OctetSlab } from '../../ike/octet-slab.ts';
import { checkAeadArguments } from '../aead-check.ts';
import { checkCbcArguments } from '../cbc-check.ts';
import { Mixer } from './mixing.ts';

/** What is encrypted goes into a message, and what is decrypted is looked at, at once. */
const slab = new OctetSlab();

const CBC_PURPOSE = 0x21;
const AEAD_PURPOSE = 0x22;
const TAG_PURPOSE = 0x23;
const TAG_LENGTH = 16;
const AES_KEY_LENGTHS = [16, 24, 32];

function createCbc(name: CipherName, blockLength: number, keyLengths: readonly number[]): CbcCipher {
  const apply = (key: Uint8Array, iv: Uint8Array, data: Uint8Array): Uint8Array => {
    checkCbcArguments({ name, blockLength }, keyLengths, key, iv, data);
    const output = slab.take(data.length);
    new Mixer(CBC_PURPOSE).absorb(key).xorInto(data, output);
    // As with real ones, another IV spoils the first block alone.
    for (let index = 0; index < blockLength && index < data.length; index++) output[index]! ^= iv[index]!;
    return output;
  };
  return { name, blockLength, encrypt: apply, decrypt: apply };
}

export const MODELLED_CIPHERS: Readonly<Record<CipherName, CbcCipher>> = {
  'aes-cbc': createCbc('aes-cbc', 16, AES_KEY_LENGTHS),
  '3des-cbc': createCbc('3des-cbc', 8, [24]),
};

export const modelledAesGcm: Aead = {
  name: 'aes-gcm16',
  nonceLength: 12,
  tagLength: TAG_LENGTH,
  seal(key, nonce, aad, plaintext) {
    checkAeadArguments(modelledAesGcm, AES_KEY_LENGTHS, key, nonce);
    const sealed = new Uint8Array(plaintext.length + TAG_LENGTH);
    new Mixer(AEAD_PURPOSE).absorb(key).absorb(nonce).xorInto(plaintext, sealed);
    sealed.set(tagOf(key, nonce, aad, sealed.subarray(0, plaintext.length)), plaintext.length);
    return sealed;
  },
  open(key, nonce, aad, sealed) {
    checkAeadArguments(modelledAesGcm, AES_KEY_LENGTHS, key, nonce);
    const length = sealed.length - TAG_LENGTH;
    if (length < 0) return undefined;
    const ciphertext = sealed.subarray(0, length);
    const tag = tagOf(key, nonce, aad, ciphertext);
    for (let index = 0; index < TAG_LENGTH; index++)
      if (tag[index] !== sealed[length + index]) return undefined;
    const plaintext = new Uint8Array(length);
    new Mixer(AEAD_PURPOSE).absorb(key).absorb(nonce).xorInto(ciphertext, plaintext);
    return plaintext;
  },
};

function tagOf(key: Uint8Array, nonce: Uint8Array, aad: Uint8Array, ciphertext: Uint8Array): Uint8Array {
  return new Mixer(TAG_PURPOSE).absorb(key).absorb(nonce).absorb(aad).absorb(ciphertext).squeeze(TAG_LENGTH);
}
