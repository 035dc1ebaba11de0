/**
 * The hashes by which the ends prove who they are (RFC 2409 §5). They are the HMAC of the
 * negotiated hash, except with ECDSA, whose method fixes the hash (RFC 4754 §3).
 */
import type { HashFunction } from '../suite.ts';
import { passingOctets } from '../wire/octets.ts';
import { handshakeOf, hashOf, type IsakmpSa } from './isakmp-sa.ts';

function authenticationHashOf(sa: IsakmpSa): HashFunction {
  return sa.authenticationHash ?? hashOf(sa);
}

/** HASH_I = prf(SKEYID, g^xi | g^xr | CKY-I | CKY-R | SAi_b | IDii_b). */
export function computeHashI(sa: IsakmpSa): Uint8Array {
  const { skeyid, publicI, publicR, saBodyI, idBodyI } = handshakeOf(sa);
  const { initiatorCookie, responderCookie } = sa;
  return authenticationHashOf(sa).hmac(
    skeyid,
    passingOctets(publicI, publicR, initiatorCookie, responderCookie, saBodyI, idBodyI),
  );
}

/** HASH_R = prf(SKEYID, g^xr | g^xi | CKY-R | CKY-I | SAi_b | IDir_b). */
export function computeHashR(sa: IsakmpSa): Uint8Array {
  const { skeyid, publicI, publicR, saBodyI, idBodyR } = handshakeOf(sa);
  const { initiatorCookie, responderCookie } = sa;
  return authenticationHashOf(sa).hmac(
    skeyid,
    passingOctets(publicR, publicI, responderCookie, initiatorCookie, saBodyI, idBodyR),
  );
}
