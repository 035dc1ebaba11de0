/** The suite in pure TypeScript: the @noble libraries, and own MODP and 3DES, which they lack. */
import { p256, p384, p521 } from '@noble/curves/nist.js';
import type { AeadName, CipherName, CryptoSuite, GroupNumber, KeyExchange } from '../ike/suite.ts';
import { ECP_256, ECP_384, ECP_521 } from './ecp-parameters.ts';
import { createBigIntModp } from './modp.ts';
import { modpParameters } from './modp-parameters.ts';
import { nobleAesGcm } from './noble/aead.ts';
import { nobleAesCbc } from './noble/cipher.ts';
import { createNobleEcp } from './noble/ecp.ts';
import { createNobleHash } from './noble/hash.ts';
import { nobleX25519 } from './noble/x25519.ts';
import { DIGEST_LENGTHS, createSuite } from './primitive.ts';
import { tripleDesCbc } from './triple-des.ts';

const CIPHERS = { 'aes-cbc': nobleAesCbc, '3des-cbc': tripleDesCbc } as const satisfies Record<
  CipherName,
  unknown
>;

const AEADS = { 'aes-gcm16': nobleAesGcm } as const satisfies Record<AeadName, unknown>;

function createGroup(group: GroupNumber): KeyExchange {
  switch (group) {
    case 19:
      return createNobleEcp(ECP_256, p256.Point);
    case 20:
      return createNobleEcp(ECP_384, p384.Point);
    case 21:
      return createNobleEcp(ECP_521, p521.Point);
    case 31:
      return nobleX25519;
    default:
      return createBigIntModp(modpParameters(group));
  }
}

/** Everything in TypeScript: the reference to compare with, and it runs wherever JavaScript does. */
export function createNobleSuite(): CryptoSuite {
  return createSuite({
    hash: (name) => createNobleHash(name, DIGEST_LENGTHS[name]),
    cipher: (name) => CIPHERS[name],
    aead: (name) => AEADS[name],
    group: createGroup,
  });
}
