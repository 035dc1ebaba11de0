/**
 * Key pairs whose secret is plain octets. All MODP and ECP groups use this form in both backends,
 * so that one backend may generate a pair and the other may agree with it.
 */
import type { GroupNumber, KeyExchange, KeyPair } from '../ike/suite.ts';

export interface OctetKeyPair extends KeyPair {
  /** MODP: the exponent. ECP: the scalar, padded to the length of a coordinate. Network order. */
  readonly secret: Uint8Array;
}

export interface OctetKeyExchange extends KeyExchange {
  generate(seed: Uint8Array): OctetKeyPair;
  /** `own` must be an `OctetKeyPair` of the same group, from whichever backend. */
  agree(own: KeyPair, peerPublicValue: Uint8Array): Uint8Array;
}

/** The secret of a pair that an `OctetKeyExchange` made. */
export function secretOctets(own: KeyPair): Uint8Array {
  return own.secret as Uint8Array;
}

/** @throws RangeError when the seed has not the octets that the group asks for: the caller's mistake. */
export function checkSeed(group: GroupNumber, seed: Uint8Array, seedLength: number): void {
  if (seed.length !== seedLength) {
    throw new RangeError(`group ${group}: seed has ${seed.length} octets, not ${seedLength}`);
  }
}
