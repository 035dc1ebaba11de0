/** The algorithms of a phase 1 SA as its responder chose them. */
import { IKE_ENCRYPTION_NUMBER, IKE_HASH_NUMBER, type IkeTransform } from '../../src/ike/transform.ts';
import type { CipherName, HashName } from '../../src/ike/suite.ts';
import type { SecurityAssociationPayload, Transform } from '../../src/ike/wire/message.ts';
import { IkeAttribute } from '../../src/ike/wire/numbers.ts';

const TRIPLE_DES_KEY_BITS = 192;

/** Value of the first attribute of a type, whichever form it came in. */
function attributeOf({ attributes }: Transform, type: number): number | undefined {
  const value = attributes.find((attribute) => attribute.type === type)?.value;
  if (value === undefined || typeof value === 'number') return value;
  return value.reduce((number, octet) => number * 256 + octet, 0);
}

function nameOf<Name extends string>(numbers: Readonly<Record<Name, number>>, number?: number) {
  return (Object.keys(numbers) as Name[]).find((name) => numbers[name] === number);
}

/**
 * The transform of an answer, which has but one. An AES key length that the answer does not give
 * is that of the key at hand, of `keyLength` octets.
 * @returns A text that says what is wrong, where an algorithm is not implemented or the key does not fit.
 */
export function agreedTransform(
  answer: SecurityAssociationPayload,
  keyLength: number,
): IkeTransform | string {
  const [transform] = answer.proposals[0]?.transforms ?? [];
  if (transform === undefined) return "the responder's SA payload has no transform";
  const encryption = attributeOf(transform, IkeAttribute.encryptionAlgorithm);
  const cipher = nameOf<CipherName>(IKE_ENCRYPTION_NUMBER, encryption);
  if (cipher === undefined) return `encryption algorithm ${encryption} is not implemented`;
  const hashNumber = attributeOf(transform, IkeAttribute.hashAlgorithm);
  const hash = nameOf<HashName>(IKE_HASH_NUMBER, hashNumber);
  if (hash === undefined) return `hash algorithm ${hashNumber} is not implemented`;
  const keyBits =
    cipher === 'aes-cbc'
      ? (attributeOf(transform, IkeAttribute.keyLength) ?? keyLength * 8)
      : TRIPLE_DES_KEY_BITS;
  if (keyBits !== keyLength * 8) return `the key has ${keyLength * 8} bits, the SA wants ${keyBits}`;
  return { cipher, keyBits, hash, group: attributeOf(transform, IkeAttribute.groupDescription) ?? 0 };
}
