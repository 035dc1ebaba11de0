/** The suite of node:crypto, which is OpenSSL. */
import type { AeadName, CipherName, CryptoSuite, GroupNumber, KeyExchange } from '../ike/suite.ts';
import { ECP_256, ECP_384, ECP_521 } from './ecp-parameters.ts';
import { modpParameters } from './modp-parameters.ts';
import { nativeAesGcm } from './native/aead.ts';
import { nativeAesCbc, nativeTripleDesCbc } from './native/cipher.ts';
import { createNativeEcp } from './native/ecp.ts';
import { createNativeHash } from './native/hash.ts';
import { createNativeModp } from './native/modp.ts';
import { nativeX25519 } from './native/x25519.ts';
import { DIGEST_LENGTHS, createSuite } from './primitive.ts';

const CIPHERS = { 'aes-cbc': nativeAesCbc, '3des-cbc': nativeTripleDesCbc } as const satisfies Record<
  CipherName,
  unknown
>;

const AEADS = { 'aes-gcm16': nativeAesGcm } as const satisfies Record<AeadName, unknown>;

function createGroup(group: GroupNumber): KeyExchange {
  switch (group) {
    case 19:
      return createNativeEcp(ECP_256, { name: 'prime256v1' });
    case 20:
      return createNativeEcp(ECP_384, { name: 'secp384r1', keyObjectOid: '06052b81040022' });
    case 21:
      return createNativeEcp(ECP_521, { name: 'secp521r1', keyObjectOid: '06052b81040023' });
    case 31:
      return nativeX25519;
    default:
      return createNativeModp(modpParameters(group));
  }
}

/** Everything by OpenSSL. Not to be shared between threads; each worker makes its own. */
export function createNativeSuite(): CryptoSuite {
  return createSuite({
    hash: (name) => createNativeHash(name, DIGEST_LENGTHS[name]),
    cipher: (name) => CIPHERS[name],
    aead: (name) => AEADS[name],
    group: createGroup,
  });
}
