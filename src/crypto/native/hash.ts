/** Hashes and HMAC of OpenSSL. */
import { createHmac, hash } from 'node:crypto';
import type { HashFunction, HashName } from '../../ike/suite.ts';
import { plainOctets } from './plain-octets.ts';

/** A hash of OpenSSL. The one-shot `hash` takes 60 % of the time of `createHash`; HMAC has none such. */
export function createNativeHash(name: HashName, digestLength: number): HashFunction {
  return {
    name,
    digestLength,
    digest: (data) => plainOctets(hash(name, data, 'buffer')),
    hmac: (key, data) => plainOctets(createHmac(name, key).update(data).digest()),
  };
}
