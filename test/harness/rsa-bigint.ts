/**
 * RSA encryption of IKEv1 once more, written from the RFCs and with nothing of `src` but its
 * interfaces: arithmetic with big integers, PKCS#1 v1.5 padding put on and taken off the plain way.
 */
import { generateKeyPairSync } from 'node:crypto';
import type { KeyObject } from 'node:crypto';
import { KeyExchangeError } from '../../src/ike/suite.ts';
import type { PrivateKey, PublicKey, PublicKeyOperations, RandomOctets } from '../../src/ike/suite.ts';

interface RsaNumbers {
  readonly length: number;
  readonly n: bigint;
  readonly e: bigint;
  readonly d: bigint;
}

export interface RsaPair {
  readonly privateObject: KeyObject;
  /** For `bigintOperations`. */
  readonly privateKey: PrivateKey;
  readonly publicKey: PublicKey;
}

export function bigintPair(modulusLength: number): RsaPair {
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength });
  const web = privateKey.export({ format: 'jwk' });
  const numbers: RsaNumbers = {
    length: Math.ceil(modulusLength / 8),
    n: numberOf(Buffer.from(web.n ?? '', 'base64url')),
    e: numberOf(Buffer.from(web.e ?? '', 'base64url')),
    d: numberOf(Buffer.from(web.d ?? '', 'base64url')),
  };
  return {
    privateObject: privateKey,
    privateKey: { algorithm: 'rsa', secret: numbers },
    publicKey: { algorithm: 'rsa', length: numbers.length, material: numbers },
  };
}

/** Not for signatures; those have tests of their own. */
export const bigintOperations: PublicKeyOperations = {
  sign: () => {
    throw new Error('this implementation only encrypts');
  },
  verify: () => false,
  encrypt: (key, data, random) => encryptPadded(key, padBlock(data, key.length, random)),
  decryptRaw(key, data) {
    const { length, n, d } = key.secret as RsaNumbers;
    const number = numberOf(data);
    if (data.length !== length || number >= n) throw new KeyExchangeError('no ciphertext of this key');
    return octetsOf(power(number, d, n), length);
  },
};

/** Bare RSA of a whole block, right or wrong. */
export function encryptPadded(key: PublicKey, block: Uint8Array): Uint8Array {
  const { length, n, e } = key.material as RsaNumbers;
  return octetsOf(power(numberOf(block), e, n), length);
}

/** The modulus as octets: the smallest number that is no ciphertext. */
export function modulusOf(key: PublicKey): Uint8Array {
  const { length, n } = key.material as RsaNumbers;
  return octetsOf(n, length);
}

/** The message, the plain way. @throws Error when there is none. */
export function decryptMessage(pair: RsaPair, ciphertext: Uint8Array): Uint8Array {
  const hex = Buffer.from(bigintOperations.decryptRaw(pair.privateKey, ciphertext)).toString('hex');
  const match = /^0002(?:(?!00)..){8,}?00((?:..)*)$/.exec(hex);
  if (match?.[1] === undefined) throw new Error('no PKCS#1 block of type 2');
  return Uint8Array.from(Buffer.from(match[1], 'hex'));
}

function padBlock(data: Uint8Array, length: number, random: RandomOctets): Uint8Array {
  const padding = [...random(length - 3 - data.length)].map((octet) => (octet === 0 ? 0x5a : octet));
  return Uint8Array.of(0, 2, ...padding, 0, ...data);
}

function power(base: bigint, exponent: bigint, modulus: bigint): bigint {
  let result = 1n;
  let square = base % modulus;
  for (let rest = exponent; rest > 0n; rest >>= 1n) {
    if (rest & 1n) result = (result * square) % modulus;
    square = (square * square) % modulus;
  }
  return result;
}

function numberOf(octets: Uint8Array): bigint {
  return BigInt(`0x0${Buffer.from(octets).toString('hex')}`);
}

function octetsOf(number: bigint, length: number): Uint8Array {
  return Uint8Array.from(Buffer.from(number.toString(16).padStart(2 * length, '0'), 'hex'));
}
