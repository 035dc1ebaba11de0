import { describe, expect, it } from 'vitest';
import { stripNonEspMarker } from '../../src/ike/wire/non-esp-marker.ts';
import { uint32At } from '../../src/ike/wire/octets.ts';
import type { PeerEvent } from '../../src/peer/event.ts';
import type { PeerPolicy, PingPolicy } from '../../src/peer/policy.ts';
import { isOfSameEnd } from '../../src/peer/same-end.ts';
import { NS_PER_MS, NS_PER_S } from '../../src/peer/timer.ts';
import { Pair } from '../harness/pair.ts';
import { endpoint } from '../harness/policy.ts';
import { Star } from '../harness/star.ts';

/** A host behind a NAT that forgets its SA and begins anew, while the NAT gives it another place. */
function comesBack(before: [string, number], after: [string, number]): Pair {
  let place = before;
  const pair = new Pair({
    initiator: { natTraversal: 'force', initialContact: true },
    responder: { natTraversal: 'force' },
    translate: (at, fromInitiator) =>
      fromInitiator && at.address === '10.0.0.1' ? endpoint(place[0], place[1]) : at,
  });
  pair.connect(1).run(NS_PER_S);
  // The delete of the old SA is lost.
  pair.wire = (datagram) => (stripNonEspMarker(datagram.octets)[18] === 5 ? [] : [datagram]);
  place = after;
  pair.connect(2).run(2 * NS_PER_S);
  pair.wire = (datagram) => [datagram];
  return pair.run(60 * NS_PER_S);
}

describe('INITIAL-CONTACT behind a NAT', () => {
  it('replaces the SA that the same host had from another address, which nobody answers for', () => {
    const pair = comesBack(['192.0.2.1', 4501], ['192.0.2.2', 4501]);
    expect(pair.factsOf('negotiation.succeeded')).toHaveLength(2);
    expect([pair.responder.phase1Count, pair.responder.childCount]).toEqual([1, 1]);
  });

  it('replaces the SA that the same host had from another port', () => {
    const pair = comesBack(['192.0.2.1', 4501], ['192.0.2.1', 4502]);
    expect([pair.responder.phase1Count, pair.responder.childCount]).toEqual([1, 1]);
  });

  it.each([
    ['behind NATs of their own', (i: number) => endpoint(`192.0.2.${i + 1}`, 4501)],
    ['behind one NAT', (i: number) => endpoint('192.0.2.1', 4501 + i)],
  ] as const)('leaves hosts alone that share an identity %s', (_where, placeOf) => {
    const star = new Star(3, { initialContact: true });
    for (const [i, host] of star.hosts.entries()) {
      star.publicPlaces.set(host, placeOf(i));
      star.connect(host, i);
      star.run(star.nowNs + NS_PER_S);
    }
    star.run(60 * NS_PER_S);
    expect([star.gateway.phase1Count, star.gateway.childCount]).toEqual([3, 3]);
    expect(star.eventsOf(star.gateway)).not.toContain('peer-dead');
  });
});

describe('a NAT that gives a host another place after phase 1', () => {
  const dpd = { delayNs: 10 * NS_PER_S, retryNs: 2 * NS_PER_S, timeoutNs: 8 * NS_PER_S };

  it.each([
    ['port', '192.0.2.1', 4777],
    ['address', '192.0.2.9', 4501],
  ] as const)('is followed to the new %s by what is authenticated and new', (_what, address, port) => {
    const star = new Star(1, { dpd });
    const [host] = star.hosts as [(typeof star.hosts)[0]];
    star.publicPlaces.set(host, endpoint('192.0.2.1', 4501));
    star.connect(host);
    star.run(2 * NS_PER_S);
    star.publicPlaces.set(host, endpoint(address, port));
    star.run(60 * NS_PER_S);
    expect(star.eventsOf(host)).toContain('liveness-asked');
    expect(star.eventsOf(host)).not.toContain('peer-dead');
    expect(star.gateway.phase1Count).toBe(1);
  });

  it('is followed before a quick mode is answered', () => {
    const rekey = { marginNs: 5 * NS_PER_S, fuzz: 0 };
    const star = new Star(1, { rekey, espLifetimeS: 30 });
    const [host] = star.hosts as [(typeof star.hosts)[0]];
    star.publicPlaces.set(host, endpoint('192.0.2.1', 4501));
    star.connect(host);
    star.run(2 * NS_PER_S);
    star.publicPlaces.set(host, endpoint('192.0.2.1', 4777));
    star.run(26 * NS_PER_S);
    expect(star.eventsOf(host)).toEqual(['phase2-rekeyed']);
  });

  it('is not followed for what was seen before, nor where there is no NAT', () => {
    for (const isNatted of [true, false]) {
      const star = new Star(1, { dpd });
      const [host] = star.hosts as [(typeof star.hosts)[0]];
      if (isNatted) star.publicPlaces.set(host, endpoint('192.0.2.1', 4501));
      const seen: Uint8Array[] = [];
      const { handle } = star.gateway;
      star.gateway.handle = (event, ...rest) => {
        if (event.type === 'datagram.received') seen.push(event.octets);
        handle.call(star.gateway, event, ...rest);
      };
      star.connect(host);
      star.run(15 * NS_PER_S);
      const thief = endpoint('203.0.113.66', 4500);
      const { endpoint: to } = star.gateway;
      for (const octets of seen.splice(0)) {
        star.feed(star.gateway, { type: 'datagram.received', from: thief, to, octets });
      }
      star.run(60 * NS_PER_S);
      expect(star.eventsOf(host)).not.toContain('peer-dead');
    }
  });
});

describe('a NAT that gives a host another place while nothing but data flows', () => {
  const ping: PingPolicy = { count: 20, intervalNs: NS_PER_S, timeoutNs: 2 * NS_PER_S, dataOctets: 56 };
  const old = endpoint('192.0.2.1', 4501);
  const THIEF = endpoint('203.0.113.66', 4500);

  /** A host that pings, what the gateway gets from it, and where the gateway answers. */
  function pinging(gateway: Partial<PeerPolicy> = {}) {
    const star = new Star(1, { ping }, gateway);
    const [host] = star.hosts as [(typeof star.hosts)[0]];
    star.publicPlaces.set(host, old);
    const received: Extract<PeerEvent, { type: 'datagram.received' }>[] = [];
    const answeredTo: string[] = [];
    const { handle } = star.gateway;
    star.gateway.handle = (event, nowNs, effects) => {
      if (event.type === 'datagram.received') received.push(event);
      const before = effects.length;
      handle.call(star.gateway, event, nowNs, effects);
      for (const effect of effects.slice(before)) {
        if (effect.type === 'send') answeredTo.push(`${effect.to.address}:${effect.to.port}`);
      }
    };
    star.connect(host);
    star.run(3500 * NS_PER_MS);
    const countOf = (type: 'ping.answered' | 'ping.lost') =>
      star.facts.filter(({ by, fact }) => by === host && fact.type === type).length;
    const dropsOfGateway = () =>
      star.facts.flatMap(({ by, fact }) =>
        by === star.gateway && fact.type === 'dropped' ? [fact.reason] : [],
      );
    return { star, host, received, answeredTo, countOf, dropsOfGateway };
  }

  it.each([
    ['port', '192.0.2.1', 4777],
    ['address', '192.0.2.9', 4501],
  ] as const)('is followed to the new %s, and no packet is lost', (_what, address, port) => {
    const { star, host, answeredTo, countOf } = pinging();
    star.publicPlaces.set(host, endpoint(address, port));
    star.run(30 * NS_PER_S);
    expect([countOf('ping.answered'), countOf('ping.lost')]).toEqual([20, 0]);
    expect(answeredTo.at(-1)).toBe(`${address}:${port}`);
  });

  it('takes IKE along: the gateway looks for the host at the new place', () => {
    const dpd = { delayNs: 10 * NS_PER_S, retryNs: 2 * NS_PER_S, timeoutNs: 8 * NS_PER_S };
    const { star, host } = pinging({ dpd });
    star.publicPlaces.set(host, endpoint('192.0.2.9', 4777));
    star.run(90 * NS_PER_S);
    expect(star.eventsOf(star.gateway)).toContain('liveness-asked');
    expect(star.eventsOf(star.gateway)).not.toContain('peer-dead');
  });

  it('is not followed for packets that were seen before, forged or late', () => {
    const { star, host, received, answeredTo, countOf, dropsOfGateway } = pinging();
    // IKE has four octets of 0 before it on the ports of a NAT, and begins with a cookie elsewhere.
    const first = received.find(({ to, octets }) => to.port === 4500 && uint32At(octets, 0) !== 0);
    if (first === undefined) throw new Error('nothing was sent');
    star.feed(star.gateway, { ...first, from: THIEF });
    const forged = first.octets.slice();
    forged[7] = 0x30;
    star.feed(star.gateway, { ...first, from: THIEF, octets: forged });
    expect(dropsOfGateway()).toEqual(['esp-replayed', 'esp-wrong-icv']);
    // One that a NAT holds back comes after younger ones, from where the host was before.
    const handle = star.gateway.handle;
    const late: PeerEvent[] = [];
    star.gateway.handle = (event, ...rest) => {
      if (late.length === 0) late.push(event);
      else handle.call(star.gateway, event, ...rest);
    };
    star.run(4500 * NS_PER_MS);
    star.gateway.handle = handle;
    const place = endpoint('192.0.2.9', 4777);
    star.publicPlaces.set(host, place);
    star.run(6500 * NS_PER_MS);
    for (const event of late) star.feed(star.gateway, event);
    star.run(30 * NS_PER_S);
    expect(countOf('ping.lost')).toBe(1);
    expect(countOf('ping.answered')).toBe(19);
    expect(answeredTo).not.toContain(`${THIEF.address}:${THIEF.port}`);
    expect(answeredTo.at(-1)).toBe(`${place.address}:${place.port}`);
  });

  it('is not followed where nobody looks for replays, or where there is no NAT', () => {
    for (const isNatted of [true, false]) {
      const { star, host, received, answeredTo } = pinging({ replayWindow: isNatted ? 0 : 64 });
      if (!isNatted) star.publicPlaces.delete(host);
      const before = answeredTo.length;
      const packet = received.at(-1);
      if (packet === undefined) throw new Error('nothing was sent');
      star.feed(star.gateway, { ...packet, from: THIEF });
      star.run(30 * NS_PER_S);
      expect(answeredTo.slice(before)).not.toContain(`${THIEF.address}:${THIEF.port}`);
    }
  });
});

describe('SAs of one identity', () => {
  const at = (address: string, port: number, isNatted: boolean) => ({
    remote: endpoint(address, port),
    isNatted,
  });

  it.each([
    ['one place', at('192.0.2.1', 4500, true), at('192.0.2.1', 4500, true), true],
    ['one address without a NAT', at('192.0.2.1', 500, false), at('192.0.2.1', 4500, false), true],
    ['two ports of a NAT', at('192.0.2.1', 4501, true), at('192.0.2.1', 4502, true), false],
    ['two addresses', at('192.0.2.1', 500, false), at('192.0.2.2', 500, false), false],
    ['two addresses of NATs', at('192.0.2.1', 4500, true), at('192.0.2.2', 4500, true), false],
  ])('from %s', (_where, old, newer, isSame) => {
    expect(isOfSameEnd(old, newer)).toBe(isSame);
  });
});
