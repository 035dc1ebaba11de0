/**
 * ECDSA over a hash that is given, not over a message. OpenSSL can do that and node:crypto does not
 * offer it: `sign` and `verify` always hash what they get. So the multiplications, which cost the
 * time, go to OpenSSL by other doors, and the rest is arithmetic with a few integers.
 */
import { createECDH, createHash, createPublicKey, verify } from 'node:crypto';
import type { ECDH } from 'node:crypto';
import { invert, mod } from '@noble/curves/abstract/modular.js';
import { ECDSA_CURVES, leftmostBits } from './ecdsa-curve.ts';
import type { CurvePoint, EcdsaAlgorithm, EcdsaCurve } from './ecdsa-curve.ts';
import { deterministicNonces } from './ecdsa-nonce.ts';
import { integerToOctets, octetsToInteger } from './integer.ts';
import { plainOctets } from './native/plain-octets.ts';

export interface EcdsaSigner {
  /** r | s, each as long as a coordinate (RFC 4754 §7); the same for the same key and hash. */
  sign(secret: Uint8Array, hash: Uint8Array): Uint8Array;
  /** Whether r | s is right; false for whatever cannot be a signature. */
  verify(point: CurvePoint, hash: Uint8Array, signature: Uint8Array): boolean;
}

interface Affine {
  readonly x: bigint;
  readonly y: bigint;
}

/** A multiple of the base point. `scalar` is between 1 and order - 1. */
function multiplyBase(ecdh: ECDH, scalar: bigint, coordinateLength: number): Affine {
  ecdh.setPrivateKey(integerToOctets(scalar, coordinateLength));
  const point = plainOctets(ecdh.getPublicKey());
  return {
    x: octetsToInteger(point.subarray(1, 1 + coordinateLength)),
    y: octetsToInteger(point.subarray(1 + coordinateLength)),
  };
}

function createSign(curve: EcdsaCurve, ecdh: ECDH): EcdsaSigner['sign'] {
  const { order, coordinateLength } = curve.parameters;
  return (secret, hash) => {
    const d = octetsToInteger(secret);
    const z = leftmostBits(curve, hash);
    for (const k of deterministicNonces(curve, secret, hash)) {
      const r = mod(multiplyBase(ecdh, k, coordinateLength).x, order);
      const s = mod(invert(k, order) * (z + r * d), order);
      if (r === 0n || s === 0n) continue;
      const signature = new Uint8Array(2 * coordinateLength);
      signature.set(integerToOctets(r, coordinateLength));
      signature.set(integerToOctets(s, coordinateLength), coordinateLength);
      return signature;
    }
    throw new Error('nonces do not end');
  };
}

/**
 * (r, s) is right for the hash z and the key Q when r is the abscissa of (z/s)G + (r/s)Q. With
 * t = (z - y)/r that is the same point as (y/s)G + (r/s)(Q + tG): the very equation of the hash y
 * and the key Q + tG. With y, the hash of a message that we know, OpenSSL can check it.
 * Whoever knows the secret of Q can make Q + tG the point at infinity on purpose; that is refused.
 */
function createVerify(curve: EcdsaCurve, ecdh: ECDH): EcdsaSigner['verify'] {
  const { order, coordinateLength } = curve.parameters;
  const knownMessage = new Uint8Array(0);
  const y = leftmostBits(curve, createHash(curve.hash).update(knownMessage).digest());
  const prefixLength = curve.publicKeyPrefix.length;
  const publicDer = Buffer.concat([curve.publicKeyPrefix, new Uint8Array(2 * coordinateLength)]);

  const shiftKey = (point: CurvePoint, t: bigint): CurvePoint =>
    t === 0n ? point : point.add(curve.points.fromAffine(multiplyBase(ecdh, t, coordinateLength)));

  return (point, hash, signature) => {
    if (signature.length !== 2 * coordinateLength) return false;
    const r = octetsToInteger(signature.subarray(0, coordinateLength));
    const s = octetsToInteger(signature.subarray(coordinateLength));
    if (r === 0n || r >= order || s === 0n || s >= order) return false;
    const t = mod((leftmostBits(curve, hash) - y) * invert(r, order), order);
    const shifted = shiftKey(point, t);
    if (shifted.is0()) return false;
    const affine = shifted.toAffine();
    publicDer.set(integerToOctets(affine.x, coordinateLength), prefixLength);
    publicDer.set(integerToOctets(affine.y, coordinateLength), prefixLength + coordinateLength);
    const key = createPublicKey({ key: publicDer, format: 'der', type: 'spki' });
    return verify(curve.hash, knownMessage, { key, dsaEncoding: 'ieee-p1363' }, signature);
  };
}

function createSigner(curve: EcdsaCurve): EcdsaSigner {
  const ecdh = createECDH(curve.opensslName);
  return { sign: createSign(curve, ecdh), verify: createVerify(curve, ecdh) };
}

/** The three curves' signers. Not to be shared between threads. */
export function createEcdsaSigners(): Readonly<Record<EcdsaAlgorithm, EcdsaSigner>> {
  return {
    'ecdsa-256': createSigner(ECDSA_CURVES['ecdsa-256']),
    'ecdsa-384': createSigner(ECDSA_CURVES['ecdsa-384']),
    'ecdsa-521': createSigner(ECDSA_CURVES['ecdsa-521']),
  };
}
