import { describe, expect, it } from 'vitest';
import type { Endpoint } from '../../src/ike/endpoint.ts';
import { Firewall, isWithin, type FirewallModel } from '../../src/network/firewall.ts';
import { ikeExchangeOf } from '../../src/network/ike-exchange.ts';
import { rateLimit } from '../../src/network/token-bucket.ts';
import { NS_PER_S } from '../../src/peer/timer.ts';

const at = (peer: number, port = 500): Endpoint => ({
  address: `10.0.0.${peer}`,
  port,
  octets: Uint8Array.of(10, 0, 0, peer),
  peer,
});
const GATEWAY = at(200);

/** A header with this exchange type and nothing else in it; with a non-ESP marker before it where wanted. */
function message(exchangeType: number, hasMarker = false): Uint8Array {
  const octets = new Uint8Array(28 + (hasMarker ? 4 : 0));
  octets.fill(7, hasMarker ? 4 : 0, hasMarker ? 12 : 8);
  octets[octets.length - 11] = 0x10;
  octets[octets.length - 10] = exchangeType;
  return octets;
}

const MAIN = message(0x02);
const AGGRESSIVE = message(0x04);

function firewall(
  model: Partial<FirewallModel>,
): (from: Endpoint, nowNs: number, octets?: Uint8Array) => string {
  const wall = new Firewall({ rules: [], otherwise: 'allow', ...model });
  return (from, nowNs, octets = MAIN) => wall.inbound(from, GATEWAY, octets, nowNs) ?? 'in';
}

describe('a firewall', () => {
  it('goes by the first rule that fits, by address, port and exchange, and else by its last word', () => {
    const range = { octets: Uint8Array.of(10, 0, 0, 8), prefixLength: 29 };
    const wall = new Firewall({
      rules: [
        { action: 'deny', exchanges: ['aggressive'] },
        { action: 'allow', from: range, ports: { first: 500, last: 500 } },
        { action: 'deny', from: range },
        {
          action: 'allow',
          to: { octets: GATEWAY.octets, prefixLength: 32 },
          ports: { first: 4500, last: 4500 },
        },
      ],
      otherwise: 'deny',
    });
    const ask = (from: Endpoint, port: number, octets: Uint8Array): string =>
      wall.inbound(from, at(200, port), octets, 0) ?? 'in';
    expect(ask(at(9), 500, MAIN)).toBe('in');
    expect(ask(at(9), 500, AGGRESSIVE)).toBe('firewall-denied');
    expect(ask(at(9), 4500, message(0x02, true))).toBe('firewall-denied');
    expect(ask(at(16), 4500, message(0x02, true))).toBe('in');
    expect(ask(at(16), 4500, message(0x04, true))).toBe('firewall-denied');
    expect(ask(at(16), 500, MAIN)).toBe('firewall-denied');
  });

  it('lets answers in, and those of a connection that it has let in once, as long as it remembers', () => {
    const wall = new Firewall({
      rules: [{ action: 'allow', exchanges: ['main'] }],
      otherwise: 'deny',
      tracking: { timeoutNs: 10 * NS_PER_S, limit: 100 },
    });
    const ask = (from: Endpoint, s: number, octets: Uint8Array): string =>
      wall.inbound(from, GATEWAY, octets, s * NS_PER_S) ?? 'in';
    expect(ask(at(1), 0, AGGRESSIVE)).toBe('firewall-denied');
    wall.outbound(GATEWAY, at(1), NS_PER_S);
    expect(ask(at(1), 2, AGGRESSIVE)).toBe('in');
    expect(ask(at(1), 12, AGGRESSIVE)).toBe('in');
    expect(ask(at(1), 23, AGGRESSIVE)).toBe('firewall-denied');
    expect(ask(at(2), 0, MAIN)).toBe('in');
    expect(ask(at(2), 1, AGGRESSIVE)).toBe('in');
    expect(ask(at(2, 4500), 1, AGGRESSIVE)).toBe('firewall-denied');
  });

  it('has room for so many connections; the oldest dead ones make room', () => {
    const ask = firewall({ tracking: { timeoutNs: 10, limit: 2 } });
    expect([ask(at(1), 0), ask(at(2), 5), ask(at(3), 6), ask(at(3), 11), ask(at(4), 11)]).toEqual([
      ...['in', 'in', 'firewall-table-full', 'in'],
      'firewall-table-full',
    ]);
  });

  it('limits all together and each source apart, and takes nothing from the one for who fails at the other', () => {
    const ask = firewall({ rate: rateLimit(1, 4), sourceRate: rateLimit(1, 2) });
    const answers = [1, 1, 1, 2, 2, 3].map((peer) => ask(at(peer), 0));
    expect(answers).toEqual(['in', 'in', 'firewall-source-rate', 'in', 'in', 'firewall-rate']);
    expect([ask(at(3), NS_PER_S), ask(at(3), NS_PER_S)]).toEqual(['in', 'firewall-rate']);
  });

  it('forgets sources that have been quiet, so that many cost no memory', () => {
    const ask = firewall({ sourceRate: rateLimit(1000, 1) });
    for (let peer = 0; peer < 5000; peer++) ask(at(peer), peer * NS_PER_S);
    expect(ask(at(4999), 4999 * NS_PER_S)).toBe('firewall-source-rate');
    expect(ask(at(4998), 4999 * NS_PER_S)).toBe('in');
  });

  it('limits strangers only, not connections that it knows', () => {
    const ask = firewall({ rate: rateLimit(1, 1), tracking: { timeoutNs: NS_PER_S, limit: 10 } });
    expect([ask(at(1), 0), ask(at(1), 0), ask(at(2), 0), ask(at(1), 1)]).toEqual([
      ...['in', 'in', 'firewall-rate'],
      'in',
    ]);
  });
});

describe('a range of addresses', () => {
  it('counts its first bits only, and knows its family', () => {
    const range = { octets: Uint8Array.of(10, 0, 0, 0x80), prefixLength: 25 };
    expect(isWithin(range, Uint8Array.of(10, 0, 0, 0xff))).toBe(true);
    expect(isWithin(range, Uint8Array.of(10, 0, 0, 0x7f))).toBe(false);
    expect(isWithin(range, Uint8Array.of(10, 0, 1, 0xff))).toBe(false);
    expect(isWithin({ octets: new Uint8Array(4), prefixLength: 0 }, Uint8Array.of(1, 2, 3, 4))).toBe(true);
    expect(isWithin({ octets: new Uint8Array(4), prefixLength: 0 }, new Uint8Array(16))).toBe(false);
  });
});

describe('what a firewall sees of a datagram', () => {
  it('is the exchange type, behind a marker on every port but 500', () => {
    expect(ikeExchangeOf(message(0x02), 500)).toBe('main');
    expect(ikeExchangeOf(message(0x20, true), 4500)).toBe('quick');
    expect(ikeExchangeOf(message(0x05), 10_000)).toBe('informational');
    expect(ikeExchangeOf(message(0x06, true), 10_000)).toBe('transaction');
  });

  it('tells ESP, keepalives and what is neither apart', () => {
    expect(ikeExchangeOf(Uint8Array.of(0xff), 4500)).toBe('keepalive');
    expect(ikeExchangeOf(new Uint8Array(60).fill(1), 4500)).toBe('esp');
    expect(ikeExchangeOf(new Uint8Array(20), 500)).toBe('other');
    expect(ikeExchangeOf(message(0x22), 500)).toBe('other');
    const version2 = message(0x22);
    version2[17] = 0x20;
    expect(ikeExchangeOf(version2, 500)).toBe('other');
  });
});
