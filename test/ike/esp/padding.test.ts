import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { NextHeader, tunnelNextHeader } from '../../../src/ike/esp/next-header.ts';
import { padContent, unpadContent } from '../../../src/ike/esp/padding.ts';
import { fromHex, toHex } from '../../../src/ike/wire/octets.ts';

describe('ESP padding', () => {
  it.each([
    ['', 4, '01020204'],
    ['aa', 4, 'aa010104'],
    ['aabb', 4, 'aabb0004'],
    ['aabbcc', 4, 'aabbcc0102030304'],
    ['aabbcc', 8, 'aabbcc0102030304'],
    ['aa', 16, 'aa0102030405060708090a0b0c0d0d04'],
  ])('of %j to a multiple of %i', (payload, alignment, plaintext) => {
    expect(toHex(padContent({ payload: fromHex(payload), nextHeader: 4 }, alignment))).toBe(plaintext);
    expect(unpadContent(fromHex(plaintext))).toEqual({ payload: fromHex(payload), nextHeader: 4 });
  });

  it('is taken off whatever its length, up to 255', () => {
    const padding = Uint8Array.from({ length: 255 }, (_, i) => i + 1);
    expect(unpadContent(Uint8Array.of(7, ...padding, 255, 59))).toEqual({
      payload: Uint8Array.of(7),
      nextHeader: 59,
    });
  });

  it.each(['', '00', '0104', 'aa0204', '01030204', '02010204', '00000204'])('is wrong in %j', (plaintext) => {
    expect(unpadContent(fromHex(plaintext))).toBeUndefined();
  });

  it('of any octets never throws', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), (plaintext) => {
        const content = unpadContent(plaintext);
        if (content !== undefined) expect(content.payload.length).toBeLessThanOrEqual(plaintext.length - 2);
      }),
    );
  });
});

describe('tunnelNextHeader', () => {
  it('goes by the version of the packet', () => {
    expect(tunnelNextHeader(Uint8Array.of(0x45))).toBe(NextHeader.ipv4);
    expect(tunnelNextHeader(Uint8Array.of(0x60))).toBe(NextHeader.ipv6);
    expect(tunnelNextHeader(Uint8Array.of(0x50))).toBeUndefined();
    expect(tunnelNextHeader(new Uint8Array(0))).toBeUndefined();
  });
});
