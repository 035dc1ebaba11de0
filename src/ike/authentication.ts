/**
 * Methods of phase 1 authentication: their names, numbers and what they need (RFC 2409 Appendix A,
 * RFC 4754 §4; XAUTH and hybrid methods by draft-ietf-ipsec-isakmp-xauth-06 and -hybrid-auth-05).
 * With XAUTH a user logs in after phase 1, which authenticates as its base method says; with hybrid
 * only the gateway proves itself in phase 1. The user is the initiator: the methods in which the
 * responder is ("XAUTHResp...", "HybridResp...") are not among ours, so that offers of them are refused.
 */
import type { HashName, PublicKeyAlgorithm } from './suite.ts';
import { AuthenticationMethod } from './wire/numbers.ts';

export const AUTHENTICATIONS = [
  'pre-shared-key',
  'rsa-signature',
  'ecdsa-256',
  'ecdsa-384',
  'ecdsa-521',
  'xauth-pre-shared-key',
  'xauth-rsa-signature',
  'hybrid-rsa-signature',
  'public-key-encryption',
  'revised-public-key-encryption',
] as const;
export type Authentication = (typeof AUTHENTICATIONS)[number];

export const AUTHENTICATION_NUMBER: Readonly<Record<Authentication, number>> = {
  'pre-shared-key': AuthenticationMethod.preSharedKey,
  'rsa-signature': AuthenticationMethod.rsaSignature,
  'ecdsa-256': AuthenticationMethod.ecdsaSha256,
  'ecdsa-384': AuthenticationMethod.ecdsaSha384,
  'ecdsa-521': AuthenticationMethod.ecdsaSha512,
  'xauth-pre-shared-key': AuthenticationMethod.xauthInitPreSharedKey,
  'xauth-rsa-signature': AuthenticationMethod.xauthInitRsaSignature,
  'hybrid-rsa-signature': AuthenticationMethod.hybridInitRsaSignature,
  'public-key-encryption': AuthenticationMethod.rsaEncryption,
  'revised-public-key-encryption': AuthenticationMethod.rsaRevisedEncryption,
};

export function authenticationOfNumber(number: number): Authentication | undefined {
  return AUTHENTICATIONS.find((name) => AUTHENTICATION_NUMBER[name] === number);
}

/** The kind of key that a method signs with; undefined for methods without signatures. */
export function signatureAlgorithm(authentication: Authentication): PublicKeyAlgorithm | undefined {
  switch (authentication) {
    case 'pre-shared-key':
    case 'xauth-pre-shared-key':
    case 'public-key-encryption':
    case 'revised-public-key-encryption':
      return undefined;
    case 'rsa-signature':
    case 'xauth-rsa-signature':
    case 'hybrid-rsa-signature':
      return 'rsa';
    default:
      return authentication;
  }
}

/** The kind of key that a method needs, to sign or to decrypt with; undefined for methods without certificates. */
export function keyAlgorithm(authentication: Authentication): PublicKeyAlgorithm | undefined {
  return usesPublicKeyEncryption(authentication) ? 'rsa' : signatureAlgorithm(authentication);
}

/** The hash that a method of authentication fixes by its name (RFC 4754 §3); undefined: the negotiated one. */
export function authenticationHash(authentication: Authentication): HashName | undefined {
  switch (authentication) {
    case 'ecdsa-256':
      return 'sha256';
    case 'ecdsa-384':
      return 'sha384';
    case 'ecdsa-521':
      return 'sha512';
    default:
      return undefined;
  }
}

/** Keys that certificates are made for. */
export const CERTIFICATE_KEYS = ['rsa-2048', 'rsa-3072', 'ecdsa-256', 'ecdsa-384', 'ecdsa-521'] as const;
export type CertificateKey = (typeof CERTIFICATE_KEYS)[number];

/** The algorithm of a certificate's key. */
export function algorithmOfKey(key: CertificateKey): PublicKeyAlgorithm {
  return key === 'rsa-2048' || key === 'rsa-3072' ? 'rsa' : key;
}

/** The usual key for a method; undefined for methods without certificates. */
export function usualKey(authentication: Authentication): CertificateKey | undefined {
  const algorithm = keyAlgorithm(authentication);
  return algorithm === 'rsa' ? 'rsa-2048' : algorithm;
}

/** Whether SKEYID comes from a pre-shared key (RFC 2409 §5). */
export function usesPreSharedKey(authentication: Authentication): boolean {
  return authentication === 'pre-shared-key' || authentication === 'xauth-pre-shared-key';
}

/** Whether nonces and identities are encrypted for the other end, whose key is known beforehand (RFC 2409 §5.2, §5.3). */
export function usesPublicKeyEncryption(authentication: Authentication): boolean {
  return authentication === 'public-key-encryption' || authentication === 'revised-public-key-encryption';
}

/** Whether a user has to log in after phase 1. */
export function usesExtendedAuthentication(authentication: Authentication): boolean {
  return authentication.startsWith('xauth-') || authentication === 'hybrid-rsa-signature';
}

/** Whether an end signs its phase 1 hash; the user of a hybrid method sends the bare hash. */
export function signsHash(authentication: Authentication, isInitiator: boolean): boolean {
  if (authentication === 'hybrid-rsa-signature') return !isInitiator;
  return signatureAlgorithm(authentication) !== undefined;
}
