/** Keys of certificates, from what files and certificates hold to what `PublicKeyOperations` takes. */
import { KeyObject, X509Certificate, createPrivateKey, createPublicKey } from 'node:crypto';
import type { PrivateKey, PublicKey, PublicKeyAlgorithm } from '../ike/suite.ts';
import { ECDSA_CURVES } from './ecdsa-curve.ts';
import type { CurvePoint, EcdsaAlgorithm, EcdsaCurve } from './ecdsa-curve.ts';
import { octetsToInteger } from './integer.ts';
import { plainOctets } from './native/plain-octets.ts';
import type { RsaKey } from './rsa.ts';

/** Smaller ones leave no room for a padded SHA-512, larger ones let a peer buy much of our time with one certificate. */
export const RSA_BITS_MINIMUM = 1024;
export const RSA_BITS_MAXIMUM = 8192;

/** Octets that hold no key, or a key of a kind that IKE peers here do not use. */
export class KeyImportError extends Error {
  override readonly name = 'KeyImportError';
}

/**
 * A private key from PKCS#8 in DER, or from a key object.
 * @throws KeyImportError for anything but RSA of 1024 to 8192 bits and EC on P-256, P-384 and P-521.
 */
export function importPrivateKey(source: Uint8Array | KeyObject): PrivateKey {
  const key =
    source instanceof KeyObject
      ? source
      : parse('private', () => createPrivateKey({ key: Buffer.from(source), format: 'der', type: 'pkcs8' }));
  if (key.type !== 'private') throw new KeyImportError(`a ${key.type} key is no private key`);
  const algorithm = algorithmOf(key);
  if (algorithm === 'rsa') return { algorithm, secret: rsaKey(key) };
  const { d } = key.export({ format: 'jwk' });
  if (d === undefined) throw new KeyImportError('the private key has no scalar');
  return { algorithm, secret: plainOctets(Buffer.from(d, 'base64url')) };
}

/**
 * A public key from SubjectPublicKeyInfo in DER, a key object or a certificate.
 * @throws KeyImportError as `importPrivateKey` does.
 */
export function importPublicKey(source: Uint8Array | KeyObject | X509Certificate): PublicKey {
  const key = parse('public', () => publicKeyObject(source));
  const algorithm = algorithmOf(key);
  if (algorithm === 'rsa') {
    const material = rsaKey(key);
    return { algorithm, length: material.length, material };
  }
  const curve = ECDSA_CURVES[algorithm];
  return { algorithm, length: curve.parameters.coordinateLength, material: pointOf(curve, key) };
}

/** The key of an RSA `PrivateKey` or `PublicKey` that was imported here. */
export function asRsaKey(material: unknown): RsaKey {
  return material as RsaKey;
}

/** The scalar of an ECDSA `PrivateKey` that was imported here, as long as a coordinate. */
export function asScalar(secret: unknown): Uint8Array {
  return secret as Uint8Array;
}

/** The point of an ECDSA `PublicKey` that was imported here. */
export function asPoint(material: unknown): CurvePoint {
  return material as CurvePoint;
}

function publicKeyObject(source: Uint8Array | KeyObject | X509Certificate): KeyObject {
  if (source instanceof X509Certificate) return source.publicKey;
  if (!(source instanceof KeyObject)) {
    return createPublicKey({ key: Buffer.from(source), format: 'der', type: 'spki' });
  }
  return source.type === 'private' ? createPublicKey(source) : source;
}

function parse(kind: string, read: () => KeyObject): KeyObject {
  try {
    return read();
  } catch (error) {
    throw new KeyImportError(`these octets hold no ${kind} key`, { cause: error });
  }
}

function algorithmOf(key: KeyObject): PublicKeyAlgorithm {
  const kind = key.asymmetricKeyType;
  if (kind === 'rsa') return 'rsa';
  if (kind !== 'ec') throw new KeyImportError(`keys of the kind ${kind ?? 'secret'} are not supported`);
  const name = key.asymmetricKeyDetails?.namedCurve;
  const curve = Object.values(ECDSA_CURVES).find(({ opensslName }) => opensslName === name);
  if (curve === undefined) throw new KeyImportError(`the curve ${name ?? 'without a name'} is not supported`);
  return curve.algorithm satisfies EcdsaAlgorithm;
}

function rsaKey(key: KeyObject): RsaKey {
  const bits = key.asymmetricKeyDetails?.modulusLength ?? 0;
  if (bits < RSA_BITS_MINIMUM || bits > RSA_BITS_MAXIMUM) {
    throw new KeyImportError(
      `an RSA key has ${bits} bits, not between ${RSA_BITS_MINIMUM} and ${RSA_BITS_MAXIMUM}`,
    );
  }
  return { key, length: Math.ceil(bits / 8) };
}

function pointOf(curve: EcdsaCurve, key: KeyObject): CurvePoint {
  const { x = '', y = '' } = key.export({ format: 'jwk' });
  const coordinate = (text: string) => octetsToInteger(Buffer.from(text, 'base64url'));
  return curve.points.fromAffine({ x: coordinate(x), y: coordinate(y) });
}
