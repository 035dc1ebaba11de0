/** RSA with PKCS#1 v1.5 padding as IKEv1 uses it (RFC 2409 §5.1, §5.2; RFC 8017 §7.2.1, §8.2). */
import { constants, privateDecrypt, privateEncrypt, publicDecrypt, publicEncrypt } from 'node:crypto';
import type { KeyObject } from 'node:crypto';
import { KeyExchangeError } from '../ike/suite.ts';
import type { RandomOctets } from '../ike/suite.ts';
import { plainOctets } from './native/plain-octets.ts';

/** Octets of padding at least: 00 02, eight random ones, 00 (RFC 8017 §7.2.1). */
const PADDING_MINIMUM = 11;

/** A key and the octets of its modulus. */
export interface RsaKey {
  readonly key: KeyObject;
  readonly length: number;
}

/** Block type 1 around the hash itself: 00 01 ff .. ff 00 hash. Throws RangeError when the hash is too long for the key. */
export function signRsa({ key, length }: RsaKey, hash: Uint8Array): Uint8Array {
  checkRoom(hash, length);
  return plainOctets(privateEncrypt({ key, padding: constants.RSA_PKCS1_PADDING }, hash));
}

/** Whether the signature opens to the very hash; false for whatever does not open. */
export function verifyRsa({ key, length }: RsaKey, hash: Uint8Array, signature: Uint8Array): boolean {
  if (signature.length !== length) return false;
  try {
    return publicDecrypt({ key, padding: constants.RSA_PKCS1_PADDING }, signature).equals(hash);
  } catch {
    return false;
  }
}

/**
 * Block type 2: 00 02, random octets other than 0, 00, data. OpenSSL would draw the octets itself,
 * so they are put there by us and the block goes through bare RSA.
 * @throws RangeError when `data` is longer than the modulus less 11 octets.
 */
export function encryptRsa({ key, length }: RsaKey, data: Uint8Array, random: RandomOctets): Uint8Array {
  const block = padBlockType2(data, length, random);
  return plainOctets(publicEncrypt({ key, padding: constants.RSA_NO_PADDING }, block));
}

/** A block of type 2 of `length` octets. @throws RangeError as `encryptRsa` does. */
export function padBlockType2(data: Uint8Array, length: number, random: RandomOctets): Uint8Array {
  checkRoom(data, length);
  const block = new Uint8Array(length);
  const end = length - data.length - 1;
  block[1] = 0x02;
  for (let filled = 2; filled < end;) {
    for (const octet of random(end - filled)) if (octet !== 0) block[filled++] = octet;
  }
  block.set(data, end + 1);
  return block;
}

/**
 * The whole block, padding and all, as long as the modulus.
 * @throws KeyExchangeError when `data` has another length or is no number below the modulus.
 */
export function decryptRsaRaw({ key, length }: RsaKey, data: Uint8Array): Uint8Array {
  if (data.length !== length) {
    throw new KeyExchangeError(`an RSA ciphertext has ${data.length} octets, not ${length}`);
  }
  try {
    return plainOctets(privateDecrypt({ key, padding: constants.RSA_NO_PADDING }, data));
  } catch (error) {
    throw new KeyExchangeError('an RSA ciphertext is not below the modulus', { cause: error });
  }
}

function checkRoom(data: Uint8Array, length: number): void {
  if (data.length > length - PADDING_MINIMUM) {
    throw new RangeError(`${data.length} octets do not fit into an RSA block of ${length}`);
  }
}
