import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { classifyDatagram } from '../../../src/ike/esp/udp-encapsulation.ts';
import { addNonEspMarker } from '../../../src/ike/wire/non-esp-marker.ts';
import { fromHex } from '../../../src/ike/wire/octets.ts';
import { AES_GCM, createPair, seal } from './sa-pair.ts';

describe('classifyDatagram', () => {
  it.each([
    ['ff', 'keepalive'],
    ['', 'malformed'],
    ['00', 'malformed'],
    ['fe', 'malformed'],
    ['ffff', 'malformed'],
    ['000000', 'malformed'],
    ['00000000', 'ike'],
    ['0000000012', 'ike'],
    ['00000001', 'malformed'],
    ['c0000001000000', 'malformed'],
    ['c000000100000001', 'esp'],
    ['ffffffff00000001', 'esp'],
    ['0000000100000001', 'esp'],
  ])('%j is %s', (hex, kind) => {
    expect(classifyDatagram(fromHex(hex))).toBe(kind);
  });

  it('tells our own IKE and ESP apart, whatever they carry', () => {
    const { sender } = createPair(AES_GCM);
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 60 }), (octets) => {
        expect(classifyDatagram(addNonEspMarker(octets))).toBe('ike');
        expect(classifyDatagram(seal(sender, octets))).toBe('esp');
      }),
    );
  });
});
