import { describe, expect, it } from 'vitest';
import { OctetSlab } from '../../src/ike/octet-slab.ts';

describe('a slab of octets', () => {
  it('gives out zero octets that nobody else has', () => {
    const slab = new OctetSlab();
    const lengths = Array.from({ length: 500 }, (_, index) => (index * 37) % 300);
    const strings = lengths.map((length) => slab.take(length));
    expect(strings.map(({ length }) => length)).toEqual(lengths);
    for (const [index, octets] of strings.entries()) {
      expect(octets.every((octet) => octet === 0)).toBe(true);
      octets.fill(index % 256);
    }
    for (const [index, octets] of strings.entries()) {
      expect(octets.every((octet) => octet === index % 256)).toBe(true);
    }
  });

  it('shares memory among short strings and gives long ones their own', () => {
    const slab = new OctetSlab();
    expect(slab.take(100).buffer).toBe(slab.take(100).buffer);
    const long = slab.take(100_000);
    expect(long.length).toBe(100_000);
    expect(long.buffer.byteLength).toBe(100_000);
  });
});
