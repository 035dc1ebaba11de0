import { describe, expect, it } from 'vitest';
import { ServerPeer } from '../../src/network/server-peer.ts';
import type { Effect } from '../../src/peer/effect.ts';
import { ACCESS_REQUEST, encodeQuestion } from '../../src/peer/server-question.ts';
import { asciiOctets } from '../../src/ike/wire/octets.ts';
import { endpoint } from '../harness/policy.ts';

const MS = 1_000_000;
const gateway = endpoint('192.0.2.1');
const own = endpoint('192.0.2.100', 1812);

function serverOf(capacity = 1, queueLimit = 1) {
  const service = { type: 'constant', ns: 10 * MS } as const;
  const server = new ServerPeer({ id: 7, endpoint: own, model: { service, capacity, queueLimit }, seed: 1 });
  const feed = (event: Parameters<ServerPeer['handle']>[0], nowNs: number): Effect[] => {
    const effects: Effect[] = [];
    server.handle(event, nowNs, effects);
    return effects;
  };
  const ask = (
    nowNs: number,
    octets = encodeQuestion(ACCESS_REQUEST, new Uint8Array(16).fill(5), 3, asciiOctets('alice')),
  ) => feed({ type: 'datagram.received', from: gateway, to: own, octets }, nowNs)[0]!;
  const dueMs = (effect: Effect) => (effect.type === 'timer.set' ? effect.timer.dueNs / MS : effect);
  return { feed, ask, dueMs };
}

const FULL = { type: 'record', fact: { type: 'dropped', reason: 'server-queue-full' } };

describe('a server of users', () => {
  it('answers a question after its time, with the authenticator of the request', () => {
    const { feed, ask } = serverOf();
    const set = ask(5 * MS) as Effect & { type: 'timer.set' };
    expect(set.timer.dueNs).toBe(15 * MS);
    expect(feed({ type: 'timer.fired', timer: set.timer }, 15 * MS)).toEqual([
      {
        type: 'send',
        from: own,
        to: gateway,
        octets: Uint8Array.from([2, 3, 0, 20, ...new Uint8Array(16).fill(5)]),
        isRetransmission: false,
      },
    ]);
  });

  it('lets as many wait as fit into its queue', () => {
    const { ask, dueMs } = serverOf();
    expect([ask(0), ask(0), ask(0), ask(10 * MS)].map(dueMs)).toEqual([10, 20, FULL, 30]);
  });

  it('is slow for those that it begins in the time', () => {
    const { feed, ask, dueMs } = serverOf(1, 9);
    expect(dueMs(ask(0))).toBe(10);
    expect(feed({ type: 'slowed', factor: 5, forNs: 20 * MS }, 5 * MS)).toEqual([]);
    // The second is begun at 60 ms, when the time is over.
    expect([ask(6 * MS), ask(6 * MS)].map(dueMs)).toEqual([60, 70]);
  });

  it('drops what is no question', () => {
    const { ask } = serverOf();
    const malformed = { type: 'record', fact: { type: 'dropped', reason: 'malformed' } };
    expect([ask(0, new Uint8Array(19).fill(1)), ask(0, new Uint8Array(40).fill(2))]).toEqual([
      malformed,
      malformed,
    ]);
  });
});
