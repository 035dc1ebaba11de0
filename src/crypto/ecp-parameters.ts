/** Parameters of the ECP groups of RFC 5903 and the way from random octets to a private scalar. */
import { KeyExchangeError } from '../ike/suite.ts';
import type { GroupNumber } from '../ike/suite.ts';
import { integerToOctets, octetsToInteger } from './integer.ts';

export interface EcpParameters {
  readonly group: GroupNumber;
  /** Octets of a coordinate and of a scalar. */
  readonly coordinateLength: number;
  /** Number of points, a prime. */
  readonly order: bigint;
  readonly seedLength: number;
}

/** Octets beyond the order's length: they make the bias of the reduction smaller than 2^-64 (FIPS 186-5 §A.2.1). */
const EXTRA_OCTETS = 8;

function ecp(group: GroupNumber, coordinateLength: number, order: bigint): EcpParameters {
  return { group, coordinateLength, order, seedLength: coordinateLength + EXTRA_OCTETS };
}

/** P-256, RFC 5903 §3.1. */
export const ECP_256 = ecp(19, 32, 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n);
/** P-384, RFC 5903 §3.2. */
export const ECP_384 = ecp(
  20,
  48,
  0xffffffffffffffffffffffffffffffffffffffffffffffffc7634d81f4372ddf581a0db248b0a77aecec196accc52973n,
);
/** P-521, RFC 5903 §3.3. */
export const ECP_521 = ecp(
  21,
  66,
  0x01fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffa51868783bf2f966b7fcc0148f709a5d03bb5c9b8899c47aebb6fb71e91386409n,
);

/** A scalar from 1 to order - 1, padded to the length of a coordinate: seed mod (order - 1) + 1 (FIPS 186-5 §A.2.1). */
export function scalarFromSeed({ order, coordinateLength }: EcpParameters, seed: Uint8Array): Uint8Array {
  return integerToOctets((octetsToInteger(seed) % (order - 1n)) + 1n, coordinateLength);
}

/** @throws KeyExchangeError when the peer's value is not as long as two coordinates (RFC 5903 §7). */
export function checkEcpLength({ group, coordinateLength }: EcpParameters, value: Uint8Array): void {
  if (value.length !== 2 * coordinateLength) {
    throw new KeyExchangeError(
      `group ${group}: public value has ${value.length} octets, not ${2 * coordinateLength}`,
    );
  }
}

/** The error for a pair of coordinates that is no point of the curve. */
export function notOnCurve({ group }: EcpParameters, cause: unknown): KeyExchangeError {
  return new KeyExchangeError(`group ${group}: public value is not a point of the curve`, { cause });
}
