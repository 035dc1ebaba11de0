import { describe, expect, it } from 'vitest';
import { stripNonEspMarker } from '../../src/ike/wire/non-esp-marker.ts';
import { NS_PER_S } from '../../src/peer/timer.ts';
import { Pair } from '../harness/pair.ts';
import { endpoint } from '../harness/policy.ts';

/** A host behind a NAT that forgets its SA and begins anew, while the NAT gives it another place. */
function comesBack(before: [string, number], after: [string, number]): Pair {
  let place = before;
  const pair = new Pair({
    initiator: { natTraversal: 'force', initialContact: true },
    responder: { natTraversal: 'force' },
    translate: (at, fromInitiator) =>
      fromInitiator && at.address === '10.0.0.1' ? endpoint(place[0], place[1]) : at,
  });
  pair.connect(1).run(NS_PER_S);
  // The delete of the old SA is lost.
  pair.wire = (datagram) => (stripNonEspMarker(datagram.octets)[18] === 5 ? [] : [datagram]);
  place = after;
  return pair.connect(2).run(5 * NS_PER_S);
}

describe('INITIAL-CONTACT behind a NAT', () => {
  it('replaces the SA that the same host had from another address', () => {
    const pair = comesBack(['192.0.2.1', 4501], ['192.0.2.2', 4501]);
    expect(pair.factsOf('negotiation.succeeded')).toHaveLength(2);
    expect([pair.responder.phase1Count, pair.responder.childCount]).toEqual([1, 1]);
  });

  it('leaves the SA of another host behind the same address alone', () => {
    const pair = comesBack(['192.0.2.1', 4501], ['192.0.2.1', 4502]);
    expect([pair.responder.phase1Count, pair.responder.childCount]).toEqual([2, 2]);
  });
});
