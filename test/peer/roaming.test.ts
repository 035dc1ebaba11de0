import { describe, expect, it } from 'vitest';
import { stripNonEspMarker } from '../../src/ike/wire/non-esp-marker.ts';
import { NS_PER_S } from '../../src/peer/timer.ts';
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
