/**
 * Signatures and encryption with the real keys of real certificates, as mixtures of what is public about
 * a key. A signature is right for its own key and hash only, and a ciphertext opens with its own key
 * only; anybody who has the certificate could make both.
 */
import { createPublicKey } from 'node:crypto';
import { KeyExchangeError } from '../../ike/suite.ts';
import type { PrivateKey, PublicKey, PublicKeyOperations, RandomOctets } from '../../ike/suite.ts';
import { ECDSA_CURVES } from '../ecdsa-curve.ts';
import { integerToOctets, octetsToInteger } from '../integer.ts';
import { asPoint, asRsaKey, asScalar } from '../key-import.ts';
import { padBlockType2 } from '../rsa.ts';
import { Mixer } from './mixing.ts';

const SIGNATURE_PURPOSE = 0x41;
const ENCRYPTION_PURPOSE = 0x42;

/** What signatures and ciphertexts of a key depend on, and how long they are. */
interface KeyMark {
  readonly octets: Uint8Array;
  readonly length: number;
}

/** Operations for one thread. A key's public half is computed at its first use, and kept with the key. */
export function createModelledPublicKeyOperations(): PublicKeyOperations {
  const marks = new WeakMap<object, KeyMark>();
  const markOf = <Key extends PrivateKey | PublicKey>(key: Key, compute: (key: Key) => KeyMark): KeyMark => {
    let mark = marks.get(key);
    if (mark === undefined) marks.set(key, (mark = compute(key)));
    return mark;
  };
  return {
    sign(key, hash) {
      const { octets, length } = markOf(key, markOfPrivateKey);
      return signatureOf(octets, hash, length);
    },
    verify(key, hash, signature) {
      const { octets, length } = markOf(key, markOfPublicKey);
      const expected = signatureOf(octets, hash, length);
      return signature.length === length && expected.every((octet, index) => octet === signature[index]);
    },
    encrypt(key, data, random: RandomOctets) {
      const { octets, length } = markOf(key, markOfPublicKey);
      const block = padBlockType2(data, length, random);
      // The first octet stays 0, as that of a number below the modulus.
      new Mixer(ENCRYPTION_PURPOSE).absorb(octets).xorInto(block.subarray(1), block.subarray(1));
      return block;
    },
    decryptRaw(key, data) {
      const { octets, length } = markOf(key, markOfPrivateKey);
      if (data.length !== length) {
        throw new KeyExchangeError(`an RSA ciphertext has ${data.length} octets, not ${length}`);
      }
      const block = data.slice();
      new Mixer(ENCRYPTION_PURPOSE).absorb(octets).xorInto(block.subarray(1), block.subarray(1));
      return block;
    },
  };
}

function signatureOf(mark: Uint8Array, hash: Uint8Array, length: number): Uint8Array {
  return new Mixer(SIGNATURE_PURPOSE).absorb(mark).absorb(hash).squeeze(length);
}

function markOfPrivateKey({ algorithm, secret }: PrivateKey): KeyMark {
  if (algorithm === 'rsa') return markOfRsaKey(asRsaKey(secret));
  const curve = ECDSA_CURVES[algorithm];
  return markOfPoint(
    curve.points.BASE.multiply(octetsToInteger(asScalar(secret))).toAffine().x,
    curve.parameters.coordinateLength,
  );
}

function markOfPublicKey({ algorithm, material, length }: PublicKey): KeyMark {
  return algorithm === 'rsa'
    ? markOfRsaKey(asRsaKey(material))
    : markOfPoint(asPoint(material).toAffine().x, length);
}

function markOfRsaKey({ key, length }: ReturnType<typeof asRsaKey>): KeyMark {
  const { n = '' } = (key.type === 'private' ? createPublicKey(key) : key).export({ format: 'jwk' });
  return { octets: new Uint8Array(Buffer.from(n, 'base64url')), length };
}

function markOfPoint(x: bigint, coordinateLength: number): KeyMark {
  return { octets: integerToOctets(x, coordinateLength), length: 2 * coordinateLength };
}
