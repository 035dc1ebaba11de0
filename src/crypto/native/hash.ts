/** Hashes of OpenSSL, and HMAC made of them. */
import { hash } from 'node:crypto';
import type { HashFunction, HashName } from '../../ike/suite.ts';

/** Octets that a hash takes in at a time (FIPS 180-4 §1, RFC 1321 §3.4). */
const BLOCK_LENGTHS: Readonly<Record<HashName, number>> = {
  md5: 64,
  sha1: 64,
  sha256: 64,
  sha384: 128,
  sha512: 128,
};

/**
 * A hash of OpenSSL by the one-shot `hash`, which takes 60 % of the time of `createHash`. HMAC
 * (RFC 2104) is two of them: an object of `createHmac` costs twice as much, fetches the hash by
 * name under locks that all threads share, and keeps the garbage collector busy with its end.
 * Digests come out as text of one octet a character, for the same reason: a Buffer for each costs
 * more to make and far more to collect than copying up to 64 octets.
 */
export function createNativeHash(name: HashName, digestLength: number): HashFunction {
  const blockLength = BLOCK_LENGTHS[name];
  const digest = (data: Uint8Array): Uint8Array => {
    const text = hash(name, data, 'binary');
    const octets = new Uint8Array(digestLength);
    for (let i = 0; i < digestLength; i++) octets[i] = text.charCodeAt(i);
    return octets;
  };
  // Used again by every call: calls are synchronous, and each thread has its own suite.
  const outer = new Uint8Array(blockLength + digestLength);
  let inner = new Uint8Array(blockLength + INNER_ROOM);
  return {
    name,
    digestLength,
    digest,
    hmac(key, data) {
      const blockKey = key.length > blockLength ? digest(key) : key;
      const length = blockLength + data.length;
      if (length > inner.length) inner = new Uint8Array(2 * length);
      for (let i = 0; i < blockLength; i++) {
        // Beyond its end a key counts as zeros.
        const octet = i < blockKey.length ? blockKey[i]! : 0;
        inner[i] = octet ^ 0x36;
        outer[i] = octet ^ 0x5c;
      }
      inner.set(data, blockLength);
      const innerDigest = hash(name, inner.subarray(0, length), 'binary');
      for (let i = 0; i < digestLength; i++) outer[blockLength + i] = innerDigest.charCodeAt(i);
      return digest(outer);
    },
  };
}

/** Enough for the prf of nearly every message. */
const INNER_ROOM = 1024;
