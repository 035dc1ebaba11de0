import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { AddressPool, type Lease } from '../../src/peer/address-pool.ts';
import { toHex } from '../../src/ike/wire/octets.ts';

const first = Uint8Array.of(10, 99, 0, 254);
const textOf = (lease: Lease | undefined) => lease?.address.join('.');

describe('an address pool', () => {
  it('gives one address after the other over ranges and octets, then none', () => {
    const pool = new AddressPool([
      { first, count: 3 },
      { first: Uint8Array.of(10, 100, 0, 0), count: 1 },
    ]);
    const given = Array.from({ length: 5 }, (_, i) => textOf(pool.lease(`h${i}`)));
    expect(given).toEqual(['10.99.0.254', '10.99.0.255', '10.99.1.0', '10.100.0.0', undefined]);
    expect([pool.leasedCount, pool.size]).toEqual([4, 4]);
  });

  it('gives again what was returned, the longest returned first, when nothing unused is left', () => {
    const pool = new AddressPool([{ first, count: 2 }]);
    const [a, b] = [pool.lease('a'), pool.lease('b')];
    if (b !== undefined) pool.release(b);
    if (a !== undefined) pool.release(a);
    expect([textOf(pool.lease('c')), textOf(pool.lease('d')), textOf(pool.lease('e'))]).toEqual([
      '10.99.0.255',
      '10.99.0.254',
      undefined,
    ]);
  });

  it('leaves a holder its address while one of its two SAs uses it', () => {
    const pool = new AddressPool([{ first, count: 2 }]);
    const old = pool.lease('a');
    const replacement = pool.lease('a', first);
    expect(replacement).toBe(old);
    if (old !== undefined) pool.release(old);
    expect(pool.leasedCount).toBe(1);
    if (old !== undefined) pool.release(old);
    expect(pool.leasedCount).toBe(0);
    if (old !== undefined) pool.release(old);
    expect(pool.leasedCount).toBe(0);
  });

  it('gives a wanted address when it is free, another when it is not', () => {
    const pool = new AddressPool([{ first, count: 3 }]);
    const wanted = Uint8Array.of(10, 99, 1, 0);
    expect(textOf(pool.lease('a', wanted))).toBe('10.99.1.0');
    expect(textOf(pool.lease('b', wanted))).toBe('10.99.0.254');
    expect(textOf(pool.lease('c', Uint8Array.of(192, 0, 2, 1)))).toBe('10.99.0.255');
    expect(pool.lease('d')).toBeUndefined();
  });

  it('counts IPv6 addresses past octets', () => {
    const last = new Uint8Array(16).fill(0xff, 12);
    const pool = new AddressPool([{ first: last, count: 2 }]);
    pool.lease('a');
    expect(toHex(pool.lease('b')?.address ?? first)).toBe('00000000000000000000000100000000');
  });

  it('never has one address with two holders, nor gives more than it has', () => {
    const step = fc.record({
      holder: fc.nat({ max: 9 }),
      wanted: fc.option(fc.nat({ max: 12 })),
      returns: fc.boolean(),
    });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 80 }), (steps) => {
        const pool = new AddressPool([{ first: Uint8Array.of(10, 0, 0, 0), count: 8 }]);
        const leases: Lease[] = [];
        for (const { holder, wanted, returns } of steps) {
          if (returns) {
            const lease = leases.shift();
            if (lease !== undefined) pool.release(lease);
            continue;
          }
          const lease = pool.lease(
            `h${holder}`,
            wanted === null ? undefined : Uint8Array.of(10, 0, 0, wanted),
          );
          if (lease !== undefined) leases.push(lease);
          const holderOf = new Map(leases.map((held) => [textOf(held), held.holder]));
          expect(holderOf.size).toBe(pool.leasedCount);
          for (const held of leases) expect(holderOf.get(textOf(held))).toBe(held.holder);
          expect(pool.leasedCount).toBeLessThanOrEqual(8);
          if (lease === undefined) expect(pool.leasedCount).toBe(8);
        }
      }),
      { numRuns: 300, seed: 11 },
    );
  });
});
