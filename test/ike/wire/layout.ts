/** Hand-made octets for tests, written so that a reader sees what each group means. */
import { expect } from 'vitest';
import { decodePayloads } from '../../../src/ike/wire/decode.ts';
import { encodeBody, encodePayloads, payloadNumber } from '../../../src/ike/wire/encode.ts';
import type { Payload } from '../../../src/ike/wire/message.ts';
import { concatOctets, fromHex } from '../../../src/ike/wire/octets.ts';
import { WireError } from '../../../src/ike/wire/wire-error.ts';

/** Octets of rows that pair hex digits with what they stand for. */
export function layout(...rows: readonly (readonly [hex: string, meaning: string])[]): Uint8Array {
  return concatOctets(...rows.map(([hex]) => fromHex(hex)));
}

/** The body as the only payload of a chain: generic header before it. */
export function asChain(body: Uint8Array): Uint8Array {
  const length = body.length + 4;
  return concatOctets(Uint8Array.of(0, 0, length >> 8, length & 0xff), body);
}

/** Checks that `payload` is written as `body` under number `type`, and read from it again. */
export function expectBody(type: number, body: Uint8Array, payload: Payload): void {
  expect(payloadNumber(payload)).toBe(type);
  expect(encodeBody(payload)).toEqual(body);
  expect(encodePayloads([payload])).toEqual(asChain(body));
  expect(decodePayloads(type, asChain(body))).toEqual({
    payloads: [{ ...payload, raw: body }],
    consumed: body.length + 4,
  });
}

/** The error that `decode` throws; fails when it throws another kind or none. */
export function wireErrorOf(decode: () => unknown): WireError {
  try {
    decode();
  } catch (error) {
    if (error instanceof WireError) return error;
    throw error;
  }
  throw new Error('no error was thrown');
}

/** The error of a payload body that is broken; offsets count from the generic header. */
export function bodyError(type: number, body: Uint8Array): WireError {
  return wireErrorOf(() => decodePayloads(type, asChain(body)));
}
