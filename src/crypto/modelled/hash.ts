/** Hashes and HMACs of the right length, by mixing. */
import type { HashFunction, HashName } from '../../ike/suite.ts';
import { DIGEST_LENGTHS } from '../primitive.ts';
import { Mixer } from './mixing.ts';

const PURPOSE: Readonly<Record<HashName, number>> = {
  md5: 0x11,
  sha1: 0x12,
  sha256: 0x13,
  sha384: 0x14,
  sha512: 0x15,
};

/** A hash by the name of a real one, with digests as long as those. */
export function createModelledHash(name: HashName): HashFunction {
  const digestLength = DIGEST_LENGTHS[name];
  const purpose = PURPOSE[name];
  return {
    name,
    digestLength,
    digest: (data) => new Mixer(purpose).absorb(data).squeeze(digestLength),
    hmac: (key, data) => new Mixer(~purpose).absorb(key).absorb(data).squeeze(digestLength),
  };
}
