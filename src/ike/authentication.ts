/** Methods of phase 1 authentication: their names, numbers and what they need (RFC 2409 Appendix A, RFC 4754 §4). */
import type { PublicKeyAlgorithm } from './suite.ts';
import { AuthenticationMethod } from './wire/numbers.ts';

export const AUTHENTICATIONS = [
  'pre-shared-key',
  'rsa-signature',
  'ecdsa-256',
  'ecdsa-384',
  'ecdsa-521',
] as const;
export type Authentication = (typeof AUTHENTICATIONS)[number];

export const AUTHENTICATION_NUMBER: Readonly<Record<Authentication, number>> = {
  'pre-shared-key': AuthenticationMethod.preSharedKey,
  'rsa-signature': AuthenticationMethod.rsaSignature,
  'ecdsa-256': AuthenticationMethod.ecdsaSha256,
  'ecdsa-384': AuthenticationMethod.ecdsaSha384,
  'ecdsa-521': AuthenticationMethod.ecdsaSha512,
};

export function authenticationOfNumber(number: number): Authentication | undefined {
  return AUTHENTICATIONS.find((name) => AUTHENTICATION_NUMBER[name] === number);
}

/** The kind of key that a method signs with; undefined for methods without signatures. */
export function signatureAlgorithm(authentication: Authentication): PublicKeyAlgorithm | undefined {
  switch (authentication) {
    case 'pre-shared-key':
      return undefined;
    case 'rsa-signature':
      return 'rsa';
    default:
      return authentication;
  }
}
