import { fc, test } from '@fast-check/vitest';
import { describe, expect, it } from 'vitest';
import { PORT_OF_ESP } from '../../src/ike/endpoint.ts';
import { pairOfStaticSpi } from '../../src/ike/esp/static-keys.ts';
import { asciiOctets, toHex } from '../../src/ike/wire/octets.ts';
import type { StaticKeying, StaticKeySource } from '../../src/peer/data/static-tunnel.ts';
import type { StaticCallers } from '../../src/peer/peer.ts';
import type { PingPolicy } from '../../src/peer/policy.ts';
import { NS_PER_MS, NS_PER_S } from '../../src/peer/timer.ts';
import { otherEndOf } from '../../src/scenario/static-keying.ts';
import { Pair, type PairSetup } from '../harness/pair.ts';
import { endpoint, espAes128Sha256, subnet } from '../harness/policy.ts';

const ping: PingPolicy = {
  count: 40,
  intervalNs: 100 * NS_PER_MS,
  timeoutNs: NS_PER_S,
  dataOctets: 56,
};
const byHand: StaticKeying = {
  pair: 0,
  isInitiator: true,
  keys: { type: 'derived', secret: asciiOctets('written down twice') },
  transform: espAes128Sha256,
  encapsulation: 'tunnel',
  localSelector: subnet('10.1.0.0/24'),
  remoteSelector: subnet('10.2.0.0/24'),
  skewNs: 0,
};

function staticPair(keying: Partial<StaticKeying> = {}, setup: PairSetup = {}, far = otherEndOf): Pair {
  const mine = { ...byHand, ...keying };
  return new Pair({
    initiatorStaticKeying: mine,
    staticCallers: {
      pairOf: pairOfStaticSpi,
      keyingOf: (pair) => (pair === mine.pair ? far(mine) : undefined),
    },
    ...setup,
    initiator: { ping, ...setup.initiator },
  });
}

function countsOf(pair: Pair) {
  const [sent, answered, lost] = (['ping.sent', 'ping.answered', 'ping.lost'] as const).map(
    (type) => pair.factsOf(type).length,
  );
  return { sent, answered, lost };
}

function dropsOf(pair: Pair): string[] {
  return pair.factsOf('dropped').map(({ reason }) => reason);
}

const given = {
  type: 'given',
  out: saOf([0xc0, 0, 0, 1], 0x11),
  back: saOf([0xc0, 0, 0, 2], 0x33),
} as const;

function saOf(spi: readonly number[], fill: number) {
  return {
    spi: Uint8Array.from(spi),
    encryptionKey: new Uint8Array(16).fill(fill),
    integrityKey: new Uint8Array(32).fill(fill + 0x11),
  };
}

/** One end that knows pair 0 by its given SPI. */
function knowing(keys: StaticKeySource): StaticCallers {
  const keying = otherEndOf({ ...byHand, keys });
  return { pairOf: (spi) => (spi === 0xc000_0001 ? 0 : undefined), keyingOf: () => keying };
}

describe('SAs by hand', () => {
  const ways: [string, Partial<StaticKeying>, PairSetup, number][] = [
    ['over IP', {}, {}, PORT_OF_ESP],
    ['in UDP', {}, { initiator: { natTraversal: 'force' } }, 4500],
    ['in transport mode', { encapsulation: 'transport' }, {}, PORT_OF_ESP],
  ];

  it.each(ways)('carry pings %s, without a message of IKE', (_, keying, setup, port) => {
    const pair = staticPair(keying, setup)
      .connect(7)
      .run(20 * NS_PER_S);
    expect(countsOf(pair)).toEqual({ sent: 40, answered: 40, lost: 0 });
    expect(pair.sent).toHaveLength(80);
    expect(new Set(pair.sent.flatMap(({ from, to }) => [from.port, to.port]))).toEqual(new Set([port]));
    expect(dropsOf(pair)).toEqual([]);
    expect(pair.factsOf('negotiation.succeeded')).toHaveLength(1);
    expect(pair.factsOf('pings.finished')).toEqual([{ type: 'pings.finished', negotiation: 7 }]);
    // The first packet is there after one round trip, as there is nothing to set up.
    expect(pair.factsOf('first-packet')[0]?.elapsedNs).toBe(10 * NS_PER_MS);
  });

  it('report their keys, so that captures open', () => {
    const pair = staticPair({}).connect().run(NS_PER_S);
    expect(pair.childKeys('initiator')).toHaveLength(2);
  });

  it('lose what is sent while one end has changed its keys and the other has not', () => {
    const changing = { changeEveryNs: 2 * NS_PER_S, skewNs: 250 * NS_PER_MS };
    const pair = staticPair(changing)
      .connect()
      .run(20 * NS_PER_S);
    // Changes at 2 s; the initiator is late by 250 ms, in which it sends three requests.
    expect(countsOf(pair)).toEqual({ sent: 40, answered: 37, lost: 3 });
    expect(dropsOf(pair)).toEqual(['esp-unknown-sa', 'esp-unknown-sa', 'esp-unknown-sa']);
  });

  it('lose next to nothing when both ends change at the same moment', () => {
    const pair = staticPair({ changeEveryNs: NS_PER_S })
      .connect()
      .run(20 * NS_PER_S);
    // What is on its way at the moment of a change.
    expect(countsOf(pair).lost).toBeLessThanOrEqual(3);
  });

  it('carry nothing when the ends have different secrets, or one has none', () => {
    const other = (keying: StaticKeying) => ({
      ...otherEndOf(keying),
      keys: { type: 'derived' as const, secret: asciiOctets('a slip') },
    });
    const wrong = staticPair({}, {}, other)
      .connect()
      .run(20 * NS_PER_S);
    expect(countsOf(wrong)).toEqual({ sent: 40, answered: 0, lost: 40 });
    expect(new Set(dropsOf(wrong))).toEqual(new Set(['esp-wrong-icv']));
    const none = staticPair({}, { staticCallers: { pairOf: pairOfStaticSpi, keyingOf: () => undefined } })
      .connect()
      .run(20 * NS_PER_S);
    expect(new Set(dropsOf(none))).toEqual(new Set(['esp-unknown-sa']));
  });

  it('have the SPIs and keys that were given', () => {
    const pair = staticPair(
      { keys: given },
      { staticCallers: knowing(given), initiator: { reportKeys: true } },
    )
      .connect()
      .run(20 * NS_PER_S);
    expect(countsOf(pair)).toEqual({ sent: 40, answered: 40, lost: 0 });
    const keys = pair.childKeys('initiator').map(({ spi, encryptionKey, integrityKey }) => ({
      spi,
      encryptionKey,
      integrityKey,
    }));
    expect(keys).toEqual([given.out, given.back]);
    const spis = pair.sent.map(({ octets }) => toHex(octets.subarray(0, 4)));
    expect(new Set(spis)).toEqual(new Set(['c0000001', 'c0000002']));
  });

  it('carry nothing when a given key has another digit at one end', () => {
    const slip = { ...given, out: { ...given.out, integrityKey: new Uint8Array(32).fill(0x23) } };
    const pair = staticPair({ keys: given }, { staticCallers: knowing(slip) })
      .connect()
      .run(20 * NS_PER_S);
    expect(countsOf(pair)).toEqual({ sent: 40, answered: 0, lost: 40 });
    expect(new Set(dropsOf(pair))).toEqual(new Set(['esp-wrong-icv']));
  });

  it('take replays, against which nothing written down can help', () => {
    const pair = staticPair({}, { initiator: { ping: { ...ping, count: 1 } } });
    pair.wire = (datagram) => (datagram.fromInitiator ? [datagram, datagram] : [datagram]);
    pair.connect().run(20 * NS_PER_S);
    expect(pair.factsOf('responder.echo')).toHaveLength(2);
    expect(dropsOf(pair)).toEqual(['esp-unexpected']);
  });

  it('are held for as long as the load says, and begin anew', () => {
    const pair = staticPair({}, { initiator: { holdNs: 5 * NS_PER_S } })
      .connect(1)
      .run(10 * NS_PER_S);
    expect(pair.factsOf('negotiation.closed')).toEqual([{ type: 'negotiation.closed', negotiation: 1 }]);
    expect(pair.initiator.childCount).toBe(0);
    pair.connect(2).run(20 * NS_PER_S);
    expect(countsOf(pair)).toMatchObject({ sent: 80, answered: 80 });
    pair.connect(3);
    pair.feed(pair.initiator, { type: 'disconnect' });
    pair.feed(pair.initiator, { type: 'stop' });
    expect(pair.armedTimers.filter(({ peer }) => peer === 0)).toEqual([]);
  });

  const standing = staticPair()
    .connect()
    .run(100 * NS_PER_MS);
  test.prop([fc.uint8Array({ maxLength: 120 }), fc.boolean()])('drop any octets', (octets, toInitiator) => {
    const [to, from] = toInitiator ? ['10.0.0.1', '10.0.0.2'] : ['10.0.0.2', '10.0.0.1'];
    const before = dropsOf(standing).length;
    standing.feed(toInitiator ? standing.initiator : standing.responder, {
      type: 'datagram.received',
      from: endpoint(from, PORT_OF_ESP),
      to: endpoint(to, PORT_OF_ESP),
      octets,
    });
    const isKeepalive = octets.length === 1 && octets[0] === 0xff;
    expect(dropsOf(standing).length - before).toBe(isKeepalive ? 0 : 1);
  });
});
