/**
 * Payloads of a type that is not known; the body is kept as it is.
 *
 * ```text
 *  0                   1                   2                   3
 *  0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 * +---------------------------------------------------------------+
 * |                         any octets                            .
 * +---------------------------------------------------------------+
 * ```
 */
import type { UnknownPayload } from '../message.ts';
import type { Reader } from '../reader.ts';
import type { Writer } from '../writer.ts';

/** Reads the body of a payload that came under number `type`. */
export function decodeUnknown(body: Reader, type: number): UnknownPayload {
  return { kind: 'unknown', type, raw: body.readRest() };
}

/** Octets of the body. */
export function unknownLength(payload: UnknownPayload): number {
  return payload.raw.length;
}

/** Writes the body. */
export function encodeUnknown(payload: UnknownPayload, writer: Writer): void {
  writer.writeOctets(payload.raw);
}
