/** What one end can make another one keep is limited. */
import { describe, expect, it } from 'vitest';
import { encodeMessage } from '../../src/ike/wire/encode.ts';
import { ExchangeType, VERSION_1_0 } from '../../src/ike/wire/numbers.ts';
import type { IkePeer } from '../../src/peer/ike-peer.ts';
import { NS_PER_S } from '../../src/peer/timer.ts';
import { Pair } from '../harness/pair.ts';

it('child SAs of one phase 1 are limited to twice as many as may be at rest; what is above is dropped and counted', () => {
  const limits = { halfOpen: 100, exchangesPerSa: 4, established: 100, childrenPerSa: 2 };
  const pair = new Pair({ initiator: { children: 5 }, responder: { limits } }).connect().run();
  expect(pair.responder.childCount).toBe(0);
  expect(pair.factsOf('responder.phase2.established')).toHaveLength(4);
  expect(pair.factsOf('dropped', 'responder').map(({ reason }) => reason)).toContain('limit-children');
  expect(pair.failureCause).toBe('timeout-phase2');
});

it('a rekeying is not refused where as many child SAs are there as are allowed', () => {
  const limits = { halfOpen: 100, exchangesPerSa: 4, established: 100, childrenPerSa: 1 };
  const rekey = { marginNs: 5 * NS_PER_S, fuzz: 0 };
  const pair = new Pair({ initiator: { rekey, espLifetimeS: 30 }, responder: { limits } });
  pair.connect().run(28 * NS_PER_S);
  expect(pair.factsOf('lifecycle').map(({ event }) => event)).toEqual(['phase2-rekeyed']);
});

describe('incomplete messages in fragments', () => {
  const fragmentOf = (
    cookies: { initiatorCookie: Uint8Array; responderCookie: Uint8Array },
    number: number,
  ) =>
    encodeMessage(
      {
        ...cookies,
        version: VERSION_1_0,
        exchangeType: ExchangeType.identityProtection,
        flags: 0,
        messageId: 0,
      },
      [{ kind: 'fragment', fragmentId: 7, number, isLast: false, data: new Uint8Array(8_000).fill(number) }],
    );

  it('take no more of a peer than the limit of the whole peer, and are freed with their SA', () => {
    const limits = { halfOpen: 100, exchangesPerSa: 4, established: 100, fragmentOctets: 40_000 };
    const pair = new Pair({ responder: { limits }, wire: () => [] });
    const gateway = pair.responder as IkePeer;
    for (let seed = 1; seed <= 20; seed++) {
      const stranger = new Pair({ seed, wire: () => [] }).connect();
      const from = { ...stranger.initiator.endpoint, port: 500 + seed };
      const octets = stranger.sent[0]?.octets ?? new Uint8Array();
      pair.feed(gateway, { type: 'datagram.received', from, to: gateway.endpoint, octets });
    }
    expect(gateway.phase1Count).toBe(20);
    for (const { sa } of [...gateway.table]) {
      for (const number of [1, 2]) {
        const octets = fragmentOf(sa, number);
        pair.feed(gateway, { type: 'datagram.received', from: sa.remote, to: gateway.endpoint, octets });
      }
    }
    // The other half is for those who have proven who they are.
    expect(gateway.heldFragmentOctets).toBe(16_000);
    expect(pair.factsOf('dropped').filter(({ reason }) => reason === 'bad-fragment')).toHaveLength(38);
    pair.run(60 * NS_PER_S);
    expect(gateway.phase1Count).toBe(0);
    expect(gateway.heldFragmentOctets).toBe(0);
  });
});
