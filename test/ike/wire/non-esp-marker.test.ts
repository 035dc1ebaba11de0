import { describe, expect, it } from 'vitest';
import {
  addNonEspMarker,
  hasNonEspMarker,
  isNatKeepalive,
  stripNonEspMarker,
} from '../../../src/ike/wire/non-esp-marker.ts';

describe('non-ESP marker', () => {
  it('is four zero octets before a message', () => {
    const message = Uint8Array.of(1, 2);
    const marked = addNonEspMarker(message);
    expect(marked).toEqual(Uint8Array.of(0, 0, 0, 0, 1, 2));
    expect(hasNonEspMarker(marked)).toBe(true);
    expect(stripNonEspMarker(marked)).toEqual(message);
  });

  it('is not what an SPI or a short datagram begins with', () => {
    expect(hasNonEspMarker(Uint8Array.of(0, 0, 1, 0, 9))).toBe(false);
    expect(hasNonEspMarker(Uint8Array.of(0, 0, 0))).toBe(false);
  });

  it('is taken away only where it is', () => {
    const esp = Uint8Array.of(0xc0, 0, 0, 1, 2);
    expect(stripNonEspMarker(esp)).toBe(esp);
    expect(stripNonEspMarker(new Uint8Array(4))).toEqual(new Uint8Array(0));
  });
});

describe('NAT keepalive', () => {
  it('is one octet of ones', () => {
    expect(isNatKeepalive(Uint8Array.of(0xff))).toBe(true);
    expect(isNatKeepalive(Uint8Array.of(0xfe))).toBe(false);
    expect(isNatKeepalive(Uint8Array.of(0xff, 0xff))).toBe(false);
    expect(isNatKeepalive(new Uint8Array(0))).toBe(false);
  });
});
