import { describe, expect, it } from 'vitest';
import { packetsOf } from '../../src/network/fragments.ts';

describe('IP fragments of a UDP payload', () => {
  it('is one packet up to the MTU', () => {
    expect(packetsOf(1472, 4, 1500)).toEqual({ count: 1, octets: 1500 });
    expect(packetsOf(1452, 16, 1500)).toEqual({ count: 1, octets: 1500 });
    expect(packetsOf(9000, 4, undefined)).toEqual({ count: 1, octets: 9028 });
  });

  it('is cut in units of eight octets, each with a header of its own', () => {
    // As `ping -s 1473` shows on Ethernet: 1480 octets, then 1.
    expect(packetsOf(1473, 4, 1500)).toEqual({ count: 2, octets: 1481 + 40 });
    expect(packetsOf(1480 * 2 - 8, 4, 1500)).toEqual({ count: 2, octets: 2960 + 40 });
    expect(packetsOf(1480 * 2 - 7, 4, 1500)).toEqual({ count: 3, octets: 2961 + 60 });
    // 1500 - 48 = 1452, in eights 1448; the last may have 1452.
    expect(packetsOf(1448 + 1452 - 8, 16, 1500)).toEqual({ count: 2, octets: 2900 + 96 });
    expect(packetsOf(1448 + 1452 - 7, 16, 1500).count).toBe(3);
  });
});
