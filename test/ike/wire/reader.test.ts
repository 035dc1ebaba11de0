import { describe, expect, it } from 'vitest';
import { Reader } from '../../../src/ike/wire/reader.ts';
import { wireErrorOf } from './layout.ts';

const octets = Uint8Array.of(0xff, 0x01, 0x02, 0xfe, 0xdc, 0xba, 0x98, 0x07, 0x08);

describe('reader', () => {
  it('reads unsigned fields in network order', () => {
    const reader = new Reader(octets);
    expect(reader.readUint8('a')).toBe(0xff);
    expect(reader.readUint16('b')).toBe(0x0102);
    expect(reader.readUint32('c')).toBe(0xfedcba98);
    expect(reader.remaining).toBe(2);
    expect(reader.readRest()).toEqual(Uint8Array.of(7, 8));
    expect(reader.readRest()).toEqual(new Uint8Array(0));
  });

  it('gives views, not copies', () => {
    const reader = new Reader(octets, 3);
    const view = reader.readOctets(2, 'd');
    expect(view.buffer).toBe(octets.buffer);
    expect(view.byteOffset).toBe(3);
  });

  it('stays within its end, and says what was missing where', () => {
    const reader = new Reader(octets, 7, 8);
    for (const read of [
      () => reader.readUint16('field'),
      () => reader.readUint32('field'),
      () => reader.readOctets(2, 'field'),
      () => reader.readPart(2, 'field'),
    ]) {
      const error = wireErrorOf(read);
      expect(error).toMatchObject({ name: 'WireError', reason: 'truncated', offset: 7 });
      expect(error.message).toMatch(/^field needs \d octets, 1 are left \(at octet 7\)$/);
    }
    expect(reader.readUint8('field')).toBe(7);
    expect(wireErrorOf(() => reader.readUint8('field')).offset).toBe(8);
  });

  it('hands out parts that count offsets from the same start', () => {
    const reader = new Reader(octets);
    reader.readUint8('a');
    const part = reader.readPart(2, 'part');
    expect(reader.offset).toBe(3);
    part.readUint16('b');
    expect(wireErrorOf(() => part.readUint8('c'))).toMatchObject({ reason: 'truncated', offset: 3 });
  });

  it('tells when something is left over', () => {
    const reader = new Reader(octets, 7);
    reader.readUint8('a');
    expect(wireErrorOf(() => reader.requireEnd('structure'))).toMatchObject({
      reason: 'trailing-octets',
      offset: 8,
    });
    reader.readUint8('b');
    expect(() => reader.requireEnd('structure')).not.toThrow();
  });
});
