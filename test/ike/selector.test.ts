import { describe, expect, it } from 'vitest';
import { isWithin, type Selector } from '../../src/ike/selector.ts';
import { IdentificationType } from '../../src/ike/wire/numbers.ts';
import { subnet } from '../harness/policy.ts';

const address = (...data: number[]): Selector => ({
  idType: IdentificationType.ipv4Address,
  data: Uint8Array.from(data),
});
const range = (...data: number[]): Selector => ({
  idType: IdentificationType.ipv4Range,
  data: Uint8Array.from(data),
});
const ipv6Subnet = (prefix: number, length: number): Selector => {
  const data = new Uint8Array(32);
  data[0] = prefix;
  data.fill(0xff, 16, 16 + length / 8);
  return { idType: IdentificationType.ipv6Subnet, data };
};

describe('a selector is within another', () => {
  const cases: [string, Selector, Selector, boolean][] = [
    ['a subnet in a wider one', subnet('10.1.2.0/24'), subnet('10.1.0.0/16'), true],
    ['a subnet in itself', subnet('10.1.2.0/24'), subnet('10.1.2.0/24'), true],
    ['a wider one in a subnet', subnet('10.1.0.0/16'), subnet('10.1.2.0/24'), false],
    ['a neighbour', subnet('10.1.3.0/24'), subnet('10.1.2.0/24'), false],
    ['an address in a subnet', address(10, 1, 2, 255), subnet('10.1.2.0/24'), true],
    ['an address after a subnet', address(10, 1, 3, 0), subnet('10.1.2.0/24'), false],
    ['anything in everything', subnet('192.0.2.0/24'), subnet('0.0.0.0/0'), true],
    ['a range in a subnet', range(10, 1, 2, 3, 10, 1, 2, 9), subnet('10.1.2.0/24'), true],
    ['a range over the edge of a subnet', range(10, 1, 2, 3, 10, 1, 3, 9), subnet('10.1.2.0/24'), false],
    ['IPv6 in IPv6', ipv6Subnet(0xfd, 64), ipv6Subnet(0xfd, 8), true],
    ['IPv6 in IPv4', ipv6Subnet(0xfd, 64), subnet('0.0.0.0/0'), false],
    ['a name', { idType: IdentificationType.fqdn, data: Uint8Array.of(97) }, subnet('0.0.0.0/0'), false],
    ['an address of three octets', address(10, 1, 2), subnet('0.0.0.0/0'), false],
  ];
  it.each(cases)('%s', (_name, inner, outer, expected) => {
    expect(isWithin(inner, outer)).toBe(expected);
  });
});
