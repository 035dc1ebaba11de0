/** MODP groups of OpenSSL. */
import { createDiffieHellman } from 'node:crypto';
import { MODP_GENERATOR, checkModpPublicValue, exponentFromSeed } from '../modp-parameters.ts';
import type { ModpParameters } from '../modp-parameters.ts';
import { checkSeed, secretOctets } from '../octet-key-pair.ts';
import type { OctetKeyExchange } from '../octet-key-pair.ts';
import { plainOctets } from './plain-octets.ts';

/**
 * A MODP group of OpenSSL. One object serves all exponents: calls are synchronous, and each sets
 * its exponent before use. Making the object takes 20 to 30 ms for groups 1 and 2, whose primes
 * OpenSSL does not know and therefore tests.
 */
export function createNativeModp(parameters: ModpParameters): OctetKeyExchange {
  const { group, primeOctets, exponentLength } = parameters;
  const length = primeOctets.length;
  const diffieHellman = createDiffieHellman(primeOctets, MODP_GENERATOR);
  return {
    group,
    publicLength: length,
    sharedLength: length,
    seedLength: exponentLength,
    generate(seed) {
      checkSeed(group, seed, exponentLength);
      const secret = exponentFromSeed(seed);
      diffieHellman.setPrivateKey(secret);
      // With a private key set, this makes the public one only. It comes without leading zeros.
      const generated = diffieHellman.generateKeys();
      const publicValue = new Uint8Array(length);
      publicValue.set(generated, length - generated.length);
      return { publicValue, secret };
    },
    agree(own, peerPublicValue) {
      checkModpPublicValue(parameters, peerPublicValue);
      diffieHellman.setPrivateKey(secretOctets(own));
      return plainOctets(diffieHellman.computeSecret(peerPublicValue));
    },
  };
}
