/** Proposal keywords as strongSwan writes them, `aes128-sha256-modp2048`, to transforms and back. */
import type { CipherName, GroupNumber, HashName } from '../ike/suite.ts';
import { Group } from '../ike/wire/numbers.ts';
import type { EspEncryption, EspTransform, IkeTransform } from '../peer/policy.ts';
import { suggestion } from './nearest-word.ts';

/** A keyword that names no proposal; `hint` lists or suggests what is known. */
export class KeywordError extends Error {
  override readonly name = 'KeywordError';
  readonly hint: string | undefined;

  constructor(message: string, hint?: string) {
    super(message);
    this.hint = hint;
  }
}

/**
 * A phase 1 proposal: cipher, hash and Diffie-Hellman group in this order.
 * @throws KeywordError saying which part is wrong.
 */
export function parseIkeTransform(keyword: string): IkeTransform {
  const [encryption, ...rest] = keyword.trim().toLowerCase().split('-');
  const cipher = encryptionOf(encryption ?? '', keyword);
  if (cipher.encryption === 'aes-gcm16' || cipher.encryption === 'null') {
    throw new KeywordError(
      `"${encryption}" in "${keyword}" cannot protect phase 1`,
      'IKEv1 takes aes128, aes192, aes256 or 3des here',
    );
  }
  const parts = restOf(rest, keyword);
  if (parts.hash === undefined) throw new KeywordError(`"${keyword}" names no hash`, IKE_EXAMPLE);
  if (parts.group === undefined) throw new KeywordError(`"${keyword}" names no group`, IKE_EXAMPLE);
  if (parts.esn !== undefined) {
    throw new KeywordError(
      `"${keyword}" names ${parts.esn}`,
      'sequence numbers are negotiated in phase 2: put it into esp',
    );
  }
  const name: CipherName = cipher.encryption;
  return { cipher: name, keyBits: cipher.keyBits, hash: parts.hash, group: parts.group };
}

/**
 * A phase 2 proposal: cipher, integrity algorithm (not with AES-GCM), a Diffie-Hellman group for perfect
 * forward secrecy, and `esn` for extended sequence numbers (`noesn`, which is also meant without it: none).
 * @throws KeywordError saying which part is wrong.
 */
export function parseEspTransform(keyword: string): EspTransform {
  const [encryption, ...rest] = keyword.trim().toLowerCase().split('-');
  const cipher = encryptionOf(encryption ?? '', keyword);
  const parts = restOf(rest, keyword);
  const isAead = cipher.encryption === 'aes-gcm16';
  if (isAead && parts.hash !== undefined) {
    throw new KeywordError(
      `"${keyword}" names an integrity algorithm`,
      'AES-GCM protects integrity by itself',
    );
  }
  if (!isAead && parts.hash === undefined) {
    throw new KeywordError(`"${keyword}" names no integrity algorithm`, ESP_EXAMPLE);
  }
  return {
    ...cipher,
    ...(parts.hash && { integrity: parts.hash }),
    ...(parts.group && { group: parts.group }),
    ...(parts.esn === 'esn' && { esn: true }),
  };
}

/**
 * Number of a Diffie-Hellman group, `modp2048` or `x25519`.
 * @throws KeywordError for an unknown name.
 */
export function parseGroup(keyword: string): GroupNumber {
  const number = GROUP_OF_KEYWORD.get(keyword.trim().toLowerCase());
  if (number === undefined) {
    throw new KeywordError(
      `"${keyword}" is not a Diffie-Hellman group`,
      suggestion(keyword, GROUP_OF_KEYWORD.keys()) ?? `known: ${GROUP_KEYWORDS.join(', ')}`,
    );
  }
  return number;
}

/** `aes128-sha256-modp2048`. */
export function formatIkeTransform(transform: IkeTransform): string {
  const cipher = formatEncryption(transform.cipher, transform.keyBits);
  return `${cipher}-${transform.hash}-${formatGroup(transform.group)}`;
}

/** `aes128-sha256`, `aes256gcm16`; then the group when there is PFS, then `esn` for extended sequence numbers. */
export function formatEspTransform(transform: EspTransform): string {
  const parts = [formatEncryption(transform.encryption, transform.keyBits)];
  if (transform.integrity !== undefined) parts.push(transform.integrity);
  if (transform.group !== undefined) parts.push(formatGroup(transform.group));
  if (transform.esn === true) parts.push('esn');
  return parts.join('-');
}

/** `modp2048`; `group-7` for a number without a name. */
export function formatGroup(group: GroupNumber): string {
  for (const [keyword, number] of GROUP_OF_KEYWORD) if (number === group) return keyword;
  return `group-${group}`;
}

/** `aes128`, `aes256gcm16`, `3des`, `null`. */
export function formatEncryption(encryption: EspEncryption, keyBits: number): string {
  if (encryption === '3des-cbc') return '3des';
  if (encryption === 'null') return 'null';
  return encryption === 'aes-gcm16' ? `aes${keyBits}gcm16` : `aes${keyBits}`;
}

interface Encryption {
  readonly encryption: EspEncryption;
  readonly keyBits: number;
}

function encryptionOf(word: string, keyword: string): Encryption {
  const found = ENCRYPTION_OF_KEYWORD.get(word);
  if (found !== undefined) return found;
  throw new KeywordError(
    `"${word}" in "${keyword}" is not a cipher`,
    suggestion(word, ENCRYPTION_OF_KEYWORD.keys()) ??
      `known: ${[...ENCRYPTION_OF_KEYWORD.keys()].join(', ')}`,
  );
}

interface Parts {
  hash?: HashName;
  group?: GroupNumber;
  esn?: SequenceKeyword;
}

function restOf(words: readonly string[], keyword: string): Parts {
  const parts: Parts = {};
  for (const word of words) {
    const hash = HASH_OF_KEYWORD.get(word);
    const group = GROUP_OF_KEYWORD.get(word);
    if (hash !== undefined) {
      if (parts.hash !== undefined) throw new KeywordError(`"${keyword}" names two hashes`);
      if (parts.group !== undefined) throw new KeywordError(`"${keyword}" names the hash after the group`);
      if (parts.esn !== undefined) throw new KeywordError(`"${keyword}" names the hash after ${parts.esn}`);
      parts.hash = hash;
    } else if (group !== undefined) {
      if (parts.group !== undefined) throw new KeywordError(`"${keyword}" names two groups`);
      parts.group = group;
    } else if (isSequenceKeyword(word)) {
      if (parts.esn !== undefined)
        throw new KeywordError(`"${keyword}" says twice how long sequence numbers are`);
      parts.esn = word;
    } else throw unknownPart(word, keyword);
  }
  return parts;
}

function unknownPart(word: string, keyword: string): KeywordError {
  const known = [...HASH_OF_KEYWORD.keys(), ...GROUP_OF_KEYWORD.keys(), ...SEQUENCE_KEYWORDS];
  return new KeywordError(
    `"${word}" in "${keyword}" is neither a hash nor a group`,
    suggestion(word, known) ?? `known: ${known.join(', ')}`,
  );
}

/** Sequence numbers of 64 bits or, as without a word, of 32. */
const SEQUENCE_KEYWORDS = ['esn', 'noesn'] as const;
type SequenceKeyword = (typeof SEQUENCE_KEYWORDS)[number];

function isSequenceKeyword(word: string): word is SequenceKeyword {
  return (SEQUENCE_KEYWORDS as readonly string[]).includes(word);
}

const ENCRYPTION_OF_KEYWORD: ReadonlyMap<string, Encryption> = new Map<string, Encryption>([
  ['aes128', { encryption: 'aes-cbc', keyBits: 128 }],
  ['aes192', { encryption: 'aes-cbc', keyBits: 192 }],
  ['aes256', { encryption: 'aes-cbc', keyBits: 256 }],
  ['3des', { encryption: '3des-cbc', keyBits: 192 }],
  ['aes128gcm16', { encryption: 'aes-gcm16', keyBits: 128 }],
  ['aes192gcm16', { encryption: 'aes-gcm16', keyBits: 192 }],
  ['aes256gcm16', { encryption: 'aes-gcm16', keyBits: 256 }],
  ['null', { encryption: 'null', keyBits: 0 }],
]);

const HASH_OF_KEYWORD: ReadonlyMap<string, HashName> = new Map<string, HashName>([
  ['md5', 'md5'],
  ['sha1', 'sha1'],
  ['sha256', 'sha256'],
  ['sha384', 'sha384'],
  ['sha512', 'sha512'],
]);

/** Preferred names first: `formatGroup` takes the first that fits. */
const GROUP_OF_KEYWORD: ReadonlyMap<string, GroupNumber> = new Map<string, GroupNumber>([
  ...Object.entries(Group),
  ['curve25519', Group.x25519],
]);

/** Names of the groups, for schema and documents. */
export const GROUP_KEYWORDS: readonly string[] = [...GROUP_OF_KEYWORD.keys()];

const IKE_EXAMPLE = 'write cipher-hash-group, such as aes128-sha256-modp2048';
const ESP_EXAMPLE = 'write cipher-integrity, such as aes128-sha256, or aes128gcm16';
