/**
 * Attributes payload of mode-config and XAUTH (draft-dukes-ike-mode-cfg-02 §3.2); body after the generic header:
 *
 * ```text
 *  0                   1                   2                   3
 *  0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 * +---------------+---------------+-------------------------------+
 * | 1 REQ 2 REPLY |   RESERVED    |          identifier           |
 * | 3 SET 4 ACK   |               |                               |
 * +---------------+---------------+-------------------------------+
 * |           attributes, perhaps 1 to 3 zero octets              .
 * +---------------------------------------------------------------+
 * ```
 */
import { MAXIMUM_CONFIGURATION_ATTRIBUTES } from '../limits.ts';
import type { AttributesPayload } from '../message.ts';
import { isZeroOctets } from '../octets.ts';
import type { Reader } from '../reader.ts';
import { WireError } from '../wire-error.ts';
import type { Writer } from '../writer.ts';
import { attributesLength, decodeAttributes, encodeAttributes } from './attribute.ts';

/** Fewer octets than an attribute's header; more would be read as an attribute. */
const MAXIMUM_TRAILING = 3;

/**
 * Reads the body. Up to three zero octets at the end are let through, because libreswan aligns
 * the payload and counts the padding into its length.
 * @throws WireError `truncated`, `limit-attributes`, or `trailing-octets` for other octets at the end.
 */
export function decodeAttributesPayload(body: Reader): AttributesPayload {
  const messageType = body.readUint8('message type');
  const reserved2 = body.readUint8('RESERVED');
  const identifier = body.readUint16('identifier');
  const attributes = decodeAttributes(body, MAXIMUM_CONFIGURATION_ATTRIBUTES);
  const payload: AttributesPayload = { kind: 'attributes', messageType, identifier, attributes };
  if (body.remaining > 0) {
    const { offset } = body;
    const trailing = body.readRest();
    if (!isZeroOctets(trailing)) {
      throw new WireError('trailing-octets', offset, `${trailing.length} octets after the last attribute`);
    }
    payload.trailing = trailing.length;
  }
  if (reserved2 !== 0) payload.reserved2 = reserved2;
  return payload;
}

/** Octets of the body. */
export function attributesPayloadLength(payload: AttributesPayload): number {
  return 4 + attributesLength(payload.attributes) + (payload.trailing ?? 0);
}

/** Writes the body. @throws RangeError for more than three trailing octets or a number that does not fit its field. */
export function encodeAttributesPayload(payload: AttributesPayload, writer: Writer): void {
  const trailing = payload.trailing ?? 0;
  if (trailing < 0 || trailing > MAXIMUM_TRAILING)
    throw new RangeError(`${trailing} trailing octets, the limit is ${MAXIMUM_TRAILING}`);
  writer.writeUint8(payload.messageType);
  writer.writeUint8(payload.reserved2 ?? 0);
  writer.writeUint16(payload.identifier);
  encodeAttributes(payload.attributes, writer);
  writer.skip(trailing);
}
