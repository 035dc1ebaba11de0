/** Lifetimes between two ends that want different ones, and limits by traffic. */
import { describe, expect, it } from 'vitest';
import type { IkePeer } from '../../src/peer/ike-peer.ts';
import { countProtected } from '../../src/peer/lifetimes.ts';
import type { SaEntry } from '../../src/peer/sa-entry.ts';
import { NS_PER_S } from '../../src/peer/timer.ts';
import type { Direction } from '../../src/peer/traffic-limit.ts';
import { Pair, type PairSetup } from '../harness/pair.ts';

const rekey = { marginNs: 5 * NS_PER_S, fuzz: 1 };
type By = 'initiator' | 'responder';

function eventsOf(pair: Pair, by?: By): string[] {
  return pair.factsOf('lifecycle', by).map((fact) => fact.event);
}

function entryOf(pair: Pair, by: By): SaEntry {
  const [entry] = [...(pair[by] as IkePeer).table];
  if (entry === undefined) throw new Error('there is no SA');
  return entry;
}

/** Counts octets as the data plane does, within an event of the peer. */
function protect(pair: Pair, by: By, direction: Direction, octets: number): void {
  const peer = pair[by] as IkePeer;
  const entry = entryOf(pair, by);
  const [established] = entry.children;
  if (established === undefined) throw new Error('there is no child SA');
  const subject = { timerFired: () => countProtected(peer, entry, established, direction, octets) };
  const timer = { kind: 'rekey', peer: peer.id, subject, dueNs: 0, slot: -1 } as const;
  pair.feed(peer, { type: 'timer.fired', timer });
}

describe('the shorter lifetime holds', () => {
  it.each<[string, PairSetup]>([
    ['that of the initiator', { initiator: { ikeLifetimeS: 100, espLifetimeS: 40 } }],
    ['that of the responder, which tells', { responder: { ikeLifetimeS: 100, espLifetimeS: 40 } }],
  ])('%s', (_whose, setup) => {
    const pair = new Pair(setup).connect().run(NS_PER_S);
    for (const by of ['initiator', 'responder'] as const) {
      const entry = entryOf(pair, by);
      expect((entry.expiresNs - entry.establishedNs) / NS_PER_S).toBe(100);
      const [child] = entry.children;
      expect(child && (child.expiresNs - child.establishedNs) / NS_PER_S).toBe(40);
    }
    pair.run(60 * NS_PER_S);
    expect([pair.initiator.childCount, pair.responder.childCount]).toEqual([0, 0]);
  });

  it('in time: an initiator rekeys before the end that the responder wants', () => {
    const pair = new Pair({
      initiator: { rekey },
      responder: { ikeLifetimeS: 100, espLifetimeS: 40 },
    });
    pair.connect().run(600 * NS_PER_S);
    const events = eventsOf(pair);
    expect(events).not.toContain('lifetime-over');
    expect(events.filter((event) => event === 'phase1-rekeyed').length).toBeGreaterThanOrEqual(5);
    expect(events.filter((event) => event === 'phase2-rekeyed').length).toBeGreaterThanOrEqual(14);
    expect([pair.initiator.childCount, pair.responder.childCount]).toEqual([1, 1]);
  });

  it('also where it is shorter than the margin of those who rekey', () => {
    const pair = new Pair({ initiator: { rekey }, responder: { espLifetimeS: 4 } });
    pair.connect().run(60 * NS_PER_S);
    expect(eventsOf(pair)).not.toContain('lifetime-over');
    expect(pair.initiator.childCount).toBe(1);
  });
});

describe('a responder that rekeys', () => {
  const both = { rekey, ikeLifetimeS: 100, espLifetimeS: 40 };

  it('steps in where the initiator does not, in both phases and for as long as the tunnel stands', () => {
    const pair = new Pair({ responder: both }).connect().run(600 * NS_PER_S);
    const events = eventsOf(pair, 'responder');
    expect(events.filter((event) => event === 'phase1-rekeyed').length).toBeGreaterThanOrEqual(4);
    expect(events.filter((event) => event === 'phase2-rekeyed').length).toBeGreaterThanOrEqual(12);
    expect(new Set(events)).toEqual(new Set(['phase1-rekeyed', 'phase2-rekeyed']));
    for (const peer of [pair.initiator, pair.responder]) {
      expect([peer.phase1Count, peer.childCount]).toEqual([1, 1]);
    }
    expect(pair.factsOf('negotiation.closed')).toHaveLength(0);
  });

  it('has nothing to do where the initiator does', () => {
    const pair = new Pair({ initiator: both, responder: both }).connect().run(600 * NS_PER_S);
    expect(eventsOf(pair, 'responder')).toEqual([]);
    expect(eventsOf(pair, 'initiator')).not.toContain('rekey-failed');
    for (const peer of [pair.initiator, pair.responder]) {
      expect([peer.phase1Count, peer.childCount]).toEqual([1, 1]);
    }
  });

  it('leaves a phase 1 SA that the host closes like one of its own', () => {
    const pair = new Pair({ initiator: { holdNs: 250 * NS_PER_S }, responder: both });
    pair.connect().run(240 * NS_PER_S);
    expect(eventsOf(pair, 'responder')).toContain('phase1-rekeyed');
    pair.run(260 * NS_PER_S);
    expect(pair.factsOf('negotiation.closed')).toHaveLength(1);
    for (const peer of [pair.initiator, pair.responder]) {
      expect([peer.phase1Count, peer.childCount]).toEqual([0, 0]);
    }
    expect(pair.armedTimers).toHaveLength(0);
  });
});

describe('a limit by traffic', () => {
  const limits = { espLifetimeKilobytes: 100 };

  it.each([
    ['initiator', 'outbound'],
    ['initiator', 'inbound'],
    ['responder', 'outbound'],
    ['responder', 'inbound'],
  ] as const)('of the %s is kept by rekeying before %s traffic reaches it', (by, direction) => {
    const pair = new Pair({ [by]: { rekey, ...limits } }).connect().run(NS_PER_S);
    for (let kilobytes = 0; kilobytes < 70; kilobytes += 10) protect(pair, by, direction, 10_240);
    pair.run(2 * NS_PER_S);
    expect(eventsOf(pair)).toEqual([]);
    for (let kilobytes = 70; kilobytes < 100; kilobytes += 5) protect(pair, by, direction, 5_100);
    pair.run(4 * NS_PER_S);
    expect(eventsOf(pair)).toEqual(['phase2-rekeyed']);
    expect([pair.initiator.childCount, pair.responder.childCount]).toEqual([1, 1]);
  });

  it('is negotiated: the initiator keeps that of the responder', () => {
    const pair = new Pair({ initiator: { rekey }, responder: limits }).connect().run(NS_PER_S);
    protect(pair, 'initiator', 'outbound', 95 * 1024);
    pair.run(2 * NS_PER_S);
    expect(eventsOf(pair, 'initiator')).toEqual(['phase2-rekeyed']);
  });

  it('ends a child SA that nobody rekeys, at both ends', () => {
    const pair = new Pair({ initiator: limits }).connect().run(NS_PER_S);
    protect(pair, 'initiator', 'outbound', 102_400);
    pair.run(2 * NS_PER_S);
    expect(eventsOf(pair)).toEqual(['lifetime-over']);
    expect([pair.initiator.childCount, pair.responder.childCount]).toEqual([0, 0]);
  });

  it('of phase 1 counts its messages', () => {
    const dpd = { delayNs: NS_PER_S, retryNs: NS_PER_S, timeoutNs: 9 * NS_PER_S };
    const pair = new Pair({ initiator: { rekey, dpd, ikeLifetimeKilobytes: 4 } });
    pair.connect().run(300 * NS_PER_S);
    const events = eventsOf(pair, 'initiator').filter((event) => event !== 'liveness-asked');
    expect(events.length).toBeGreaterThan(3);
    expect(new Set(events)).toEqual(new Set(['phase1-rekeyed']));
    expect([pair.initiator.phase1Count, pair.responder.phase1Count]).toEqual([1, 1]);
  });
});

describe('a lifetime that ends before the tunnel stands', () => {
  it('ends the negotiation too, as one that took too long', () => {
    // Nothing that comes after phase 1 gets through.
    const wire: PairSetup['wire'] = ({ octets }) => (octets[18] === 0x02 ? [{ octets }] : []);
    const pair = new Pair({ initiator: { ikeLifetimeS: 10 }, wire }).connect().run(120 * NS_PER_S);
    expect(pair.factsOf('negotiation.failed').map(({ cause }) => cause)).toEqual(['timeout-phase2']);
    expect([pair.initiator.phase1Count, pair.responder.phase1Count]).toEqual([0, 0]);
    pair.connect();
    expect(pair.factsOf('negotiation.started')).toHaveLength(2);
  });
});
