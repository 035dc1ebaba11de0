/** Names of the primitives of a suite: the keys of the manifest's list and of call counts. */
import type {
  Aead,
  AeadName,
  CbcCipher,
  CipherName,
  CryptoSuite,
  GroupNumber,
  HashFunction,
  HashName,
  KeyExchange,
} from '../ike/suite.ts';
import { MODP_GROUPS } from './modp-parameters.ts';

export type PrimitiveName =
  | `${'digest' | 'hmac'}:${HashName}`
  | `${'encrypt' | 'decrypt'}:${CipherName}`
  | `${'seal' | 'open'}:${AeadName}`
  | `${'generate' | 'agree'}:${GroupNumber}`;

/** Every hash with the octets of its digest. */
export const DIGEST_LENGTHS: Readonly<Record<HashName, number>> = {
  md5: 16,
  sha1: 20,
  sha256: 32,
  sha384: 48,
  sha512: 64,
};

export const HASH_NAMES = Object.keys(DIGEST_LENGTHS) as readonly HashName[];
export const CIPHER_NAMES: readonly CipherName[] = ['aes-cbc', '3des-cbc'];
export const AEAD_NAMES: readonly AeadName[] = ['aes-gcm16'];
export const GROUP_NUMBERS: readonly GroupNumber[] = [...MODP_GROUPS, 19, 20, 21, 31];

/** Every primitive that both backends offer. */
export const PRIMITIVE_NAMES: readonly PrimitiveName[] = [
  ...HASH_NAMES.flatMap((name) => [`digest:${name}`, `hmac:${name}`] as const),
  ...CIPHER_NAMES.flatMap((name) => [`encrypt:${name}`, `decrypt:${name}`] as const),
  ...AEAD_NAMES.flatMap((name) => [`seal:${name}`, `open:${name}`] as const),
  ...GROUP_NUMBERS.flatMap((group) => [`generate:${group}`, `agree:${group}`] as const),
];

/** How to come by each part of a suite; called once, when the part is first asked for. */
export interface SuiteParts {
  readonly hash: (name: HashName) => HashFunction;
  readonly cipher: (name: CipherName) => CbcCipher;
  readonly aead: (name: AeadName) => Aead;
  readonly group: (group: GroupNumber) => KeyExchange;
}

/**
 * A suite of all hashes, ciphers, AEADs and groups named here, each made when first asked for. Groups
 * take up to 80 ms to make, so ask for those of a run before it starts.
 */
export function createSuite(parts: SuiteParts): CryptoSuite {
  const hash = remember(parts.hash);
  const cipher = remember(parts.cipher);
  const aead = remember(parts.aead);
  const group = remember(parts.group);
  const groups = new Set(GROUP_NUMBERS);
  return {
    hash,
    cipher,
    aead,
    group(number) {
      if (!groups.has(number)) throw new RangeError(`group ${number} is not implemented`);
      return group(number);
    },
    hasGroup: (number) => groups.has(number),
  };
}

function remember<Key, Part>(make: (key: Key) => Part): (key: Key) => Part {
  const made = new Map<Key, Part>();
  return (key) => {
    let part = made.get(key);
    if (part === undefined) {
      part = make(key);
      made.set(key, part);
    }
    return part;
  };
}
