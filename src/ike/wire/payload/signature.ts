/**
 * Signature payload (RFC 2408 §3.12); body after the generic header:
 *
 * ```text
 *  0                   1                   2                   3
 *  0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 * +---------------------------------------------------------------+
 * |                           signature                           .
 * +---------------------------------------------------------------+
 * ```
 */
import type { SignaturePayload } from '../message.ts';
import type { Reader } from '../reader.ts';
import type { Writer } from '../writer.ts';

/** Reads the body; any number of octets will do. */
export function decodeSignature(body: Reader): SignaturePayload {
  return { kind: 'signature', data: body.readRest() };
}

/** Octets of the body. */
export function signatureLength(payload: SignaturePayload): number {
  return payload.data.length;
}

/** Writes the body. */
export function encodeSignature(payload: SignaturePayload, writer: Writer): void {
  writer.writeOctets(payload.data);
}
