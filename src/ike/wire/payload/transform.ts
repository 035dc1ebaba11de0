/**
 * Transforms, the substructures of a proposal (RFC 2408 §3.6).
 *
 * ```text
 *  0                   1                   2                   3
 *  0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 * +---------------+---------------+-------------------------------+
 * | 3, last: 0    |   RESERVED    |       transform length        |
 * +---------------+---------------+-------------------------------+
 * | transform no. | transform ID  |           RESERVED2           |
 * +---------------+---------------+-------------------------------+
 * |                        attributes                             .
 * +---------------------------------------------------------------+
 * ```
 */
import { MAXIMUM_TRANSFORM_ATTRIBUTES } from '../limits.ts';
import type { Transform } from '../message.ts';
import { PayloadType } from '../numbers.ts';
import type { Reader } from '../reader.ts';
import type { Writer } from '../writer.ts';
import { attributesLength, decodeAttributes, encodeAttributes } from './attribute.ts';
import { decodeSubstructures } from './substructure.ts';

const TRANSFORM_HEADER_LENGTH = 8;

/**
 * Reads all transforms up to the end of `reader`.
 * @throws WireError for anything but a list of transforms, or more than `maximum`.
 */
export function decodeTransforms(reader: Reader, maximum: number): Transform[] {
  return decodeSubstructures(
    reader,
    {
      type: PayloadType.transform,
      name: 'transform',
      headerLength: TRANSFORM_HEADER_LENGTH,
      maximum,
      limit: 'limit-transforms',
    },
    decodeTransform,
  );
}

function decodeTransform(part: Reader, reserved: number): Transform {
  const number = part.readUint8('transform number');
  const transformId = part.readUint8('transform ID');
  const reserved2 = part.readUint16('RESERVED2');
  const attributes = decodeAttributes(part, MAXIMUM_TRANSFORM_ATTRIBUTES);
  part.requireEnd('attributes');
  const transform: Transform = { number, transformId, attributes };
  if (reserved !== 0) transform.reserved = reserved;
  if (reserved2 !== 0) transform.reserved2 = reserved2;
  return transform;
}

/** Octets of one transform with its own header. */
export function transformLength(transform: Transform): number {
  return TRANSFORM_HEADER_LENGTH + attributesLength(transform.attributes);
}

/** @throws RangeError for a number that does not fit its field. */
export function encodeTransforms(transforms: readonly Transform[], writer: Writer): void {
  let left = transforms.length;
  for (const transform of transforms) {
    left--;
    writer.writeUint8(left === 0 ? PayloadType.none : PayloadType.transform);
    writer.writeUint8(transform.reserved ?? 0);
    writer.writeUint16(transformLength(transform));
    writer.writeUint8(transform.number);
    writer.writeUint8(transform.transformId);
    writer.writeUint16(transform.reserved2 ?? 0);
    encodeAttributes(transform.attributes, writer);
  }
}
