/**
 * NAT original address payload (RFC 3947 §5.2; type 0x83 in its drafts); body after the generic header:
 *
 * ```text
 *  0                   1                   2                   3
 *  0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 * +---------------+-----------------------------------------------+
 * |    ID type    |                   RESERVED                    |
 * +---------------+-----------------------------------------------+
 * |               address, 4 or 16 octets                         .
 * +---------------------------------------------------------------+
 * ```
 */
import type { NatOriginalAddressPayload } from '../message.ts';
import type { Reader } from '../reader.ts';
import type { Writer } from '../writer.ts';

/**
 * Reads the body; whether the address suits the ID type is not judged. `isDraft`: it came under
 * the drafts' number.
 * @throws WireError `truncated`.
 */
export function decodeNatOriginalAddress(body: Reader, isDraft: boolean): NatOriginalAddressPayload {
  const idType = body.readUint8('ID type');
  const reserved2 = (body.readUint8('RESERVED') << 16) | body.readUint16('RESERVED');
  const payload: NatOriginalAddressPayload = {
    kind: 'nat-original-address',
    idType,
    address: body.readRest(),
  };
  if (isDraft) payload.draft = true;
  if (reserved2 !== 0) payload.reserved2 = reserved2;
  return payload;
}

/** Octets of the body. */
export function natOriginalAddressLength(payload: NatOriginalAddressPayload): number {
  return 4 + payload.address.length;
}

/** Writes the body. @throws RangeError for a number that does not fit its field. */
export function encodeNatOriginalAddress(payload: NatOriginalAddressPayload, writer: Writer): void {
  const reserved2 = payload.reserved2 ?? 0;
  writer.writeUint8(payload.idType);
  writer.writeUint8(reserved2 >>> 16);
  writer.writeUint16(reserved2 & 0xffff);
  writer.writeOctets(payload.address);
}
