/** SAs of main mode with made-up values, for tests of what is sent under them. */
import { createCryptoSuite } from '../../src/crypto/registry.ts';
import { adoptTransform, createIsakmpSa, type IsakmpSa } from '../../src/ike/v1/isakmp-sa.ts';
import { aes128Sha256X25519, endpoint } from './policy.ts';

/** Just begun. */
export function newSa(isInitiator = true): IsakmpSa {
  return createIsakmpSa({
    isInitiator,
    mode: 'main',
    initiatorCookie: new Uint8Array(8).fill(1),
    responderCookie: new Uint8Array(8).fill(2),
    own: endpoint('10.0.0.1'),
    remote: endpoint('10.0.0.2'),
    hasMarker: false,
  });
}

/** As either end has it when phase 1 is over; a tint makes a key of another one. */
export function keyedSa({ isInitiator = true, skeyidATint = 0, cipherKeyTint = 0 } = {}): IsakmpSa {
  const sa = newSa(isInitiator);
  adoptTransform(sa, aes128Sha256X25519, createCryptoSuite('fastest'));
  sa.keys = {
    skeyidD: new Uint8Array(32).fill(3),
    skeyidA: new Uint8Array(32).fill(4 + skeyidATint),
    cipherKey: new Uint8Array(16).fill(5 + cipherKeyTint),
  };
  sa.iv = new Uint8Array(16).fill(6);
  return sa;
}
