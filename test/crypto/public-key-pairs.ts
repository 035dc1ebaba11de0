/** One key pair of each kind, made when a test file starts. */
import { generateKeyPairSync } from 'node:crypto';
import type { KeyObject } from 'node:crypto';
import { importPrivateKey, importPublicKey } from '../../src/crypto/key-import.ts';
import type { PrivateKey, PublicKey } from '../../src/ike/suite.ts';

export interface TestKeyPair {
  readonly privateObject: KeyObject;
  readonly privateKey: PrivateKey;
  readonly publicKey: PublicKey;
}

function pair({ privateKey, publicKey }: { privateKey: KeyObject; publicKey: KeyObject }): TestKeyPair {
  return {
    privateObject: privateKey,
    privateKey: importPrivateKey(privateKey),
    publicKey: importPublicKey(publicKey),
  };
}

export const rsaPair = (modulusLength: number) => pair(generateKeyPairSync('rsa', { modulusLength }));
export const ecPair = (namedCurve: string) => pair(generateKeyPairSync('ec', { namedCurve }));

export const PAIRS = {
  rsa: rsaPair(1024),
  'ecdsa-256': ecPair('prime256v1'),
  'ecdsa-384': ecPair('secp384r1'),
  'ecdsa-521': ecPair('secp521r1'),
} as const;

export const pemOf = (key: KeyObject): string => key.export({ format: 'pem', type: 'pkcs8' }).toString();
