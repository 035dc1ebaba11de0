/** Parking changes nothing: peers that are parked after every event they can be say and do what others do. */
import { test, fc } from '@fast-check/vitest';
import { describe, expect, it } from 'vitest';
import type { IkePeer } from '../../../src/peer/ike-peer.ts';
import { isEntryAtRest, readEntry, writeEntry } from '../../../src/peer/parking/entry-record.ts';
import { RecordReader } from '../../../src/peer/parking/record-reader.ts';
import { RecordWriter } from '../../../src/peer/parking/record-writer.ts';
import type { RestingPeer } from '../../../src/peer/parking/resting-peer.ts';
import { TimerReader, TimerWriter } from '../../../src/peer/parking/timer-list.ts';
import type { PeerPolicy } from '../../../src/peer/policy.ts';
import { NS_PER_S } from '../../../src/peer/timer.ts';
import { Pair, type PairSetup, type Wire } from '../../harness/pair.ts';
import { subnet } from '../../harness/policy.ts';

const DPD = { delayNs: 20 * NS_PER_S, retryNs: 3 * NS_PER_S, timeoutNs: 10 * NS_PER_S };
const REKEY = { marginNs: 20 * NS_PER_S, fuzz: 1 };
const SHORT = { ikeLifetimeS: 300, espLifetimeS: 100 };

const POLICIES: readonly (readonly [string, Partial<PeerPolicy>, Partial<PeerPolicy>])[] = [
  ['nothing happens', {}, {}],
  ['rekeying by the initiator', { ...SHORT, rekey: REKEY }, SHORT],
  ['rekeying by the responder', SHORT, { ...SHORT, rekey: REKEY }],
  ['rekeying by both', { ...SHORT, rekey: REKEY }, { ...SHORT, rekey: REKEY }],
  ['lifetimes that end', SHORT, SHORT],
  ['a lifetime of traffic', { ikeLifetimeKilobytes: 2, rekey: REKEY, dpd: DPD }, { dpd: DPD }],
  ['dead peer detection', { dpd: DPD }, { dpd: DPD }],
  ['a NAT', { natTraversal: 'force', natKeepaliveNs: 20 * NS_PER_S, dpd: DPD }, { natTraversal: 'force' }],
  ['several children', { children: 3, ...SHORT, rekey: REKEY }, SHORT],
  ['networks', { localSelector: subnet('10.1.0.0/16'), remoteSelector: subnet('10.2.0.0/16') }, {}],
  ['aggressive mode', { mode: 'aggressive', ...SHORT, rekey: REKEY }, SHORT],
  ['the commit bit', { ...SHORT, rekey: REKEY }, { ...SHORT, commitBit: true }],
  ['a hold time', { holdNs: 50 * NS_PER_S }, {}],
  ['pings', { ping: { count: 3, intervalNs: NS_PER_S, timeoutNs: NS_PER_S, dataOctets: 56 } }, {}],
  ['no children', { children: 0, dpd: DPD }, { dpd: DPD }],
];

/** Loses, repeats and delays datagrams by their number: the same ones in each run. */
function badWire(badness: number): Wire {
  return ({ index, octets }) => {
    const die = Math.imul(index + 1, 0x9e3779b1) >>> 0;
    const share = die / 0x1_0000_0000;
    if (share < badness) return [];
    if (share < 2 * badness) return [{ octets }, { octets, delayNs: NS_PER_S * ((die & 7) + 1) }];
    return [{ octets }];
  };
}

interface Deed {
  readonly afterS: number;
  readonly what: 'connect' | 'disconnect' | 'answer-no-more' | 'step' | 'stop' | 'stop-host';
}

function live(setup: PairSetup, deeds: readonly Deed[], isParked: boolean): Pair {
  const pair = new Pair({ ...setup, parks: isParked, rests: isParked });
  pair.connect();
  let number = 1;
  for (const { afterS, what } of deeds) {
    pair.run(pair.nowNs + afterS * NS_PER_S);
    if (what === 'connect') pair.connect(number++);
    else if (what === 'disconnect') pair.feed(pair.initiator, { type: 'disconnect' });
    else if (what === 'stop') pair.feed(pair.responder, { type: 'stop' });
    else if (what === 'stop-host') pair.feed(pair.initiator, { type: 'stop' });
    else if (what === 'step') pair.feed(pair.initiator, { type: 'clock.stepped', byMs: 5000 });
    else pair.wire = () => [];
  }
  return pair.run(pair.nowNs + 500 * NS_PER_S);
}

function story({ facts, sent, armedTimers, initiator, responder }: Pair) {
  const timers = armedTimers.map(({ kind, dueNs, peer }) => ({ kind, dueNs, peer }));
  const counts = [initiator, responder].map(({ phase1Count, childCount }) => ({ phase1Count, childCount }));
  return { facts, sent, timers, counts };
}

describe('a gateway and a host that are parked', () => {
  it.each(POLICIES)('do the same: %s', (_, initiator, responder) => {
    for (const badness of [0, 0.15]) {
      const setup = { initiator, responder, wire: badWire(badness) };
      const deeds: Deed[] = [
        { afterS: 130, what: 'connect' },
        { afterS: 400, what: 'step' },
        { afterS: 150, what: 'disconnect' },
        { afterS: 5, what: 'connect' },
        { afterS: 200, what: 'answer-no-more' },
      ];
      expect(story(live(setup, deeds, true))).toEqual(story(live(setup, deeds, false)));
    }
  });

  const deed = fc.record({
    afterS: fc.integer({ min: 0, max: 200 }),
    what: fc.constantFrom('connect', 'disconnect', 'answer-no-more', 'step', 'stop', 'stop-host'),
  });

  test.prop(
    [
      fc.constantFrom(...POLICIES),
      fc.array(deed, { maxLength: 8 }) as fc.Arbitrary<Deed[]>,
      fc.double({ min: 0, max: 0.3, noNaN: true }),
      fc.nat(1000),
    ],
    { numRuns: 60 },
  )('do the same whatever happens', ([, initiator, responder], deeds, badness, seed) => {
    const setup = { initiator, responder, wire: badWire(badness), seed };
    expect(story(live(setup, deeds, true))).toEqual(story(live(setup, deeds, false)));
  });
});

describe('parking', () => {
  it.each(POLICIES.filter(([name]) => name !== 'pings'))(
    'is there after a negotiation: %s',
    (_, initiator, responder) => {
      const pair = new Pair({ initiator, responder, parks: true, rests: true }).connect().run(5 * NS_PER_S);
      expect(pair.hasSucceeded).toBe(true);
      expect((pair.initiator as RestingPeer).isResting).toBe(true);
      expect(pair.arena.size).toBe(2);
    },
  );

  it('leaves nothing behind when the tunnels are gone', () => {
    const pair = new Pair({ parks: true, rests: true }).connect().run(5 * NS_PER_S);
    pair.feed(pair.initiator, { type: 'disconnect' });
    pair.run(pair.nowNs + NS_PER_S);
    expect(pair.responder.phase1Count).toBe(0);
    // That of the host, which remembers its last order.
    expect(pair.arena.size).toBe(1);
  });

  it.each(POLICIES.filter(([name]) => name !== 'pings'))(
    'ends at both ends without waking anybody: %s',
    (_, initiator, responder) => {
      const pair = new Pair({ initiator, responder, parks: true, rests: true }).connect().run(5 * NS_PER_S);
      const facts = pair.facts.length;
      pair.feed(pair.responder, { type: 'stop' });
      // That of the host.
      expect(pair.arena.size).toBe(1);
      expect(pair.responder).toMatchObject({ phase1Count: 0, childCount: 0 });
      pair.feed(pair.initiator, { type: 'stop' });
      expect((pair.initiator as RestingPeer).isResting).toBe(true);
      expect(pair.armedTimers).toEqual([]);
      expect(pair.facts.length).toBe(facts);
      // Who asks finds what would be there had it been awake.
      expect(pair.initiator).toMatchObject({ phase1Count: 0, childCount: 0 });
      pair.connect(2).run(pair.nowNs + NS_PER_S);
      expect(pair.facts.length).toBe(facts);
    },
  );

  it.each(POLICIES)('writes and reads every SA as it is: %s', (_, initiator, responder) => {
    const pair = live({ initiator, responder, wire: badWire(0.1) }, [{ afterS: 90, what: 'step' }], false);
    const writer = new RecordWriter();
    const again = new RecordWriter();
    for (const peer of [pair.initiator, pair.responder] as IkePeer[]) {
      for (const entry of peer.table) {
        if (!isEntryAtRest(peer, entry)) continue;
        const timers = new TimerWriter();
        writer.begin();
        writeEntry(writer, timers, peer, entry);
        const list = timers.take(undefined);
        const woken = readEntry(
          new RecordReader({ chunk: writer.octets, offset: 0 }),
          new TimerReader(list),
          peer,
        );
        const {
          phase1: _phase1,
          quickModes,
          liveness: _liveness,
          succeeds: _succeeds,
          lifetimeTimer,
          rekeyTimer,
          ...rest
        } = entry;
        expect(woken).toMatchObject({ ...rest, children: entry.children.map(({ child }) => ({ child })) });
        expect([...woken.quickModes.keys()]).toEqual([...quickModes.keys()]);
        expect([woken.lifetimeTimer, woken.rekeyTimer]).toEqual([lifetimeTimer, rekeyTimer]);
        again.begin();
        writeEntry(again, new TimerWriter(), peer, woken);
        expect(again.octets.slice(0, again.length)).toEqual(writer.octets.slice(0, writer.length));
      }
    }
  });
});
