/**
 * Signatures and encryption with the keys of certificates, by node:crypto.
 *
 * What an ECDSA signature of IKEv1 covers is the end of a riddle of three texts. RFC 2409 §5.1: an
 * algorithm that is tied to a hash signs HASH_I or HASH_R made with the HMAC of *that* hash, whatever
 * was negotiated; everything else keeps the negotiated prf. RFC 4754 §3 ties each curve to its hash.
 * RFC 4754 §7: r | s, each padded to a coordinate. So HASH_I or HASH_R *is* the digest, as for DSS,
 * and is not hashed once more. strongSwan does the same (HMAC of the curve's hash in keymat_v1.c,
 * SIGN_ECDSA_WITH_NULL in pubkey_v1_authenticator.c), and signatures of strongSwan 5.9.8, P-256 with
 * SHA-1 negotiated, are right for the 32 octets of HASH_I as digest and wrong for their SHA-256.
 * The caller gives the hash made so; nothing here hashes.
 */
import type { PublicKeyOperations } from '../ike/suite.ts';
import { createEcdsaSigners } from './ecdsa.ts';
import { asPoint, asRsaKey, asScalar } from './key-import.ts';
import { decryptRsaRaw, encryptRsa, signRsa, verifyRsa } from './rsa.ts';

/**
 * Operations for one thread. Keys come from `importPrivateKey` and `importPublicKey`. The same key
 * and hash give the same signature: PKCS#1 v1.5 draws nothing, and ECDSA follows RFC 6979. No claim
 * is made that an operation takes the same time for every secret.
 */
export function createPublicKeyOperations(): PublicKeyOperations {
  const ecdsa = createEcdsaSigners();
  return {
    sign: ({ algorithm, secret }, hash) =>
      algorithm === 'rsa' ? signRsa(asRsaKey(secret), hash) : ecdsa[algorithm].sign(asScalar(secret), hash),
    verify: ({ algorithm, material }, hash, signature) =>
      algorithm === 'rsa'
        ? verifyRsa(asRsaKey(material), hash, signature)
        : ecdsa[algorithm].verify(asPoint(material), hash, signature),
    encrypt({ algorithm, material }, data, random) {
      checkEncrypts(algorithm);
      return encryptRsa(asRsaKey(material), data, random);
    },
    decryptRaw({ algorithm, secret }, data) {
      checkEncrypts(algorithm);
      return decryptRsaRaw(asRsaKey(secret), data);
    },
  };
}

function checkEncrypts(algorithm: string): void {
  if (algorithm !== 'rsa') throw new RangeError(`a key for ${algorithm} does not encrypt`);
}
