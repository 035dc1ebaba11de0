/** ECP groups of @noble/curves (RFC 5903). */
import type { p256 } from '@noble/curves/nist.js';
import { checkEcpLength, notOnCurve, scalarFromSeed } from '../ecp-parameters.ts';
import type { EcpParameters } from '../ecp-parameters.ts';
import { octetsToInteger } from '../integer.ts';
import { checkSeed, secretOctets } from '../octet-key-pair.ts';
import type { OctetKeyExchange } from '../octet-key-pair.ts';

/** The points of a curve: P-256, P-384 and P-521 have one type in @noble/curves. */
type CurvePoints = (typeof p256)['Point'];

const UNCOMPRESSED = 0x04;

/**
 * An ECP group over the points of a curve. `multiplyUnsafe` takes two thirds of the time of
 * `multiply`, and differs in not taking the same time for every scalar. Making the group takes 30
 * to 80 ms: it multiplies once for nothing, lest the first pair wait for the table of the base.
 */
export function createNobleEcp(parameters: EcpParameters, points: CurvePoints): OctetKeyExchange {
  const { group, coordinateLength, seedLength } = parameters;
  const publicLength = 2 * coordinateLength;
  points.BASE.multiplyUnsafe(2n);
  const decodePeer = (value: Uint8Array) => {
    checkEcpLength(parameters, value);
    const encoded = new Uint8Array(1 + publicLength);
    encoded[0] = UNCOMPRESSED;
    encoded.set(value, 1);
    try {
      return points.fromBytes(encoded);
    } catch (error) {
      throw notOnCurve(parameters, error);
    }
  };
  return {
    group,
    publicLength,
    sharedLength: coordinateLength,
    seedLength,
    generate(seed) {
      checkSeed(group, seed, seedLength);
      const secret = scalarFromSeed(parameters, seed);
      const point = points.BASE.multiplyUnsafe(octetsToInteger(secret));
      return { publicValue: point.toBytes(false).subarray(1), secret };
    },
    agree(own, peerPublicValue) {
      const shared = decodePeer(peerPublicValue).multiplyUnsafe(octetsToInteger(secretOctets(own)));
      return shared.toBytes(false).subarray(1, 1 + coordinateLength);
    },
  };
}
