import { describe, expect, it } from 'vitest';
import {
  attributesLength,
  decodeAttributes,
  encodeAttributes,
} from '../../../../src/ike/wire/payload/attribute.ts';
import { Reader } from '../../../../src/ike/wire/reader.ts';
import { Writer } from '../../../../src/ike/wire/writer.ts';
import { layout, wireErrorOf } from '../layout.ts';

const octets = layout(
  ['80 0b 00 01', 'AF=1, type 11 life type: seconds'],
  ['00 0c 00 04', 'AF=0, type 12 life duration, four octets'],
  ['00 00 70 80', '28800'],
  ['40 00 00 00', 'AF=0, type 0x4000, no octets'],
);
const attributes = [
  { type: 11, value: 1 },
  { type: 12, value: Uint8Array.of(0, 0, 0x70, 0x80) },
  { type: 0x4000, value: new Uint8Array(0) },
];

describe('data attributes', () => {
  it('keep their basic or variable form', () => {
    expect(decodeAttributes(new Reader(octets), 3)).toEqual(attributes);
    expect(attributesLength(attributes)).toBe(octets.length);
    const writer = new Writer(octets.length);
    encodeAttributes(attributes, writer);
    expect(writer.octets).toEqual(octets);
  });

  it('leave fewer than four octets unread', () => {
    const reader = new Reader(Uint8Array.of(0x80, 1, 0, 2, 0, 0, 0));
    expect(decodeAttributes(reader, 3)).toEqual([{ type: 1, value: 2 }]);
    expect(reader.remaining).toBe(3);
  });

  it('do not read a value past the end', () => {
    const error = wireErrorOf(() => decodeAttributes(new Reader(octets, 0, 11), 3));
    expect(error).toMatchObject({ reason: 'truncated', offset: 8 });
  });

  it('stop at the limit', () => {
    expect(wireErrorOf(() => decodeAttributes(new Reader(octets), 2)).reason).toBe('limit-attributes');
  });

  it('refuse to write a type of 16 bits or a value that does not fit', () => {
    for (const wrong of [
      { type: 0x8001, value: 1 },
      { type: 1, value: 0x10000 },
      { type: 1, value: new Uint8Array(0x10000) },
    ]) {
      expect(() => encodeAttributes([wrong], new Writer(0x20000))).toThrow(RangeError);
    }
  });
});
