/** X25519 of @noble/curves (RFC 7748, RFC 8031). */
import { x25519 } from '@noble/curves/ed25519.js';
import type { KeyExchange } from '../../ike/suite.ts';
import { checkSeed, secretOctets } from '../octet-key-pair.ts';
import { X25519_GROUP, X25519_LENGTH, checkX25519Length, lowOrder } from '../x25519-check.ts';

/** Group 31; the secret is the seed. */
export const nobleX25519: KeyExchange = {
  group: X25519_GROUP,
  publicLength: X25519_LENGTH,
  sharedLength: X25519_LENGTH,
  seedLength: X25519_LENGTH,
  generate(seed) {
    checkSeed(X25519_GROUP, seed, X25519_LENGTH);
    const secret = Uint8Array.from(seed);
    return { publicValue: x25519.getPublicKey(secret), secret };
  },
  agree(own, peerPublicValue) {
    checkX25519Length(peerPublicValue);
    try {
      return x25519.getSharedSecret(secretOctets(own), peerPublicValue);
    } catch (error) {
      // Both lengths are right, so an all-zero result is the only thing it refuses.
      throw lowOrder(error);
    }
  },
};
