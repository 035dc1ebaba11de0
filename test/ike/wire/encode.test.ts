import { describe, expect, it } from 'vitest';
import {
  encodeBody,
  encodeMessage,
  encodeMessageWithBody,
  encodePayloads,
  firstPayloadType,
  opaquePayload,
  payloadsLength,
} from '../../../src/ike/wire/encode.ts';
import type { HeaderFields } from '../../../src/ike/wire/encode.ts';
import type { Payload } from '../../../src/ike/wire/message.ts';
import { layout } from './layout.ts';

const fields: HeaderFields = {
  initiatorCookie: new Uint8Array(8).fill(1),
  responderCookie: new Uint8Array(8).fill(2),
  version: 0x10,
  exchangeType: 2,
  flags: 0,
  messageId: 0,
};
const payloads: readonly Payload[] = [
  { kind: 'key-exchange', data: Uint8Array.of(0xaa) },
  { kind: 'nat-discovery', data: Uint8Array.of(0xbb, 0xcc), draft: true, reserved: 7 },
  { kind: 'unknown', type: 0xfe, raw: Uint8Array.of(0xdd) },
];
const chain = layout(
  ['82 00 00 05 aa', 'key exchange, a draft NAT-D follows'],
  ['fe 07 00 06 bb cc', 'NAT-D with RESERVED 7, type 254 follows'],
  ['00 00 00 05 dd', 'the last one'],
);

describe('encoding', () => {
  it('chains payloads by their numbers', () => {
    expect(encodePayloads(payloads)).toEqual(chain);
    expect(payloadsLength(payloads)).toBe(16);
    expect(firstPayloadType(payloads)).toBe(4);
  });

  it('pads a chain with zero octets to whole blocks', () => {
    expect(encodePayloads(payloads, 16)).toEqual(chain);
    expect(encodePayloads(payloads.slice(0, 1), 8)).toEqual(
      layout(['00 00 00 05 aa', 'key exchange'], ['00 00 00', 'padding']),
    );
  });

  it('makes a whole message', () => {
    expect(encodeMessage(fields, payloads)).toEqual(
      layout(
        ['01 01 01 01 01 01 01 01 02 02 02 02 02 02 02 02', 'cookies'],
        ['04 10 02 00 00 00 00 00', 'key exchange first, version 1.0, main mode'],
        ['00 00 00 2c', 'length: 44'],
        ['82 00 00 05 aa fe 07 00 06 bb cc 00 00 00 05 dd', 'payloads'],
      ),
    );
  });

  it('makes a message of no payloads', () => {
    const octets = encodeMessage(fields, []);
    expect(octets).toHaveLength(28);
    expect(octets[16]).toBe(0);
    expect(octets[27]).toBe(28);
  });

  it('makes a message around a body that is octets already', () => {
    expect(encodeMessageWithBody(fields, 4, chain)).toEqual(encodeMessage(fields, payloads));
  });

  it('ignores raw, except for unknown payloads', () => {
    const raw = Uint8Array.of(1, 2, 3);
    expect(encodeBody({ kind: 'nonce', data: Uint8Array.of(9), raw })).toEqual(Uint8Array.of(9));
    expect(encodeBody({ kind: 'unknown', type: 99, raw })).toEqual(raw);
  });

  it('refuses a payload that its length field cannot tell', () => {
    const largest = new Uint8Array(65_531);
    expect(encodePayloads([{ kind: 'nonce', data: largest }])).toHaveLength(65_535);
    expect(() => encodePayloads([{ kind: 'nonce', data: new Uint8Array(65_532) }])).toThrow(RangeError);
  });
});

describe('an opaque payload', () => {
  it('is its number and its body, as it came or as it is encoded', () => {
    const data = Uint8Array.of(0xaa);
    expect(opaquePayload({ kind: 'key-exchange', data })).toEqual({ kind: 'unknown', type: 4, raw: data });
    const raw = Uint8Array.of(1, 2);
    expect(opaquePayload({ kind: 'key-exchange', data, raw })).toEqual({ kind: 'unknown', type: 4, raw });
    expect(opaquePayload({ kind: 'nat-discovery', data, draft: true }).type).toBe(0x82);
  });
});
