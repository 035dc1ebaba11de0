/** Values of the Distinguished Encoding Rules: what is read, what is refused. */
import { fc, test } from '@fast-check/vitest';
import { describe, expect, it } from 'vitest';
import {
  DerError,
  DerTag,
  encodeDer,
  readDer,
  readDerList,
  readWholeDer,
  smallInteger,
  timeMs,
} from '../../src/pki/der.ts';
import { fromHex, fromText, toHex } from '../crypto/hex.ts';

describe('a DER value', () => {
  it.each([0, 1, 0x7f, 0x80, 0xff, 0x100, 0xffff, 0x10000])('of %i octets is written and read', (length) => {
    const contents = new Uint8Array(length).fill(7);
    const value = readWholeDer(encodeDer(DerTag.octetString, contents), DerTag.octetString);
    expect(Buffer.compare(value.contents, contents)).toBe(0);
  });

  it('has the shortest length that there is', () => {
    const head = (length: number) => toHex(encodeDer(4, new Uint8Array(length)).subarray(0, 5));
    expect([0x7f, 0x80, 0x100].map(head)).toEqual(['047f000000', '0481800000', '0482010000']);
  });

  it.each([
    ['nothing', ''],
    ['no length', '30'],
    ['too few octets', '300201'],
    ['an indefinite length', '30800000'],
    ['a length that is too long', '3081017f'],
    ['a length with a leading zero', `30820080${'00'.repeat(0x80)}`],
    ['a length of four octets', '308400000001ff'],
    ['a length without its octets', '3082'],
    ['a tag of several octets', '1f810100'],
  ])('is refused: %s', (_, hex) => {
    expect(() => readDer(fromHex(hex))).toThrow(DerError);
  });

  it('alone has nothing behind it and the right tag', () => {
    expect(() => readWholeDer(fromHex('300000'), DerTag.sequence)).toThrow(DerError);
    expect(() => readWholeDer(fromHex('3000'), DerTag.set)).toThrow(DerError);
  });

  test.prop([fc.uint8Array({ maxLength: 40 })])('of any octets is a list or a DerError', (octets) => {
    try {
      expect(Buffer.concat(readDerList(octets).map(({ whole }) => whole)).equals(octets)).toBe(true);
    } catch (error) {
      expect(error).toBeInstanceOf(DerError);
    }
  });
});

describe('an integer', () => {
  it('is small and not negative', () => {
    const read = (hex: string) => smallInteger(readDer(fromHex(hex)));
    expect([read('020100'), read('0201 7f'), read('02020080'), read('0203010000')]).toEqual([
      0, 127, 128, 65536,
    ]);
    for (const hex of ['0200', '020180', '020700000000000001']) expect(() => read(hex)).toThrow(DerError);
  });
});

describe('a time', () => {
  const read = (tag: number, text: string) => timeMs({ tag, contents: fromText(text), whole: fromText('') });

  it.each([
    [DerTag.utcTime, '491231235959Z', Date.UTC(2049, 11, 31, 23, 59, 59)],
    [DerTag.utcTime, '500101000000Z', Date.UTC(1950, 0, 1)],
    [DerTag.generalizedTime, '20500101000000Z', Date.UTC(2050, 0, 1)],
    [DerTag.generalizedTime, '99991231235959Z', Date.UTC(9999, 11, 31, 23, 59, 59)],
    [DerTag.utcTime, '240229000000Z', Date.UTC(2024, 1, 29)],
  ])('with tag %i, %s', (tag, text, ms) => {
    expect(read(tag, text)).toBe(ms);
  });

  it.each([
    [DerTag.utcTime, '230229000000Z'],
    [DerTag.utcTime, '231301000000Z'],
    [DerTag.utcTime, '230101240000Z'],
    [DerTag.utcTime, '2301010000Z'],
    [DerTag.utcTime, '230101000000+0100'],
    [DerTag.generalizedTime, '230101000000Z'],
    [DerTag.generalizedTime, '20230101000000.5Z'],
    [DerTag.octetString, '230101000000Z'],
  ])('is refused: tag %i, %s', (tag, text) => {
    expect(() => read(tag, text)).toThrow(DerError);
  });
});
