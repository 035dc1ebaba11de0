/**
 * ECDH by key objects of OpenSSL. Keys go in as DER: JWK would check a point by a multiplication,
 * and DER without the public point would compute it; both cost more than the decoder.
 */
import { createPrivateKey, createPublicKey, diffieHellman } from 'node:crypto';
import type { KeyObject } from 'node:crypto';
import type { KeyPair } from '../../ike/suite.ts';
import { checkEcpLength, notOnCurve } from '../ecp-parameters.ts';
import type { EcpParameters } from '../ecp-parameters.ts';
import { secretOctets } from '../octet-key-pair.ts';
import { plainOctets } from './plain-octets.ts';

/** One DER value (X.690 §8.1): tag, length, contents. */
function der(tag: number, ...contents: readonly Uint8Array[]): Buffer {
  const body = Buffer.concat(contents);
  const long = body.length > 0x7f;
  if (body.length > 0xff) throw new RangeError('a DER value here has at most 255 octets');
  return Buffer.concat([Uint8Array.from(long ? [tag, 0x81, body.length] : [tag, body.length]), body]);
}

const SEQUENCE = 0x30;
const INTEGER = 0x02;
const BIT_STRING = 0x03;
const OCTET_STRING = 0x04;
/** Object identifier id-ecPublicKey, 1.2.840.10045.2.1. */
const EC_PUBLIC_KEY = Buffer.from('06072a8648ce3d0201', 'hex');
const NO_UNUSED_BITS_UNCOMPRESSED = Uint8Array.of(0x00, 0x04);

/**
 * Makes the `agree` of an ECP group; `oid` is the DER object identifier of the curve in hex. The
 * two DER values are made once, and keys are written into them.
 */
export function createKeyObjectAgreement(parameters: EcpParameters, oid: string) {
  const { coordinateLength } = parameters;
  const curve = Buffer.from(oid, 'hex');
  const emptyPoint = der(BIT_STRING, NO_UNUSED_BITS_UNCOMPRESSED, new Uint8Array(2 * coordinateLength));
  // SubjectPublicKeyInfo (RFC 5480 §2); the point is at the end.
  const publicDer = der(SEQUENCE, der(SEQUENCE, EC_PUBLIC_KEY, curve), emptyPoint);
  const publicPoint = publicDer.length - 2 * coordinateLength;
  // ECPrivateKey (RFC 5915 §3): version, scalar, [0] curve, [1] point at the end.
  const version = der(INTEGER, Uint8Array.of(0x01));
  const afterScalar = Buffer.concat([der(0xa0, curve), der(0xa1, emptyPoint)]);
  const emptyScalar = der(OCTET_STRING, new Uint8Array(coordinateLength));
  const privateDer = der(SEQUENCE, version, emptyScalar, afterScalar);
  const privateScalar = privateDer.length - afterScalar.length - coordinateLength;
  const privatePoint = privateDer.length - 2 * coordinateLength;

  const importPeer = (peerPublicValue: Uint8Array): KeyObject => {
    checkEcpLength(parameters, peerPublicValue);
    publicDer.set(peerPublicValue, publicPoint);
    try {
      return createPublicKey({ key: publicDer, format: 'der', type: 'spki' });
    } catch (error) {
      throw notOnCurve(parameters, error);
    }
  };

  return (own: KeyPair, peerPublicValue: Uint8Array): Uint8Array => {
    const publicKey = importPeer(peerPublicValue);
    privateDer.set(secretOctets(own), privateScalar);
    privateDer.set(own.publicValue, privatePoint);
    const privateKey = createPrivateKey({ key: privateDer, format: 'der', type: 'sec1' });
    return plainOctets(diffieHellman({ privateKey, publicKey }));
  };
}
