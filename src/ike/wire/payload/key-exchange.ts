/**
 * Key exchange payload (RFC 2408 §3.7); body after the generic header:
 *
 * ```text
 *  0                   1                   2                   3
 *  0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 * +---------------------------------------------------------------+
 * |                  public Diffie-Hellman value                  .
 * +---------------------------------------------------------------+
 * ```
 */
import type { KeyExchangePayload } from '../message.ts';
import type { Reader } from '../reader.ts';
import type { Writer } from '../writer.ts';

/** Reads the body; any number of octets will do. */
export function decodeKeyExchange(body: Reader): KeyExchangePayload {
  return { kind: 'key-exchange', data: body.readRest() };
}

/** Octets of the body. */
export function keyExchangeLength(payload: KeyExchangePayload): number {
  return payload.data.length;
}

/** Writes the body. */
export function encodeKeyExchange(payload: KeyExchangePayload, writer: Writer): void {
  writer.writeOctets(payload.data);
}
