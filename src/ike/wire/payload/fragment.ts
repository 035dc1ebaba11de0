/**
 * Fragment payload (type 0x84 of Cisco and Microsoft, MS-IKEE §2.2); body after the generic header:
 *
 * ```text
 *  0                   1                   2                   3
 *  0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 * +-------------------------------+---------------+-------------+-+
 * |          fragment ID          | number from 1 |    flags    |L|
 * +-------------------------------+---------------+-------------+-+
 * |          piece of an ISAKMP message, header included          .
 * +---------------------------------------------------------------+
 * L: this is the last fragment
 * ```
 */
import type { FragmentPayload } from '../message.ts';
import type { Reader } from '../reader.ts';
import type { Writer } from '../writer.ts';

/** Octets of the body before the data. */
export const FRAGMENT_HEADER_LENGTH = 4;
const LAST_FRAGMENT = 0x01;

/** Reads the body. @throws WireError `truncated`. */
export function decodeFragment(body: Reader): FragmentPayload {
  const fragmentId = body.readUint16('fragment ID');
  const number = body.readUint8('fragment number');
  const flags = body.readUint8('fragment flags');
  const payload: FragmentPayload = {
    kind: 'fragment',
    fragmentId,
    number,
    isLast: (flags & LAST_FRAGMENT) !== 0,
    data: body.readRest(),
  };
  const otherFlags = flags & ~LAST_FRAGMENT;
  if (otherFlags !== 0) payload.reserved2 = otherFlags;
  return payload;
}

/** Octets of the body. */
export function fragmentLength(payload: FragmentPayload): number {
  return FRAGMENT_HEADER_LENGTH + payload.data.length;
}

/** Writes the body. @throws RangeError for a number that does not fit its field. */
export function encodeFragment(payload: FragmentPayload, writer: Writer): void {
  writer.writeUint16(payload.fragmentId);
  writer.writeUint8(payload.number);
  writer.writeUint8((payload.isLast ? LAST_FRAGMENT : 0) | (payload.reserved2 ?? 0));
  writer.writeOctets(payload.data);
}
