/**
 * Reading and writing values of the Distinguished Encoding Rules (X.690), as far as certificates need:
 *
 *      0                   1                   2
 *     +-------------------+-------------------+----------------
 *     |        tag        | length (1 to 4)   |  contents ...
 *     +-------------------+-------------------+----------------
 *
 * Length: one octet below 0x80, or 0x81, 0x82, 0x83 and as many octets, no more than needed.
 */

import { concatOctets } from '../ike/wire/octets.ts';

/** Octets that are no DER, or not the DER that was expected. */
export class DerError extends Error {
  override readonly name = 'DerError';
}

export const DerTag = {
  boolean: 0x01,
  integer: 0x02,
  bitString: 0x03,
  octetString: 0x04,
  objectIdentifier: 0x06,
  utf8String: 0x0c,
  printableString: 0x13,
  teletexString: 0x14,
  ia5String: 0x16,
  utcTime: 0x17,
  generalizedTime: 0x18,
  bmpString: 0x1e,
  sequence: 0x30,
  set: 0x31,
} as const;

/** A value; `contents` and `whole` share memory with the octets that were read. */
export interface DerValue {
  readonly tag: number;
  readonly contents: Uint8Array;
  /** Tag, length and contents. */
  readonly whole: Uint8Array;
}

const LENGTH_OCTETS_MAXIMUM = 3;

/**
 * The value at the start of the octets.
 * @throws DerError for a tag of several octets, a length that is indefinite, too long or not minimal, and missing octets.
 */
export function readDer(octets: Uint8Array): DerValue {
  const [tag, first] = octets;
  if (tag === undefined || first === undefined) throw new DerError('a value ends before its contents');
  if ((tag & 0x1f) === 0x1f) throw new DerError('a tag has several octets');
  let start = 2;
  let length = first;
  if (first >= 0x80) {
    start += first - 0x80;
    if (first === 0x80 || start > 2 + LENGTH_OCTETS_MAXIMUM) throw new DerError('a length is out of bounds');
    length = octets.subarray(2, start).reduce((sum, octet) => sum * 256 + octet, 0);
    if (length < 0x80 || octets[2] === 0) throw new DerError('a length is not in its shortest form');
  }
  if (start + length > octets.length) throw new DerError('a value is longer than the octets');
  return { tag, contents: octets.subarray(start, start + length), whole: octets.subarray(0, start + length) };
}

/** The one value that the octets hold. @throws DerError as `readDer`, and for octets after it or another tag. */
export function readWholeDer(octets: Uint8Array, tag: number): DerValue {
  const value = readDer(octets);
  if (value.whole.length !== octets.length) throw new DerError('octets follow the value');
  return expectTag(value, tag);
}

/** The values one after the other. @throws DerError as `readDer`. */
export function readDerList(octets: Uint8Array): DerValue[] {
  const values: DerValue[] = [];
  for (let offset = 0; offset < octets.length;) {
    const value = readDer(octets.subarray(offset));
    values.push(value);
    offset += value.whole.length;
  }
  return values;
}

/** The value when it is there with the tag. @throws DerError otherwise. */
export function expectTag(value: DerValue | undefined, tag: number): DerValue {
  if (value?.tag !== tag) {
    throw new DerError(`tag 0x${tag.toString(16)} expected, found ${value?.tag.toString(16) ?? 'nothing'}`);
  }
  return value;
}

/** One value. @throws RangeError for contents of 2^24 octets and more. */
export function encodeDer(tag: number, ...contents: readonly Uint8Array[]): Uint8Array {
  const length = contents.reduce((sum, part) => sum + part.length, 0);
  if (length >= 0x1000000) throw new RangeError(`${length} octets are too many for a DER value here`);
  const octets = [length >>> 16, (length >>> 8) & 0xff, length & 0xff];
  const firstUsed = length < 0x100 ? 2 : length < 0x10000 ? 1 : 0;
  const lengthOctets = length < 0x80 ? [length] : [0x80 + 3 - firstUsed, ...octets.slice(firstUsed)];
  return concatOctets(Uint8Array.of(tag, ...lengthOctets), ...contents);
}

/** A non-negative INTEGER that fits into a safe number. @throws DerError for any other. */
export function smallInteger({ contents }: DerValue): number {
  if (contents.length === 0 || contents.length > 6 || contents[0]! >= 0x80) {
    throw new DerError('an integer is out of bounds');
  }
  return contents.reduce((sum, octet) => sum * 256 + octet, 0);
}

/**
 * UTCTime or GeneralizedTime as RFC 5280 §4.1.2.5 allows them, in milliseconds since 1970.
 * @throws DerError for other forms and for dates that do not exist.
 */
export function timeMs({ tag, contents }: DerValue): number {
  const text = String.fromCharCode(...contents.subarray(0, 16));
  const isShort = tag === DerTag.utcTime;
  if (!isShort && tag !== DerTag.generalizedTime) throw new DerError('a time has another tag');
  if (!(isShort ? /^\d{12}Z$/ : /^\d{14}Z$/).test(text)) throw new DerError('a time has another form');
  const full = isShort ? `${Number(text.slice(0, 2)) < 50 ? '20' : '19'}${text}` : text;
  const iso = full.replace(/^(....)(..)(..)(..)(..)(..)Z$/, '$1-$2-$3T$4:$5:$6.000Z');
  const ms = Date.parse(iso);
  if (Number.isNaN(ms) || new Date(ms).toISOString() !== iso) throw new DerError('a time does not exist');
  return ms;
}
