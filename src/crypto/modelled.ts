/**
 * Cryptography for simulations in virtual time: every value has the length of a real one, both ends of
 * a negotiation agree, a wrong key is noticed where a real one would be, and nothing of it costs what
 * it stands for. That cost is charged by `charging.ts` where somebody wants it.
 */
import type { CryptoSuite } from '../ike/suite.ts';
import { MODELLED_CIPHERS, modelledAesGcm } from './modelled/cipher.ts';
import { createModelledHash } from './modelled/hash.ts';
import { createModelledKeyExchange } from './modelled/key-exchange.ts';
import { createSuite } from './primitive.ts';

/** Protects nothing: for peers that are simulated at both ends, never for datagrams that leave the process. */
export function createModelledSuite(): CryptoSuite {
  return createSuite({
    hash: createModelledHash,
    cipher: (name) => MODELLED_CIPHERS[name],
    aead: () => modelledAesGcm,
    group: createModelledKeyExchange,
  });
}
