import { fc, test } from '@fast-check/vitest';
import { describe, expect, it } from 'vitest';
import { PORT_OF_ESP, type Endpoint } from '../../../src/ike/endpoint.ts';
import { parseAddress } from '../../../src/scenario/address.ts';
import { networkSelector } from '../../../src/scenario/group-policy.ts';
import type { EspTransform } from '../../../src/ike/transform.ts';
import type { PeerPolicy, PingPolicy } from '../../../src/peer/policy.ts';
import { NS_PER_MS, NS_PER_S } from '../../../src/peer/timer.ts';
import { accessPair } from '../../harness/access.ts';
import { Pair, type OnWire, type PairSetup } from '../../harness/pair.ts';
import { endpoint, subnet } from '../../harness/policy.ts';

const ping: PingPolicy = { count: 5, intervalNs: NS_PER_S, timeoutNs: 2 * NS_PER_S, dataOctets: 56 };
const office = { localSelector: subnet('10.1.0.0/24'), remoteSelector: subnet('10.2.0.0/24') };
const gateway = { localSelector: subnet('10.2.0.0/24'), remoteSelector: subnet('10.1.0.0/24') };

const office6 = { localSelector: networkSelector('fd01::/64'), remoteSelector: networkSelector('fd02::/64') };
const gateway6 = {
  localSelector: networkSelector('fd02::/64'),
  remoteSelector: networkSelector('fd01::/64'),
};
const overIpv6 = { initiatorEndpoint: endpoint6('fd00::1'), responderEndpoint: endpoint6('fd00::2') };

function endpoint6(address: string): Endpoint {
  return { address, port: 500, octets: parseAddress(address) ?? new Uint8Array(0) };
}

const AES: EspTransform = { encryption: 'aes-cbc', keyBits: 128, integrity: 'sha256' };
const GCM: EspTransform = { encryption: 'aes-gcm16', keyBits: 256 };

function pinging(setup: PairSetup = {}): Pair {
  return new Pair({ ...setup, initiator: { ping, ...setup.initiator } });
}

function countsOf(pair: Pair) {
  return {
    sent: pair.factsOf('ping.sent').length,
    answered: pair.factsOf('ping.answered').length,
    lost: pair.factsOf('ping.lost').length,
    echoes: pair.factsOf('responder.echo', 'responder').length,
  };
}

function isEsp({ from, octets }: OnWire): boolean {
  if (from.port === PORT_OF_ESP) return true;
  return from.port === 4500 && octets.length > 1 && octets.subarray(0, 4).some((octet) => octet !== 0);
}

function dropsOf(pair: Pair, by?: 'initiator' | 'responder'): string[] {
  return pair.factsOf('dropped', by).map(({ reason }) => reason);
}

describe('pings through a tunnel', () => {
  const everyWay: [string, PairSetup][] = [
    ['between hosts', {}],
    ['between hosts in transport mode', both({ encapsulation: 'transport' })],
    ['between networks', { initiator: office, responder: gateway }],
    ['with AES-GCM', both({ esp: [GCM] })],
    ['with 3DES', both({ esp: [{ encryption: '3des-cbc', keyBits: 192, integrity: 'sha1' }] })],
    ['without encryption', both({ esp: [{ encryption: 'null', keyBits: 0, integrity: 'sha256' }] })],
    ['with extended sequence numbers', both({ esp: [{ ...AES, esn: true }] })],
    ['with AES-GCM and extended sequence numbers', both({ esp: [{ ...GCM, esn: true }] })],
    ['in UDP', { ...both({ natTraversal: 'force' }) }],
    ['in UDP, transport mode', both({ natTraversal: 'force', encapsulation: 'transport' })],
    ['between IPv6 networks', { initiator: office6, responder: gateway6 }],
    ['between hosts over IPv6', overIpv6],
    ['between hosts over IPv6 in transport mode', { ...overIpv6, ...both({ encapsulation: 'transport' }) }],
    ['between IPv6 networks over IPv6', { ...overIpv6, initiator: office6, responder: gateway6 }],
    ['between IPv4 networks over IPv6', { ...overIpv6, initiator: office, responder: gateway }],
    ['in UDP over IPv6', { ...overIpv6, ...both({ natTraversal: 'force' }) }],
    ['in aggressive mode', { initiator: { mode: 'aggressive' } }],
    ['without looking for replays', both({ replayWindow: 0 })],
  ];

  it.each(everyWay)('%s', (_, setup) => {
    const pair = pinging(setup)
      .connect()
      .run(20 * NS_PER_S);
    expect(countsOf(pair)).toEqual({ sent: 5, answered: 5, lost: 0, echoes: 5 });
    expect(pair.factsOf('pings.finished')).toEqual([{ type: 'pings.finished', negotiation: 0 }]);
    expect(dropsOf(pair)).toEqual([]);
  });

  function both(changes: Partial<PeerPolicy>): PairSetup {
    return { initiator: changes, responder: changes };
  }

  it('take the extended sequence numbers that the responder has too, and none otherwise', () => {
    const offer = { esp: [{ ...AES, esn: true as const }, AES], reportKeys: true };
    for (const isExtended of [true, false]) {
      const esp = isExtended ? offer.esp : [AES];
      const pair = pinging({ initiator: offer, responder: { esp } });
      expect(countsOf(pair.connect().run(20 * NS_PER_S))).toMatchObject({ answered: 5, lost: 0 });
      expect(pair.childKeys('initiator').map(({ esn }) => esn)).toEqual([isExtended, isExtended]);
    }
  });

  it('do not stand where only one end extends sequence numbers', () => {
    for (const [own, other] of [
      [{ ...AES, esn: true as const }, AES],
      [AES, { ...AES, esn: true as const }],
    ] as const) {
      const pair = pinging({ initiator: { esp: [own] }, responder: { esp: [other] } });
      expect(pair.connect().run(20 * NS_PER_S).failureCause).toBe('no-proposal-chosen');
    }
  });

  it('cannot go from a network of one IP version to one of the other, and are lost', () => {
    const mixed = { initiator: { ...office, remoteSelector: office6.remoteSelector } };
    const far = { ...gateway, localSelector: gateway6.localSelector };
    const pair = pinging({ ...mixed, responder: far })
      .connect()
      .run(20 * NS_PER_S);
    expect(countsOf(pair)).toEqual({ sent: 5, answered: 0, lost: 5, echoes: 0 });
  });

  it('go from the address that mode-config lent', () => {
    const to = Uint8Array.of(10, 2, 0, 77);
    const pair = accessPair({ configuration: 'pull', initiator: { ping: { ...ping, to } } });
    expect(countsOf(pair.connect().run(20 * NS_PER_S))).toMatchObject({ answered: 5, lost: 0 });
  });

  it('travel over IP by themselves without a NAT, and over the NAT port with one', () => {
    const plain = pinging()
      .connect()
      .run(20 * NS_PER_S)
      .sent.filter(isEsp);
    expect(plain).toHaveLength(10);
    expect(new Set(plain.flatMap(({ from, to }) => [from.port, to.port]))).toEqual(new Set([PORT_OF_ESP]));
    const inUdp = pinging({ initiator: { ping, natTraversal: 'force' } })
      .connect()
      .run(20 * NS_PER_S);
    const packets = inUdp.sent.filter(isEsp);
    expect(packets).toHaveLength(10);
    expect(new Set(packets.flatMap(({ from, to }) => [from.port, to.port]))).toEqual(new Set([4500]));
  });

  it('reach a host that floats in place, on a port of its own', () => {
    const initiatorEndpoint = endpoint('10.0.0.1', 50_000);
    const pair = pinging({ initiatorEndpoint, initiator: { natTraversal: 'force' } });
    expect(countsOf(pair.connect().run(20 * NS_PER_S))).toMatchObject({ answered: 5, lost: 0 });
  });

  it('are not taken for what somebody sends whose cookie begins like an SPI', () => {
    const pair = new Pair().connect().run(NS_PER_S);
    const [first] = pair.sent;
    const spis = pair.childKeys('responder').map(({ spi }) => spi);
    expect(spis).toHaveLength(2);
    for (const spi of spis) {
      const octets = first!.octets.slice();
      octets.set(spi);
      const sentBefore = pair.sent.length;
      const { from, to } = first!;
      pair.feed(pair.responder, { type: 'datagram.received', from, to, octets });
      expect(pair.sent.slice(sentBefore).map((answer) => answer.octets.slice(0, 4))).toEqual([spi]);
    }
    expect(dropsOf(pair, 'responder')).toEqual([]);
  });

  it('begin when the tunnel stands, and measure round trips and the first packet', () => {
    const pair = pinging()
      .connect()
      .run(20 * NS_PER_S);
    const [success] = pair.factsOf('negotiation.succeeded');
    const [first, ...others] = pair.factsOf('first-packet');
    expect(others).toEqual([]);
    expect(first?.sinceSaNs).toBe(10 * NS_PER_MS);
    expect(first?.elapsedNs).toBe((success?.finishedNs ?? 0) + 10 * NS_PER_MS);
    const trips = pair.factsOf('ping.answered').map(({ elapsedNs }) => elapsedNs);
    expect(trips).toEqual(Array.from({ length: 5 }, () => 10 * NS_PER_MS));
  });

  it('are lost when nothing comes back in time, and a late reply is a counted drop', () => {
    const pair = pinging();
    pair.wire = (datagram) => {
      if (!isEsp(datagram) || datagram.fromInitiator) return [datagram];
      return [{ octets: datagram.octets, delayNs: 3 * NS_PER_S }];
    };
    pair.connect().run(20 * NS_PER_S);
    expect(countsOf(pair)).toEqual({ sent: 5, answered: 0, lost: 5, echoes: 5 });
    expect(dropsOf(pair, 'initiator')).toEqual(Array.from({ length: 5 }, () => 'esp-unexpected'));
    expect(pair.factsOf('first-packet')).toEqual([]);
    expect(pair.factsOf('pings.finished')).toHaveLength(1);
  });

  it('that were sent are lost with their tunnel, and no more are sent', () => {
    const pair = pinging();
    pair.wire = (datagram) => (isEsp(datagram) ? [] : [datagram]);
    pair.connect().run(1500 * NS_PER_MS);
    pair.feed(pair.responder, { type: 'disconnect' });
    pair.run(20 * NS_PER_S);
    expect(countsOf(pair)).toEqual({ sent: 2, answered: 0, lost: 2, echoes: 0 });
    expect(pair.factsOf('negotiation.closed')).toHaveLength(1);
    expect(pair.armedTimers).toEqual([]);
  });

  it('leave nothing behind when the tunnel is taken down or the run ends', () => {
    for (const type of ['disconnect', 'stop'] as const) {
      const pair = pinging()
        .connect()
        .run(1500 * NS_PER_MS);
      pair.feed(pair.initiator, { type });
      pair.run(20 * NS_PER_S);
      expect(countsOf(pair)).toMatchObject({ sent: 2, answered: 2, lost: 0 });
      expect(pair.armedTimers.filter(({ kind }) => kind === 'ping')).toEqual([]);
    }
  });

  it('show that the other end lives, so that it need not be asked', () => {
    const dpd = { delayNs: 3 * NS_PER_S, retryNs: NS_PER_S, timeoutNs: 2 * NS_PER_S };
    const pair = pinging({ initiator: { dpd, ping: { ...ping, count: 20 } } })
      .connect()
      .run(19 * NS_PER_S);
    expect(pair.factsOf('lifecycle')).toEqual([]);
  });
});

describe('rekeying under traffic', () => {
  const rekey = { marginNs: 5 * NS_PER_S, fuzz: 0 };
  const busy: PingPolicy = { ...ping, count: 400, intervalNs: 100 * NS_PER_MS };

  it('of child SAs loses no packet', () => {
    const pair = pinging({ initiator: { ping: busy, rekey, espLifetimeS: 15 } })
      .connect()
      .run(60 * NS_PER_S);
    expect(pair.factsOf('lifecycle').map(({ event }) => event)).toContain('phase2-rekeyed');
    expect(countsOf(pair)).toEqual({ sent: 400, answered: 400, lost: 0, echoes: 400 });
    expect(dropsOf(pair)).toEqual([]);
    expect([pair.initiator.childCount, pair.responder.childCount]).toEqual([1, 1]);
  });

  it('of phase 1 loses no packet', () => {
    const pair = pinging({ initiator: { ping: busy, rekey, ikeLifetimeS: 15 } })
      .connect()
      .run(60 * NS_PER_S);
    expect(pair.factsOf('lifecycle').map(({ event }) => event)).toContain('phase1-rekeyed');
    expect(countsOf(pair)).toEqual({ sent: 400, answered: 400, lost: 0, echoes: 400 });
  });

  it('deletes the old SA a while later, and at once where it carried nothing', () => {
    const childrenAfter = (setup: PairSetup) => {
      const pair = new Pair(setup).connect().run(10_500 * NS_PER_MS);
      const during = pair.responder.childCount;
      pair.run(13 * NS_PER_S);
      return [during, pair.responder.childCount];
    };
    expect(childrenAfter({ initiator: { ping: busy, rekey, espLifetimeS: 15 } })).toEqual([2, 1]);
    expect(childrenAfter({ initiator: { rekey, espLifetimeS: 15 } })).toEqual([1, 1]);
  });
});

describe('what is wrong with ESP is a counted drop', () => {
  /** A tunnel that stands, and a request that has not arrived yet. */
  function withPacket(setup: PairSetup = {}): { pair: Pair; packet: OnWire } {
    const pair = pinging(setup);
    pair.wire = (datagram) => (isEsp(datagram) ? [] : [datagram]);
    pair.connect().run(500 * NS_PER_MS);
    const packet = pair.sent.find(isEsp);
    if (packet === undefined) throw new Error('nothing was sent');
    return { pair, packet };
  }

  function arrives(pair: Pair, { from, to }: OnWire, octets: Uint8Array): string[] {
    const before = pair.factsOf('dropped', 'responder').length;
    pair.feed(pair.responder, { type: 'datagram.received', from, to, octets });
    return dropsOf(pair, 'responder').slice(before);
  }

  function changed(octets: Uint8Array, at: number): Uint8Array {
    const copy = octets.slice();
    copy[at] = (copy[at] as number) ^ 0x55;
    return copy;
  }

  it.each(['auto', 'force'] as const)('NAT traversal %s', (natTraversal) => {
    const { pair, packet } = withPacket({ initiator: { natTraversal } });
    const { octets } = packet;
    expect(arrives(pair, packet, changed(octets, 3))).toEqual(['esp-unknown-sa']);
    expect(arrives(pair, packet, octets.subarray(0, 24))).toEqual(['esp-malformed']);
    expect(arrives(pair, packet, changed(octets, 30))).toEqual(['esp-wrong-icv']);
    expect(arrives(pair, packet, changed(octets, octets.length - 1))).toEqual(['esp-wrong-icv']);
    expect(arrives(pair, packet, octets)).toEqual([]);
    expect(arrives(pair, packet, octets)).toEqual(['esp-replayed']);
    expect(pair.factsOf('responder.echo')).toHaveLength(1);
  });

  it('from an address that the SA does not protect', () => {
    const { pair, packet } = withPacket({
      initiator: { ...office, ping: { ...ping, to: Uint8Array.of(10, 3, 0, 1) } },
      responder: gateway,
    });
    expect(arrives(pair, packet, packet.octets)).toEqual(['esp-outside-selectors']);
  });

  it('in UDP, when there is no SA at all', () => {
    const pair = new Pair();
    const octets = new Uint8Array(60).fill(7);
    const event = { type: 'datagram.received', from: endpoint('10.9.9.9', 4500), octets } as const;
    pair.feed(pair.responder, { ...event, to: endpoint('10.0.0.2', 4500) });
    pair.feed(pair.responder, { ...event, to: endpoint('10.0.0.2', PORT_OF_ESP) });
    expect(dropsOf(pair)).toEqual(['esp-unknown-sa', 'esp-unknown-sa']);
  });

  const { pair: standing, packet: sample } = withPacket();
  test.prop([fc.uint8Array({ maxLength: 200 }), fc.boolean()])('any octets', (octets, hasSpi) => {
    const mine = octets.slice();
    if (hasSpi) mine.set(sample.octets.subarray(0, Math.min(4, mine.length)));
    expect(arrives(standing, sample, mine)).toHaveLength(mine.length === 1 && mine[0] === 0xff ? 0 : 1);
  });

  test.prop([
    fc.shuffledSubarray(
      Array.from({ length: 120 }, (_, i) => i),
      { minLength: 1 },
    ),
  ])('any order of packets, with what lies before the window and what comes twice', (order) => {
    const pair = pinging({ initiator: { ping: { ...ping, count: 120, intervalNs: NS_PER_MS } } });
    pair.wire = (datagram) => (isEsp(datagram) ? [] : [datagram]);
    pair.connect().run(2 * NS_PER_S);
    const packets = pair.sent.filter((datagram) => isEsp(datagram) && datagram.fromInitiator);
    let top = -1;
    for (const index of order) {
      const packet = packets[index] as OnWire;
      const isTooOld = top - index >= 64;
      expect(arrives(pair, packet, packet.octets)).toEqual(isTooOld ? ['esp-too-old'] : []);
      top = Math.max(top, index);
      const again = top - index >= 64 ? 'esp-too-old' : 'esp-replayed';
      expect(arrives(pair, packet, packet.octets)).toEqual([again]);
    }
  });
});
