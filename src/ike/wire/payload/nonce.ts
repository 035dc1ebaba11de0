/**
 * Nonce payload (RFC 2408 §3.13); body after the generic header:
 *
 * ```text
 *  0                   1                   2                   3
 *  0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 * +---------------------------------------------------------------+
 * |              nonce, 8 to 256 octets (RFC 2409 §5)             .
 * +---------------------------------------------------------------+
 * ```
 */
import type { NoncePayload } from '../message.ts';
import type { Reader } from '../reader.ts';
import type { Writer } from '../writer.ts';

/** Reads the body; any number of octets will do. */
export function decodeNonce(body: Reader): NoncePayload {
  return { kind: 'nonce', data: body.readRest() };
}

/** Octets of the body. */
export function nonceLength(payload: NoncePayload): number {
  return payload.data.length;
}

/** Writes the body. */
export function encodeNonce(payload: NoncePayload, writer: Writer): void {
  writer.writeOctets(payload.data);
}
