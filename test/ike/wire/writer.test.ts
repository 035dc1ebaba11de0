import { describe, expect, it } from 'vitest';
import { Writer } from '../../../src/ike/wire/writer.ts';

describe('writer', () => {
  it('writes fields in network order', () => {
    const writer = new Writer(12);
    writer.writeUint8(0xff);
    writer.writeUint16(0x0102);
    writer.writeUint32(0xfedcba98);
    writer.skip(2);
    writer.writeOctets(Uint8Array.of(7, 8, 9));
    expect(writer.offset).toBe(12);
    expect(writer.octets).toEqual(Uint8Array.of(0xff, 1, 2, 0xfe, 0xdc, 0xba, 0x98, 0, 0, 7, 8, 9));
  });

  it('never cuts a number to its field', () => {
    const writer = new Writer(8);
    for (const wrong of [-1, 0.5, Number.NaN]) {
      expect(() => writer.writeUint8(wrong)).toThrow(RangeError);
      expect(() => writer.writeUint16(wrong)).toThrow(RangeError);
      expect(() => writer.writeUint32(wrong)).toThrow(RangeError);
    }
    expect(() => writer.writeUint8(0x100)).toThrow(RangeError);
    expect(() => writer.writeUint16(0x10000)).toThrow(RangeError);
    expect(() => writer.writeUint32(0x100000000)).toThrow(RangeError);
    expect(writer.offset).toBe(0);
  });

  it('never writes past its end', () => {
    const writer = new Writer(1);
    expect(() => writer.writeUint16(1)).toThrow(RangeError);
    expect(() => writer.writeOctets(new Uint8Array(2))).toThrow(RangeError);
    expect(() => writer.skip(2)).toThrow(RangeError);
    writer.writeUint8(1);
    expect(() => writer.writeUint8(1)).toThrow(RangeError);
  });
});
