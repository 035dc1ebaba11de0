/** Curves of ECDSA as IKE names them, each with the one hash that belongs to it (RFC 4754 §3). */
import { p256, p384, p521 } from '@noble/curves/nist.js';
import type { HashName, PublicKeyAlgorithm } from '../ike/suite.ts';
import { ECP_256, ECP_384, ECP_521 } from './ecp-parameters.ts';
import type { EcpParameters } from './ecp-parameters.ts';
import { octetsToInteger } from './integer.ts';

export type EcdsaAlgorithm = Exclude<PublicKeyAlgorithm, 'rsa'>;

/** Points of a curve: P-256, P-384 and P-521 have one type in @noble/curves. */
export type CurvePoints = (typeof p256)['Point'];
export type CurvePoint = InstanceType<CurvePoints>;

export interface EcdsaCurve {
  readonly algorithm: EcdsaAlgorithm;
  readonly parameters: EcpParameters;
  /** Bits of the order. */
  readonly orderBits: number;
  /** OpenSSL's name. */
  readonly opensslName: string;
  /** Name in a JSON web key (RFC 7518 §6.2.1.1). */
  readonly webName: string;
  readonly hash: HashName;
  readonly points: CurvePoints;
  /** SubjectPublicKeyInfo (RFC 5480 §2) up to the coordinates of an uncompressed point. */
  readonly publicKeyPrefix: Uint8Array;
}

const octets = (hex: string): Uint8Array => Uint8Array.from(Buffer.from(hex, 'hex'));

export const ECDSA_CURVES: Readonly<Record<EcdsaAlgorithm, EcdsaCurve>> = {
  'ecdsa-256': {
    algorithm: 'ecdsa-256',
    parameters: ECP_256,
    orderBits: 256,
    opensslName: 'prime256v1',
    webName: 'P-256',
    hash: 'sha256',
    points: p256.Point,
    publicKeyPrefix: octets('3059301306072a8648ce3d020106082a8648ce3d03010703420004'),
  },
  'ecdsa-384': {
    algorithm: 'ecdsa-384',
    parameters: ECP_384,
    orderBits: 384,
    opensslName: 'secp384r1',
    webName: 'P-384',
    hash: 'sha384',
    points: p384.Point,
    publicKeyPrefix: octets('3076301006072a8648ce3d020106052b8104002203620004'),
  },
  'ecdsa-521': {
    algorithm: 'ecdsa-521',
    parameters: ECP_521,
    orderBits: 521,
    opensslName: 'secp521r1',
    webName: 'P-521',
    hash: 'sha512',
    points: p521.Point,
    publicKeyPrefix: octets('30819b301006072a8648ce3d020106052b810400230381860004'),
  },
};

/** The integer that ECDSA makes of octets: the leftmost bits, as many as the order has (RFC 6979 §2.3.2). */
export function leftmostBits({ orderBits }: EcdsaCurve, data: Uint8Array): bigint {
  const surplusBits = data.length * 8 - orderBits;
  const whole = octetsToInteger(data);
  return surplusBits > 0 ? whole >> BigInt(surplusBits) : whole;
}
