import { describe, expect, it } from 'vitest';
import { PayloadType } from '../../src/ike/wire/numbers.ts';
import { Pair, type Wire } from '../harness/pair.ts';

const isFragment = (octets: Uint8Array): boolean => octets[16] === PayloadType.fragment;
// Small enough for every message to be cut, from the third on, when both ends know of each other.
const small = { fragmentOctets: 100 };
const setup = { initiator: small, responder: small };

describe('IKE fragments', () => {
  it.each(['main', 'aggressive'] as const)(
    'carry what is longer than the policy allows in %s mode',
    (mode) => {
      const pair = new Pair({ initiator: { mode, ...small }, responder: small }).connect().run();
      expect(pair.hasSucceeded).toBe(true);
      const fragments = pair.sent.filter(({ octets }) => isFragment(octets));
      expect(fragments.length).toBeGreaterThan(4);
      for (const { octets } of fragments) expect(octets.length).toBeLessThanOrEqual(100);
      expect(pair.phase1Keys('initiator')).toEqual(pair.phase1Keys('responder'));
    },
  );

  it('may come in any order and more than once', () => {
    let held: { octets: Uint8Array } | undefined;
    // Swaps every two neighbouring datagrams that are fragments, and repeats the later one.
    const wire: Wire = (datagram) => {
      if (!isFragment(datagram.octets)) return [datagram];
      if (held === undefined) {
        held = datagram;
        return [
          { ...datagram, delayNs: 2_000_000 },
          { ...datagram, delayNs: 3_000_000 },
        ];
      }
      held = undefined;
      return [datagram, datagram];
    };
    const pair = new Pair({ ...setup, wire }).connect().run();
    expect(pair.hasSucceeded).toBe(true);
    expect([pair.responder.phase1Count, pair.responder.childCount]).toEqual([1, 1]);
  });

  it('are sent again when one of them is lost', () => {
    let lost = false;
    const wire: Wire = (datagram) => {
      if (lost || !isFragment(datagram.octets)) return [datagram];
      lost = true;
      return [];
    };
    const pair = new Pair({ ...setup, wire }).connect().run();
    expect(pair.hasSucceeded).toBe(true);
    expect(pair.sent.some(({ isRetransmission }) => isRetransmission)).toBe(true);
  });

  it('are not sent to an end that did not announce to take them', () => {
    const pair = new Pair({ initiator: small, responder: { fragmentOctets: 0 } }).connect().run();
    expect(pair.hasSucceeded).toBe(true);
    expect(pair.sent.some(({ octets }) => isFragment(octets))).toBe(false);
  });

  it('of unknown SAs are dropped and counted', () => {
    const pair = new Pair(setup).connect().run();
    const stranger = pair.sent.find(({ octets }) => isFragment(octets))?.octets.slice() ?? new Uint8Array();
    stranger[0] = (stranger[0] ?? 0) ^ 0xff;
    const { initiator, responder } = pair;
    pair.feed(responder, {
      type: 'datagram.received',
      from: initiator.endpoint,
      to: responder.endpoint,
      octets: stranger,
    });
    expect(pair.factsOf('dropped', 'responder').map((fact) => fact.reason)).toContain('bad-fragment');
  });
});
