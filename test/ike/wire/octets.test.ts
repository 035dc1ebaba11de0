import { describe, expect, it } from 'vitest';
import {
  asciiOctets,
  compareOctets,
  concatOctets,
  equalOctets,
  fromHex,
  isZeroOctets,
  passingOctets,
  toHex,
  uint32At,
  uint32Octets,
} from '../../../src/ike/wire/octets.ts';

describe('octets', () => {
  it('are joined in fresh memory', () => {
    const part = Uint8Array.of(1, 2);
    const whole = concatOctets(part, new Uint8Array(0), part.subarray(1));
    expect(whole).toEqual(Uint8Array.of(1, 2, 2));
    part[0] = 9;
    expect(whole[0]).toBe(1);
    expect(concatOctets()).toEqual(new Uint8Array(0));
  });

  it('are joined for somebody who looks at once, however many they are', () => {
    const first = passingOctets(Uint8Array.of(1, 2), new Uint8Array(0), Uint8Array.of(3));
    expect(first).toEqual(Uint8Array.of(1, 2, 3));
    const long = new Uint8Array(5000).fill(7);
    expect(passingOctets(long, Uint8Array.of(8))).toEqual(concatOctets(long, Uint8Array.of(8)));
    expect(passingOctets(Uint8Array.of(4))).toEqual(Uint8Array.of(4));
    expect(passingOctets()).toEqual(new Uint8Array(0));
  });

  it('are equal when length and every octet are', () => {
    expect(equalOctets(Uint8Array.of(1, 2, 3), Uint8Array.of(0, 1, 2, 3).subarray(1))).toBe(true);
    expect(equalOctets(Uint8Array.of(9, 2, 3), Uint8Array.of(1, 2, 3))).toBe(false);
    expect(equalOctets(Uint8Array.of(1, 2, 9), Uint8Array.of(1, 2, 3))).toBe(false);
    expect(equalOctets(Uint8Array.of(1, 2), Uint8Array.of(1, 2, 0))).toBe(false);
    expect(equalOctets(new Uint8Array(0), new Uint8Array(0))).toBe(true);
  });

  it('are ordered as unsigned numbers, a prefix first', () => {
    const sorted = ['', '00', '01', '01ff', '02', '80', 'ff'];
    const shuffled = ['80', '01ff', '', 'ff', '02', '00', '01'].map(fromHex);
    expect(shuffled.sort(compareOctets).map(toHex)).toEqual(sorted);
    expect(compareOctets(Uint8Array.of(5), Uint8Array.of(5))).toBe(0);
  });

  it('are zero when all of them are', () => {
    expect(isZeroOctets(new Uint8Array(8))).toBe(true);
    expect(isZeroOctets(Uint8Array.of(0, 0, 1))).toBe(false);
    expect(isZeroOctets(Uint8Array.of(0, 0, 1), 2)).toBe(true);
    expect(isZeroOctets(Uint8Array.of(0, 1, 0), 2)).toBe(false);
  });

  it('become hex and come back', () => {
    expect(toHex(Uint8Array.of(0, 0x0a, 0xff))).toBe('000aff');
    expect(fromHex('00:0A ff\n')).toEqual(Uint8Array.of(0, 0x0a, 0xff));
    expect(() => fromHex('000')).toThrow(RangeError);
    expect(() => fromHex('0g')).toThrow(RangeError);
  });

  it('come from ASCII text only', () => {
    expect(asciiOctets('a\u007f')).toEqual(Uint8Array.of(0x61, 0x7f));
    expect(() => asciiOctets('ä')).toThrow(RangeError);
  });

  it('hold 32-bit numbers in network order', () => {
    expect(uint32Octets(0xdeadbeef)).toEqual(Uint8Array.of(0xde, 0xad, 0xbe, 0xef));
    expect(uint32At(Uint8Array.of(0, 0xde, 0xad, 0xbe, 0xef), 1)).toBe(0xdeadbeef);
  });
});
