/** Hashes and HMAC of @noble/hashes. */
import { hmac } from '@noble/hashes/hmac.js';
import { md5, sha1 } from '@noble/hashes/legacy.js';
import { sha256, sha384, sha512 } from '@noble/hashes/sha2.js';
import type { HashFunction, HashName } from '../../ike/suite.ts';

const HASHES = { md5, sha1, sha256, sha384, sha512 } as const satisfies Record<HashName, unknown>;

/** A hash of @noble/hashes. */
export function createNobleHash(name: HashName, digestLength: number): HashFunction {
  const hash = HASHES[name];
  return {
    name,
    digestLength,
    digest: (data) => hash(data),
    hmac: (key, data) => hmac(hash, key, data),
  };
}
