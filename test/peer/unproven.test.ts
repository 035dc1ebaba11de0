/** What an address gets that has not shown yet that somebody listens there. */
import { describe, expect, it } from 'vitest';
import type { PeerPolicy } from '../../src/peer/policy.ts';
import { NS_PER_S } from '../../src/peer/timer.ts';
import { Pair } from '../harness/pair.ts';
import { endpoint } from '../harness/policy.ts';

function firstMessage(mode: 'main' | 'aggressive', seed: number): Uint8Array {
  const pair = new Pair({ initiator: { mode }, seed, wire: () => [] }).connect();
  return pair.sent[0]?.octets ?? new Uint8Array();
}

function strangerSends(pair: Pair, octets: Uint8Array, from = endpoint('192.0.2.7')): void {
  pair.feed(pair.responder, { type: 'datagram.received', from, to: pair.responder.endpoint, octets });
}

describe('an address that has sent nothing but a first message', () => {
  it('gets no more than three times what it sent, in at most three messages', () => {
    const pair = new Pair({ wire: () => [] });
    const octets = firstMessage('aggressive', 5);
    strangerSends(pair, octets);
    pair.run(120 * NS_PER_S);
    expect(pair.sent.length).toBeGreaterThan(1);
    expect(pair.sent.length).toBeLessThanOrEqual(3);
    const sent = pair.sent.reduce((sum, datagram) => sum + datagram.octets.length, 0);
    expect(sent).toBeLessThanOrEqual(3 * octets.length);
    expect([pair.responder.phase1Count, pair.armedTimers.length]).toEqual([0, 0]);
  });

  it('gets the whole schedule of a device that is known to do so', () => {
    const schedule = { firstNs: NS_PER_S, factor: 1, maximumNs: Infinity, tries: 5 };
    const responderRetransmit = { messages: ['aggressive-2'], schedule, toUnproven: 'as-scheduled' } as const;
    const pair = new Pair({ wire: () => [], responder: { responderRetransmit } });
    strangerSends(pair, firstMessage('aggressive', 5));
    pair.run(120 * NS_PER_S);
    expect(pair.sent).toHaveLength(6);
  });
});

describe('a refused first message of aggressive mode', () => {
  const limits: PeerPolicy['limits'] = { halfOpen: 3, exchangesPerSa: 4, established: 100 };
  const reasonsOf = (pair: Pair) => pair.factsOf('dropped', 'responder').map(({ reason }) => reason);

  it('keeps its place among the unfinished ones until their time is over', () => {
    const pair = new Pair({ responderKey: undefined, responder: { limits }, wire: () => [] });
    for (let seed = 1; seed <= 5; seed++) strangerSends(pair, firstMessage('aggressive', seed));
    expect(pair.factsOf('responder.failed')).toHaveLength(3);
    expect(reasonsOf(pair)).toEqual(['limit-half-open', 'limit-half-open']);
    pair.run(31 * NS_PER_S);
    expect(pair.responder.phase1Count).toBe(0);
    strangerSends(pair, firstMessage('aggressive', 6));
    expect(pair.factsOf('responder.failed')).toHaveLength(4);
  });

  it('counts for its address too', () => {
    const pair = new Pair({
      responderKey: undefined,
      responder: { limits: { ...limits, halfOpenPerAddress: 1 } },
      wire: () => [],
    });
    strangerSends(pair, firstMessage('aggressive', 1));
    strangerSends(pair, firstMessage('aggressive', 2));
    strangerSends(pair, firstMessage('aggressive', 3), endpoint('192.0.2.8'));
    expect(reasonsOf(pair)).toEqual(['limit-per-address']);
  });
});
