import { describe, expect, it } from 'vitest';
import { NS_PER_S } from '../../src/peer/timer.ts';
import { Pair, type PairSetup } from '../harness/pair.ts';
import { endpoint } from '../harness/policy.ts';

const dpd = { delayNs: 10 * NS_PER_S, retryNs: 2 * NS_PER_S, timeoutNs: 8 * NS_PER_S };

function eventsOf(pair: Pair, by?: 'initiator' | 'responder'): string[] {
  return pair.factsOf('lifecycle', by).map((fact) => fact.event);
}

describe('dead peer detection', () => {
  it('asks after silence and is content with an answer', () => {
    const pair = new Pair({ initiator: { dpd } }).connect().run(60 * NS_PER_S);
    const events = eventsOf(pair);
    expect(events).not.toContain('peer-dead');
    // Every 10 s of silence; each answer starts the count anew.
    expect(events.filter((event) => event === 'liveness-asked')).toHaveLength(5);
    expect(pair.initiator.phase1Count).toBe(1);
  });

  it('gives up an SA whose other end is silent, after the time of the policy', () => {
    const pair = new Pair({ initiator: { dpd } }).connect().run(5 * NS_PER_S);
    pair.wire = () => [];
    pair.run(60 * NS_PER_S);
    expect(eventsOf(pair)).toContain('peer-dead');
    expect(pair.factsOf('negotiation.closed')).toHaveLength(1);
    expect(pair.initiator.phase1Count).toBe(0);
  });

  it('works from the responder too, and frees what a vanished host left', () => {
    const pair = new Pair({ responder: { dpd } }).connect().run(5 * NS_PER_S);
    pair.wire = () => [];
    pair.run(60 * NS_PER_S);
    expect(eventsOf(pair, 'responder')).toContain('peer-dead');
    expect([pair.responder.phase1Count, pair.responder.childCount]).toEqual([0, 0]);
    expect(pair.armedTimers.filter((timer) => timer.peer === pair.responder.id)).toHaveLength(0);
  });

  it('survives the loss of single questions and answers', () => {
    const pair = new Pair({ initiator: { dpd } }).connect().run(5 * NS_PER_S);
    pair.wire = (datagram) => (datagram.index % 3 === 0 ? [] : [datagram]);
    pair.run(120 * NS_PER_S);
    expect(eventsOf(pair)).not.toContain('peer-dead');
  });
});

describe('NAT keepalives', () => {
  const natKeepaliveNs = 20 * NS_PER_S;

  it('are sent by the initiator where a NAT was seen, one octet each', () => {
    const pair = new Pair({ initiator: { natTraversal: 'force', natKeepaliveNs } }).connect();
    pair.run(70 * NS_PER_S);
    const keepalives = pair.sent.filter(({ octets }) => octets.length === 1);
    expect(keepalives.map(({ octets }) => octets[0])).toEqual([0xff, 0xff, 0xff]);
    expect(pair.factsOf('dropped')).toHaveLength(0);
  });

  it('are not sent without a NAT', () => {
    const pair = new Pair({ initiator: { natKeepaliveNs } }).connect().run(70 * NS_PER_S);
    expect(pair.sent.filter(({ octets }) => octets.length === 1)).toHaveLength(0);
  });
});

describe('rekeying', () => {
  const rekey = { marginNs: 5 * NS_PER_S, fuzz: 1 };

  it('replaces a child SA before its lifetime ends, with new keys and SPIs', () => {
    const pair = new Pair({ initiator: { rekey, espLifetimeS: 30 } }).connect().run(28 * NS_PER_S);
    expect(eventsOf(pair, 'initiator')).toEqual(['phase2-rekeyed']);
    expect([pair.initiator.childCount, pair.responder.childCount]).toEqual([1, 1]);
    const spis = pair.childKeys('initiator').map(({ spi }) => spi.join());
    expect(new Set(spis).size).toBe(4);
    expect(pair.childKeys('initiator')).toEqual(pair.childKeys('responder'));
  });

  it('goes on for as long as the tunnel stands, whose SAs never run out', () => {
    const pair = new Pair({ initiator: { rekey, espLifetimeS: 30 } }).connect().run(600 * NS_PER_S);
    const events = eventsOf(pair, 'initiator');
    expect(events.length).toBeGreaterThanOrEqual(20);
    expect(new Set(events)).toEqual(new Set(['phase2-rekeyed']));
    expect(pair.factsOf('negotiation.succeeded')).toHaveLength(1);
    expect([pair.initiator.childCount, pair.responder.childCount]).toEqual([1, 1]);
  });

  it.each(['main', 'aggressive'] as const)(
    'replaces phase 1 in %s mode, and child SAs change over',
    (mode) => {
      const pair = new Pair({ initiator: { mode, rekey, ikeLifetimeS: 30 } }).connect().run(29 * NS_PER_S);
      expect(eventsOf(pair, 'initiator')).toEqual(['phase1-rekeyed']);
      for (const peer of [pair.initiator, pair.responder]) {
        expect([peer.phase1Count, peer.childCount]).toEqual([1, 1]);
      }
      pair.feed(pair.initiator, { type: 'disconnect' });
      pair.run();
      for (const peer of [pair.initiator, pair.responder]) {
        expect([peer.phase1Count, peer.childCount]).toEqual([0, 0]);
      }
      expect(pair.armedTimers).toHaveLength(0);
    },
  );

  it('replaces both, each in its own time, over a NAT and with PFS children', () => {
    const setup: PairSetup = {
      initiator: { rekey, ikeLifetimeS: 100, espLifetimeS: 30, natTraversal: 'force', children: 2 },
    };
    const pair = new Pair(setup).connect().run(500 * NS_PER_S);
    const events = eventsOf(pair, 'initiator');
    expect(events.filter((event) => event === 'phase1-rekeyed').length).toBeGreaterThanOrEqual(4);
    expect(events).not.toContain('rekey-failed');
    expect(events).not.toContain('lifetime-over');
    for (const peer of [pair.initiator, pair.responder]) {
      expect([peer.phase1Count, peer.childCount]).toEqual([1, 2]);
    }
  });

  it('of a child SA ends with that SA: a deleted one is not rekeyed', () => {
    const pair = new Pair({ initiator: { rekey, espLifetimeS: 30 } }).connect().run(NS_PER_S);
    pair.feed(pair.responder, { type: 'disconnect' });
    pair.run(60 * NS_PER_S);
    expect(eventsOf(pair)).toEqual([]);
    expect(pair.armedTimers).toHaveLength(0);
  });

  it('spreads over the fuzz: two peers do not rekey at the same time', () => {
    const dueNs = [1, 2].map((seed) => {
      const pair = new Pair({ seed, initiator: { rekey, espLifetimeS: 30 } }).connect().run(NS_PER_S);
      return (
        pair.armedTimers.find((timer) => timer.kind === 'rekey' && timer.dueNs < 31 * NS_PER_S)?.dueNs ?? 0
      );
    });
    expect(dueNs[0]).not.toBe(dueNs[1]);
    for (const due of dueNs) {
      expect(due).toBeGreaterThanOrEqual(20 * NS_PER_S);
      expect(due).toBeLessThanOrEqual(25.1 * NS_PER_S);
    }
  });

  it('that gets no answer is reported, and the tunnel ends with its lifetime', () => {
    const retransmit = { firstNs: NS_PER_S, factor: 1, maximumNs: Infinity, tries: 1 };
    const pair = new Pair({ initiator: { rekey, espLifetimeS: 30, retransmit } }).connect().run(5 * NS_PER_S);
    pair.wire = () => [];
    pair.run(60 * NS_PER_S);
    expect(eventsOf(pair, 'initiator')).toEqual(['rekey-failed', 'lifetime-over']);
    expect(pair.initiator.phase1Count).toBe(0);
  });

  it('does not tell the gateway of an initial contact, which would end the old SA with its child SAs', () => {
    const pair = new Pair({ initiator: { rekey, ikeLifetimeS: 30, initialContact: true } });
    pair.connect().run(29 * NS_PER_S);
    expect(eventsOf(pair, 'initiator')).toEqual(['phase1-rekeyed']);
    expect(pair.responder.childCount).toBe(1);
  });
});

describe('an SA that moved', () => {
  it('answers where the last authenticated phase 1 message came from', () => {
    const translate: PairSetup['translate'] = (at, fromInitiator) =>
      fromInitiator && at.address === '10.0.0.1' ? endpoint('198.51.100.4', at.port + 7) : at;
    const pair = new Pair({ translate }).connect().run();
    expect(pair.hasSucceeded).toBe(true);
  });
});
