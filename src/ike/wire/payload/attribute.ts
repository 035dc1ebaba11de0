/**
 * Data attributes (RFC 2408 §3.3), of transforms and of mode-config payloads.
 *
 * ```text
 *  0                   1                   2                   3
 *  0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 * +-+-----------------------------+-------------------------------+
 * |A|       attribute type        |   AF=1: value                 |
 * |F|                             |   AF=0: length of value       |
 * +-+-----------------------------+-------------------------------+
 * |   AF=0: value                                                 .
 * +---------------------------------------------------------------+
 * ```
 */
import type { Attribute } from '../message.ts';
import type { Reader } from '../reader.ts';
import { WireError } from '../wire-error.ts';
import type { Writer } from '../writer.ts';

const ATTRIBUTE_HEADER_LENGTH = 4;
const BASIC_FORM = 0x8000;

/**
 * Reads attributes until fewer than four octets are left in `reader`; what those mean is for the caller.
 * @throws WireError `truncated`; `limit-attributes` for more than `maximum`.
 */
export function decodeAttributes(reader: Reader, maximum: number): Attribute[] {
  const attributes: Attribute[] = [];
  while (reader.remaining >= ATTRIBUTE_HEADER_LENGTH) {
    if (attributes.length === maximum) {
      throw new WireError('limit-attributes', reader.offset, `more than ${maximum} attributes`);
    }
    const formAndType = reader.readUint16('attribute type');
    const valueOrLength = reader.readUint16('attribute value');
    attributes.push({
      type: formAndType & ~BASIC_FORM,
      value:
        (formAndType & BASIC_FORM) !== 0
          ? valueOrLength
          : reader.readOctets(valueOrLength, 'attribute value'),
    });
  }
  return attributes;
}

/** Octets that the attributes take. */
export function attributesLength(attributes: readonly Attribute[]): number {
  let length = attributes.length * ATTRIBUTE_HEADER_LENGTH;
  for (const { value } of attributes) if (typeof value !== 'number') length += value.length;
  return length;
}

/** @throws RangeError for a type of more than 15 bits, or a value of more than 16 bits or 65535 octets. */
export function encodeAttributes(attributes: readonly Attribute[], writer: Writer): void {
  for (const { type, value } of attributes) {
    if ((type & BASIC_FORM) !== 0) throw new RangeError(`attribute type ${type} does not fit 15 bits`);
    if (typeof value === 'number') {
      writer.writeUint16(type | BASIC_FORM);
      writer.writeUint16(value);
    } else {
      writer.writeUint16(type);
      writer.writeUint16(value.length);
      writer.writeOctets(value);
    }
  }
}
