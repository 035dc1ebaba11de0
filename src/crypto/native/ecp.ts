/** ECP groups of OpenSSL. */
import { createECDH } from 'node:crypto';
import type { ECDH } from 'node:crypto';
import { checkEcpLength, notOnCurve, scalarFromSeed } from '../ecp-parameters.ts';
import type { EcpParameters } from '../ecp-parameters.ts';
import { checkSeed, secretOctets } from '../octet-key-pair.ts';
import type { OctetKeyExchange } from '../octet-key-pair.ts';
import { createKeyObjectAgreement } from './ecp-key-object.ts';
import { plainOctets } from './plain-octets.ts';

/** First octet of an uncompressed point (SEC 1 §2.3.3), which IKE leaves out. */
const UNCOMPRESSED = 0x04;

export interface NativeCurve {
  /** OpenSSL's name. */
  readonly name: string;
  /** DER object identifier of the curve when agreement is to go through key objects, else absent. */
  readonly keyObjectOid?: string;
}

function isInvalidPoint(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ERR_CRYPTO_ECDH_INVALID_PUBLIC_KEY';
}

type Agree = OctetKeyExchange['agree'];

function createEcdhAgreement(parameters: EcpParameters, ecdh: ECDH): Agree {
  const { coordinateLength } = parameters;
  const point = new Uint8Array(1 + 2 * coordinateLength);
  point[0] = UNCOMPRESSED;
  return (own, peerPublicValue) => {
    checkEcpLength(parameters, peerPublicValue);
    point.set(peerPublicValue, 1);
    ecdh.setPrivateKey(secretOctets(own));
    try {
      return plainOctets(ecdh.computeSecret(point));
    } catch (error) {
      throw isInvalidPoint(error) ? notOnCurve(parameters, error) : error;
    }
  };
}

/**
 * An ECP group of OpenSSL. One ECDH object serves all scalars. Its `computeSecret` checks the own
 * pair again with two more multiplications: nothing for P-256, whose multiplications are fast
 * (100 µs in all), but P-384 and P-521 take 1.9 and 4.4 ms, against 1.4 and 2.9 ms by key objects.
 */
export function createNativeEcp(parameters: EcpParameters, curve: NativeCurve): OctetKeyExchange {
  const { group, coordinateLength, seedLength } = parameters;
  const ecdh = createECDH(curve.name);
  return {
    group,
    publicLength: 2 * coordinateLength,
    sharedLength: coordinateLength,
    seedLength,
    generate(seed) {
      checkSeed(group, seed, seedLength);
      const secret = scalarFromSeed(parameters, seed);
      ecdh.setPrivateKey(secret);
      return { publicValue: plainOctets(ecdh.getPublicKey()).subarray(1), secret };
    },
    agree:
      curve.keyObjectOid === undefined
        ? createEcdhAgreement(parameters, ecdh)
        : createKeyObjectAgreement(parameters, curve.keyObjectOid),
  };
}
