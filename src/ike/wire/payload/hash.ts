/**
 * Hash payload (RFC 2408 §3.11); body after the generic header:
 *
 * ```text
 *  0                   1                   2                   3
 *  0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 * +---------------------------------------------------------------+
 * |               hash, as long as the prf's output               .
 * +---------------------------------------------------------------+
 * ```
 */
import type { HashPayload } from '../message.ts';
import type { Reader } from '../reader.ts';
import type { Writer } from '../writer.ts';

/** Reads the body; any number of octets will do. */
export function decodeHash(body: Reader): HashPayload {
  return { kind: 'hash', data: body.readRest() };
}

/** Octets of the body. */
export function hashLength(payload: HashPayload): number {
  return payload.data.length;
}

/** Writes the body. */
export function encodeHash(payload: HashPayload, writer: Writer): void {
  writer.writeOctets(payload.data);
}
