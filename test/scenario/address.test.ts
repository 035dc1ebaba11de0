import { isIP } from 'node:net';
import { describe, expect, it } from 'vitest';
import fc from 'fast-check';
import {
  addressAt,
  AddressError,
  formatAddress,
  indexOfAddress,
  parseAddress,
  parseAddressPool,
  parseNetwork,
  poolsOverlap,
  prefixMask,
} from '../../src/scenario/address.ts';

describe('addresses', () => {
  it.each([
    '0.0.0.0',
    '255.255.255.255',
    '192.0.2.1',
    '::',
    '::1',
    'fd00::',
    '2001:db8::1:0:0:1',
    '1:2:3:4:5:6:7:8',
  ])('%s is written as it is read', (text) => {
    expect(formatAddress(parseAddress(text)!)).toBe(text);
  });

  it.each([
    ['2001:DB8:0:0:0:0:0:1', '2001:db8::1'],
    ['1:0:0:2:0:0:0:3', '1:0:0:2::3'],
    ['1:0:2:3:4:5:6:7', '1:0:2:3:4:5:6:7'],
    ['::ffff:192.0.2.1', '::ffff:c000:201'],
    ['1:2:3:4:5:6:7::', '1:2:3:4:5:6:7:0'],
  ])('%s is written %s', (text, canonical) => {
    expect(formatAddress(parseAddress(text)!)).toBe(canonical);
  });

  it.each([
    '',
    '1.2.3',
    '1.2.3.256',
    '01.2.3.4',
    '1.2.3.4.5',
    ':::',
    '1::2::3',
    '1:2:3:4:5:6:7:8:9',
    '12345::',
    'fe80::1%eth0',
    '1:2',
    '1:2:3:4:5:6:7:8::',
    'x',
  ])('%j is none', (text) => {
    expect(parseAddress(text)).toBeUndefined();
  });

  it('agree with node about what is an address', () => {
    const piece = fc.constantFrom('::', ':', '.', '0', '1', 'ff', '255', '256', 'a1b2', '00');
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 12 }), (pieces) => {
        const text = pieces.join('');
        expect(parseAddress(text)?.length ?? 0).toBe({ 0: 0, 4: 4, 6: 16 }[isIP(text)]);
      }),
      { numRuns: 2_000 },
    );
  });

  it('survive a round trip through text', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.uint8Array({ minLength: 4, maxLength: 4 }),
          fc.uint8Array({ minLength: 16, maxLength: 16 }),
        ),
        (octets) => {
          expect(parseAddress(formatAddress(octets))).toEqual(octets);
        },
      ),
    );
  });
});

describe('networks', () => {
  it('are an address and a prefix length', () => {
    expect(parseNetwork('10.1.0.0/16')).toEqual({ octets: Uint8Array.of(10, 1, 0, 0), prefixLength: 16 });
    expect(parseNetwork('192.0.2.7').prefixLength).toBe(32);
    expect(parseNetwork('0.0.0.0/0').prefixLength).toBe(0);
    expect(parseNetwork('fd00::/64').prefixLength).toBe(64);
  });

  it.each(['10.0.0.0/33', '10.0.0.0/', '10.0.0.0/x', '10.0.0.0/8/8', 'fd00::/129', 'office'])(
    '%s is none',
    (text) => {
      expect(() => parseNetwork(text)).toThrow(AddressError);
    },
  );

  it('may not have bits set after the prefix', () => {
    expect(() => parseNetwork('10.1.2.3/16')).toThrow(
      expect.objectContaining({ hint: 'the network is 10.1.0.0/16' }),
    );
  });

  it('have masks', () => {
    expect([...prefixMask(4, 20)]).toEqual([255, 255, 240, 0]);
    expect([...prefixMask(4, 0)]).toEqual([0, 0, 0, 0]);
    expect([...prefixMask(4, 32)]).toEqual([255, 255, 255, 255]);
  });
});

describe('address pools', () => {
  it.each([
    ['10.1.0.0/16', '10.1.0.1', 65_534, '10.1.255.254'],
    ['10.0.0.0/30', '10.0.0.1', 2, '10.0.0.2'],
    ['10.0.0.0/31', '10.0.0.0', 2, '10.0.0.1'],
    ['10.0.0.5/32', '10.0.0.5', 1, '10.0.0.5'],
    ['192.0.2.1', '192.0.2.1', 1, '192.0.2.1'],
    ['127.1.0.1-127.1.0.200', '127.1.0.1', 200, '127.1.0.200'],
    ['10.0.0.250 - 10.0.1.5', '10.0.0.250', 12, '10.0.1.5'],
    ['fd00::/120', 'fd00::1', 255, 'fd00::ff'],
    ['fd00::/127', 'fd00::', 2, 'fd00::1'],
    ['fd00::/64', 'fd00::1', 4_294_967_296, 'fd00::1:0:0'],
    ['0.0.0.0/0', '0.0.0.1', 4_294_967_294, '255.255.255.254'],
    ['255.255.255.250-255.255.255.255', '255.255.255.250', 6, '255.255.255.255'],
  ])('%s begins at %s with %d addresses and ends at %s', (text, first, size, last) => {
    const pool = parseAddressPool(text);
    expect(pool).toEqual({ text, first, size });
    expect(addressAt(pool, 0)).toBe(first);
    expect(addressAt(pool, size - 1)).toBe(last);
    expect(() => addressAt(pool, size)).toThrow(RangeError);
    expect(() => addressAt(pool, -1)).toThrow(RangeError);
  });

  it.each(['', 'office', '10.0.0.9-10.0.0.1', '10.0.0.1-fd00::1', '10.0.0.1-', '1-2-3', '10.1.2.3/16'])(
    '%j is none',
    (text) => {
      expect(() => parseAddressPool(text)).toThrow(AddressError);
    },
  );

  it('find the number of an address, and nothing outside', () => {
    const pool = parseAddressPool('10.1.0.0/24');
    expect(indexOfAddress(pool, '10.1.0.1')).toBe(0);
    expect(indexOfAddress(pool, '10.1.0.254')).toBe(253);
    for (const outside of ['10.1.0.0', '10.1.0.255', '10.2.0.1', 'fd00::1', 'nothing']) {
      expect(indexOfAddress(pool, outside)).toBeUndefined();
    }
  });

  it('number and address are inverse', () => {
    const pools = ['10.1.0.0/16', 'fd00::ffff:fff0/64', 'fd00::/64', '127.1.0.1-127.3.0.200'].map((text) =>
      parseAddressPool(text.replace('fd00::ffff:fff0', 'fd00::')),
    );
    fc.assert(
      fc.property(fc.constantFrom(...pools), fc.nat(), (pool, number) => {
        const index = number % pool.size;
        expect(indexOfAddress(pool, addressAt(pool, index))).toBe(index);
      }),
    );
  });

  it('overlap only where addresses are used', () => {
    const a = parseAddressPool('10.0.0.0/16');
    const b = parseAddressPool('10.0.1.0/24');
    expect(poolsOverlap(a, 256, b, 1)).toBe(false);
    expect(poolsOverlap(a, 257, b, 1)).toBe(true);
    expect(poolsOverlap(b, 1, a, 257)).toBe(true);
    expect(poolsOverlap(a, 1, parseAddressPool('fd00::/64'), 1)).toBe(false);
  });
});
