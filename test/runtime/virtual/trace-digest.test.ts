import { describe, expect, it } from 'vitest';
import type { PeerEvent } from '../../../src/peer/event.ts';
import {
  EVENT_TYPES,
  TraceDigest,
  addDigests,
  digestText,
} from '../../../src/runtime/virtual/trace-digest.ts';
import { endpointOf } from '../../harness/echo-peer.ts';

const SETUP = { peers: 4, coversOctets: true, checkpointNs: 1000 };

function datagram(...octets: number[]): PeerEvent {
  return {
    type: 'datagram.received',
    from: endpointOf(1),
    to: endpointOf(2),
    octets: Uint8Array.from(octets),
  };
}

function happen(digest: TraceDigest, peer: number, event: PeerEvent, timeNs: number): void {
  digest.advance(timeNs);
  digest.begin(peer, event, timeNs);
  digest.fact({ type: 'phase1.established', plannedNs: 5, elapsedNs: timeNs });
  digest.end(peer);
}

/** The digest of events given as [peer, octet, time]. */
function digestOf(events: readonly (readonly [number, number, number])[], extra = {}): string {
  const digest = new TraceDigest({ ...SETUP, ...extra });
  for (const [peer, octet, timeNs] of events) happen(digest, peer, datagram(octet), timeNs);
  return digestText(digest.total);
}

describe('the digest', () => {
  const EVENTS = [
    [0, 1, 10],
    [1, 2, 10],
    [0, 3, 20],
  ] as const;

  it('notes on demand what each peer had done by a time, which changes nothing else', () => {
    const digest = new TraceDigest({ ...SETUP, peersAtNs: 20 });
    for (const [peer, octet, timeNs] of EVENTS) happen(digest, peer, datagram(octet), timeNs);
    const before = new TraceDigest(SETUP);
    for (const [peer, octet, timeNs] of EVENTS.slice(0, 2)) happen(before, peer, datagram(octet), timeNs);
    const { traces, latestNs, latestTypes } = digest.notes!;
    for (const peer of [0, 1, 2]) {
      expect({ high: traces[2 * peer], low: traces[2 * peer + 1] }).toEqual(before.traceOf(peer));
    }
    expect([...latestNs]).toEqual([10, 10, 0, 0]);
    expect(EVENT_TYPES[latestTypes[1]!]).toBe('datagram.received');
    expect(digestText(digest.total)).toBe(digestOf(EVENTS));
    expect(before.notes).toBeUndefined();
  });

  it('does not depend on how events of different peers are mixed, nor on which worker adds them', () => {
    const [a, b, c] = EVENTS;
    expect(digestOf([b, a, c])).toBe(digestOf(EVENTS));
    const [one, other] = [new TraceDigest(SETUP), new TraceDigest(SETUP)];
    happen(one, 0, datagram(1), 10);
    happen(one, 0, datagram(3), 20);
    happen(other, 1, datagram(2), 10);
    expect(digestText(addDigests([one.total, other.total]))).toBe(digestOf(EVENTS));
    expect(digestText(addDigests([other.total, one.total]))).toBe(digestOf(EVENTS));
  });

  it('depends on the order of events of one peer, on times, octets and on whose they are', () => {
    const [a, b, c] = EVENTS;
    const others = [
      digestOf([c, b, a]),
      digestOf([a, b]),
      digestOf([a, b, [0, 3, 21]]),
      digestOf([a, b, [0, 4, 20]]),
      digestOf([a, [2, 2, 10], c]),
    ];
    expect(new Set([digestOf(EVENTS), ...others]).size).toBe(6);
  });

  it('leaves octets out where they come from random keys, but not their number', () => {
    const without = { coversOctets: false };
    expect(digestOf([[0, 1, 10]], without)).toBe(digestOf([[0, 2, 10]], without));
    const longer = new TraceDigest({ ...SETUP, ...without });
    happen(longer, 0, datagram(1, 1), 10);
    expect(digestText(longer.total)).not.toBe(digestOf([[0, 1, 10]], without));
  });

  it('notes checkpoints of what came before, idle ones too', () => {
    const digest = new TraceDigest(SETUP);
    happen(digest, 0, datagram(1), 10);
    const early = digest.total;
    happen(digest, 0, datagram(1), 3000);
    expect(digest.checkpoints).toEqual([1000, 2000, 3000].map((timeNs) => ({ timeNs, ...early })));
  });

  it('does not take in keys, so that a capture changes nothing', () => {
    const digest = new TraceDigest(SETUP);
    happen(digest, 0, datagram(1), 10);
    digest.begin(0, datagram(2), 20);
    digest.fact({ type: 'keys.child', initiatorCookie: Uint8Array.of(9), messageId: 1, keys: [] });
    digest.fact({ type: 'phase1.established', plannedNs: 5, elapsedNs: 20 });
    digest.end(0);
    expect(digestText(digest.total)).toBe(
      digestOf([
        [0, 1, 10],
        [0, 2, 20],
      ]),
    );
  });
});
