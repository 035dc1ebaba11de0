import { describe, expect, it } from 'vitest';
import { NS_PER_MS, NS_PER_S } from '../../src/peer/timer.ts';
import { Pair, type PairSetup } from '../harness/pair.ts';

const rekey = { marginNs: 5 * NS_PER_S, fuzz: 0 };
const dpd = { delayNs: 10 * NS_PER_S, retryNs: 2 * NS_PER_S, timeoutNs: 8 * NS_PER_S };
const QUICK_MODE = 32;

function eventsOf(pair: Pair, by?: 'initiator' | 'responder'): string[] {
  return pair.factsOf('lifecycle', by).map((fact) => fact.event);
}

describe('a phase 1 rekeying in flight', () => {
  it('ends with the tunnel that it was for', () => {
    const pair = new Pair({ initiator: { rekey, ikeLifetimeS: 30 } }).connect();
    pair.run(25 * NS_PER_S + 42 * NS_PER_MS);
    expect(pair.initiator.phase1Count).toBe(2);
    pair.feed(pair.initiator, { type: 'disconnect' });
    expect(pair.initiator.phase1Count).toBe(0);
    pair.run(60 * NS_PER_S);
    expect([pair.initiator.phase1Count, pair.responder.phase1Count]).toEqual([0, 0]);
    expect(pair.armedTimers).toHaveLength(0);
  });

  it('starts a child rekeying anew that the old SA had begun', () => {
    const setup: PairSetup = {
      initiator: { rekey, ikeLifetimeS: 31, espLifetimeS: 30 },
      responder: { ikeLifetimeS: 3600, espLifetimeS: 3600 },
    };
    const pair = new Pair(setup).connect().run(24 * NS_PER_S);
    let lost = 0;
    pair.wire = (datagram) =>
      datagram.fromInitiator && datagram.octets[18] === QUICK_MODE && lost++ === 0 ? [] : [datagram];
    pair.run(35 * NS_PER_S);
    expect(eventsOf(pair, 'initiator')).toEqual(['phase1-rekeyed', 'phase2-rekeyed']);
    expect([pair.initiator.childCount, pair.responder.childCount]).toEqual([1, 1]);
  });
});

it('rekeying is no part of the round trips that the load schedule asked for', () => {
  const pair = new Pair({ initiator: { rekey, ikeLifetimeS: 30, espLifetimeS: 40 } }).connect();
  pair.run(120 * NS_PER_S);
  expect(pair.factsOf('round-trip').map(({ name }) => name)).toEqual([
    'main-1',
    'main-3',
    'main-5',
    'quick-1',
  ]);
});

it('a dead host leaves no child SAs to its other SA', () => {
  const pair = new Pair({ responder: { dpd } }).connect(1).run(NS_PER_S);
  // The host starts again and forgets; its gateway hears nothing of either.
  pair.wire = (datagram) => (datagram.octets[18] === 5 ? [] : [datagram]);
  pair.connect(2).run(2 * NS_PER_S);
  expect(pair.responder.phase1Count).toBe(2);
  pair.wire = () => [];
  pair.run(60 * NS_PER_S);
  expect([pair.responder.phase1Count, pair.responder.childCount]).toEqual([0, 0]);
  expect(pair.armedTimers.filter((timer) => timer.peer === pair.responder.id)).toHaveLength(0);
});

it('children that a new phase 1 SA took over still end with their own lifetime at the gateway', () => {
  const pair = new Pair({
    initiator: { rekey, ikeLifetimeS: 30, espLifetimeS: 3600 },
    responder: { ikeLifetimeS: 3600, espLifetimeS: 60 },
  });
  pair.connect().run(40 * NS_PER_S);
  pair.wire = () => [];
  pair.run(90 * NS_PER_S);
  expect(pair.responder.childCount).toBe(0);
});

it('an other end that dies before the second quick mode is answered is a timeout, not a delete', () => {
  const pair = new Pair({
    initiator: { children: 2, dpd: { ...dpd, delayNs: NS_PER_S, timeoutNs: NS_PER_S } },
  });
  pair.wire = (datagram) => (pair.responder.childCount === 0 ? [datagram] : []);
  pair.connect().run();
  expect(eventsOf(pair)).toContain('peer-dead');
  expect(pair.failureCause).toBe('timeout-phase2');
});

it('an initiator whose last child SA is deleted tells the gateway that the tunnel is over', () => {
  const pair = new Pair({ responder: { ikeLifetimeS: 3600, espLifetimeS: 3600 } }).connect().run(NS_PER_S);
  let informationals = 0;
  // Of the two deletes of the gateway only that of the child SA arrives.
  pair.wire = (datagram) =>
    !datagram.fromInitiator && datagram.octets[18] === 5 && informationals++ === 1 ? [] : [datagram];
  const sent = pair.sent.length;
  pair.feed(pair.responder, { type: 'disconnect' });
  pair.run(5 * NS_PER_S);
  expect(pair.initiator.phase1Count).toBe(0);
  expect(pair.sent.slice(sent).some(({ fromInitiator }) => fromInitiator)).toBe(true);
});

it('stop leaves no timers and sends nothing, a tunnel and its rekeying included', () => {
  const pair = new Pair({
    initiator: { rekey, ikeLifetimeS: 30, dpd, natTraversal: 'force', natKeepaliveNs: 2 * NS_PER_S },
  });
  pair.connect().run(25 * NS_PER_S + 42 * NS_PER_MS);
  const { length } = pair.sent;
  pair.feed(pair.initiator, { type: 'stop' });
  pair.feed(pair.responder, { type: 'stop' });
  expect(pair.armedTimers).toHaveLength(0);
  expect(pair.sent).toHaveLength(length);
});
