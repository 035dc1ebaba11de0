/** Kinds of keys that certificates are made for, and how keys of each are made. */
import { createPrivateKey, createPublicKey, generateKeyPair } from 'node:crypto';
import { promisify } from 'node:util';
import { plainOctets } from '../crypto/native/plain-octets.ts';

export const KEY_KINDS = ['rsa-2048', 'rsa-3072', 'ecdsa-256', 'ecdsa-384', 'ecdsa-521'] as const;
export type KeyKind = (typeof KEY_KINDS)[number];

const MODULUS_BITS = { 'rsa-2048': 2048, 'rsa-3072': 3072 } as const;
const CURVE = { 'ecdsa-256': 'P-256', 'ecdsa-384': 'P-384', 'ecdsa-521': 'P-521' } as const;
const CURVE_HASH = { 'ecdsa-256': 'SHA-256', 'ecdsa-384': 'SHA-384', 'ecdsa-521': 'SHA-512' } as const;

const makePair = promisify(generateKeyPair);

/** A new private key, PKCS#8 in DER, made off the main thread; RSA takes 50 to some 100 ms. */
export async function generatePrivateKey(kind: KeyKind): Promise<Uint8Array> {
  const { privateKey } =
    kind === 'rsa-2048' || kind === 'rsa-3072'
      ? await makePair('rsa', { modulusLength: MODULUS_BITS[kind] })
      : await makePair('ec', { namedCurve: CURVE[kind] });
  return plainOctets(privateKey.export({ type: 'pkcs8', format: 'der' }));
}

/** SubjectPublicKeyInfo in DER of a private key in PKCS#8. */
export function publicKeyInfoOf(privateKey: Uint8Array): Uint8Array {
  const key = createPrivateKey({ key: Buffer.from(privateKey), format: 'der', type: 'pkcs8' });
  return plainOctets(createPublicKey(key).export({ type: 'spki', format: 'der' }));
}

/** Names of the signature algorithm of the kind in web cryptography: the key's, with the hash as strong as the key. */
export function signingAlgorithm(kind: KeyKind) {
  switch (kind) {
    case 'rsa-2048':
    case 'rsa-3072':
      return { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256' } as const;
    default:
      return { name: 'ECDSA', namedCurve: CURVE[kind], hash: CURVE_HASH[kind] } as const;
  }
}
