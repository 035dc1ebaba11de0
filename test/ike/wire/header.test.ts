import { describe, expect, it } from 'vitest';
import { decodeHeader, encodeHeader, isWholeMessage } from '../../../src/ike/wire/header.ts';
import type { Header } from '../../../src/ike/wire/message.ts';
import { concatOctets } from '../../../src/ike/wire/octets.ts';
import { layout, wireErrorOf } from './layout.ts';

const octets = layout(
  ['01 02 03 04 05 06 07 08', 'initiator cookie'],
  ['a1 a2 a3 a4 a5 a6 a7 a8', 'responder cookie'],
  ['08', 'next payload: hash'],
  ['10', 'version 1.0'],
  ['20', 'quick mode'],
  ['01', 'encrypted'],
  ['fe dc ba 98', 'message ID'],
  ['00 00 00 1c', 'length: 28'],
);
const header: Header = {
  initiatorCookie: Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 8),
  responderCookie: Uint8Array.of(0xa1, 0xa2, 0xa3, 0xa4, 0xa5, 0xa6, 0xa7, 0xa8),
  nextPayload: 8,
  version: 0x10,
  exchangeType: 0x20,
  flags: 1,
  messageId: 0xfedcba98,
  length: 28,
};

function withLength(length: string): Uint8Array {
  return concatOctets(octets.subarray(0, 24), layout([length, 'length']));
}

describe('header', () => {
  it('is 28 octets with unsigned numbers', () => {
    expect(decodeHeader(octets)).toEqual(header);
    expect(encodeHeader(header)).toEqual(octets);
  });

  it('tells a whole message from anything else', () => {
    expect(isWholeMessage(octets)).toBe(true);
    expect(isWholeMessage(octets.subarray(0, 27))).toBe(false);
    expect(isWholeMessage(concatOctets(octets, Uint8Array.of(0)))).toBe(false);
    expect(isWholeMessage(withLength('00 00 00 1d'))).toBe(false);
    expect(isWholeMessage(octets.with(17, 0x20))).toBe(false);
  });

  it('is refused when the datagram is shorter than a header or than the length field', () => {
    expect(wireErrorOf(() => decodeHeader(octets.subarray(0, 27)))).toMatchObject({
      reason: 'message-too-short',
      offset: 0,
    });
    expect(wireErrorOf(() => decodeHeader(withLength('00 00 00 1d')))).toMatchObject({
      reason: 'message-too-short',
      offset: 24,
    });
    expect(wireErrorOf(() => decodeHeader(withLength('ff ff ff ff'))).reason).toBe('message-too-short');
  });

  it('is refused when the length field is less than a header', () => {
    expect(wireErrorOf(() => decodeHeader(withLength('00 00 00 1b')))).toMatchObject({
      reason: 'length-too-small',
      offset: 24,
    });
  });

  it('lets a datagram be longer than the message', () => {
    expect(decodeHeader(concatOctets(octets, new Uint8Array(16)))).toEqual(header);
  });

  it('cannot be written with a cookie of another length or a number too large', () => {
    expect(() => encodeHeader({ ...header, initiatorCookie: new Uint8Array(7) })).toThrow(RangeError);
    expect(() => encodeHeader({ ...header, responderCookie: new Uint8Array(9) })).toThrow(RangeError);
    expect(() => encodeHeader({ ...header, messageId: 2 ** 32 })).toThrow(RangeError);
  });
});
