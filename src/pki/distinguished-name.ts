/** Comparing X.500 names, as a certificate has them and as an ID_DER_ASN1_DN brings them (RFC 5280 §7.1). */
import { equalOctets, toHex } from '../ike/wire/octets.ts';
import { DerError, DerTag, expectTag, readDerList, readWholeDer } from './der.ts';
import type { DerValue } from './der.ts';

/**
 * Whether two names in DER are the same: the same attributes in the same order, texts compared
 * without regard to case, surrounding and repeated spaces, and kind of string. False for octets
 * that hold no name.
 */
export function isSameName(a: Uint8Array, b: Uint8Array): boolean {
  if (equalOctets(a, b)) return true;
  try {
    return comparableName(a) === comparableName(b);
  } catch (error) {
    if (error instanceof DerError) return false;
    throw error;
  }
}

/** Whether the octets hold a name: a sequence of sets of attributes. */
export function isName(der: Uint8Array): boolean {
  try {
    comparableName(der);
    return true;
  } catch (error) {
    if (error instanceof DerError) return false;
    throw error;
  }
}

function comparableName(der: Uint8Array): string {
  return readDerList(readWholeDer(der, DerTag.sequence).contents)
    .map((relative) =>
      readDerList(expectTag(relative, DerTag.set).contents)
        .map((attribute) => comparableAttribute(attribute))
        .sort()
        .join('+'),
    )
    .join(',');
}

function comparableAttribute(attribute: DerValue): string {
  const [type, value, ...more] = readDerList(expectTag(attribute, DerTag.sequence).contents);
  if (value === undefined || more.length > 0) throw new DerError('an attribute has not two parts');
  return `${toHex(expectTag(type, DerTag.objectIdentifier).contents)}=${comparableValue(value)}`;
}

/** Texts begin with a quotation mark, so that no text equals the octets of something else; JSON keeps separators out. */
function comparableValue({ tag, contents, whole }: DerValue): string {
  const text = textOf(tag, contents);
  if (text === undefined) return toHex(whole);
  return JSON.stringify(text.trim().replaceAll(/\s+/g, ' ').toLowerCase());
}

function textOf(tag: number, contents: Uint8Array): string | undefined {
  switch (tag) {
    case DerTag.utf8String:
    case DerTag.printableString:
    case DerTag.ia5String:
      return new TextDecoder().decode(contents);
    case DerTag.teletexString:
      return Buffer.from(contents).toString('latin1');
    case DerTag.bmpString:
      if (contents.length % 2 !== 0) throw new DerError('a BMPString has half a character');
      return Buffer.from(contents).swap16().toString('utf16le');
    default:
      return undefined;
  }
}
