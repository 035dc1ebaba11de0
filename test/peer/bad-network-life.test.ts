/** What happens to SAs after they stand, on a network that loses, repeats, delays and reorders: nothing is left behind. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { PeerPolicy } from '../../src/peer/policy.ts';
import { NS_PER_MS, NS_PER_S } from '../../src/peer/timer.ts';
import { Pair, type PairSetup, type Wire } from '../harness/pair.ts';

const RETRANSMIT = { firstNs: NS_PER_S, factor: 1, maximumNs: NS_PER_S, tries: 8 };
const rekey = { marginNs: 15 * NS_PER_S, fuzz: 1 };
const dpd = { delayNs: 5 * NS_PER_S, retryNs: 2 * NS_PER_S, timeoutNs: 20 * NS_PER_S };
const holdNs = 300 * NS_PER_S;

function both(changes: Partial<PeerPolicy>): PairSetup {
  return {
    initiator: { retransmit: RETRANSMIT, holdNs, ...changes },
    responder: { retransmit: RETRANSMIT, ...changes },
  };
}

const stories: readonly [string, PairSetup][] = [
  ['rekeying of child SAs', both({ rekey, espLifetimeS: 60 })],
  ['rekeying of phase 1', both({ rekey, ikeLifetimeS: 70 })],
  ['rekeying of both', both({ rekey, ikeLifetimeS: 70, espLifetimeS: 60 })],
  ['rekeying with the commit bit', both({ rekey, espLifetimeS: 60, commitBit: true })],
  ['dead peer detection', both({ dpd })],
  [
    'a responder that wants shorter lifetimes',
    {
      initiator: { retransmit: RETRANSMIT, holdNs, rekey },
      responder: { retransmit: RETRANSMIT, ikeLifetimeS: 80, espLifetimeS: 60 },
    },
  ],
];

/** The end of everything: the host has hung up, and what it could not tell the gateway has run out by itself. */
const END_NS = 2_000 * NS_PER_S;

function expectNothingLeft(pair: Pair): void {
  for (const peer of [pair.initiator, pair.responder]) {
    expect([peer.phase1Count, peer.childCount]).toEqual([0, 0]);
  }
  expect(pair.armedTimers).toEqual([]);
  expect(pair.factsOf('dropped').map(({ reason }) => reason)).not.toContain('internal-error');
}

/** A gateway that hears no delete keeps its SAs to the end of their lifetimes. */
function short(setup: PairSetup): PairSetup {
  const responder = { ikeLifetimeS: 900, espLifetimeS: 900, ...setup.responder };
  return { ...setup, responder };
}

describe.each(stories)('%s', (_name, setup) => {
  const run = (wire: Wire, seed = 1) => new Pair({ ...short(setup), wire, seed }).connect().run(END_NS);

  it('ends with nothing left when nothing goes wrong', () => {
    const pair = run((datagram) => [datagram]);
    expect(pair.hasSucceeded).toBe(true);
    expect(pair.factsOf('negotiation.closed')).toHaveLength(1);
    expectNothingLeft(pair);
  });

  it.each([
    ['every fifth is lost', ({ index }) => index % 5 === 3, () => []],
    ['everything comes twice', () => true, (datagram) => [datagram, datagram]],
    [
      'everything comes again later',
      () => true,
      (datagram) => [datagram, { ...datagram, delayNs: 3 * NS_PER_S }],
    ],
    [
      'every second one is overtaken',
      ({ index }) => index % 2 === 0,
      (datagram) => [{ ...datagram, delayNs: 50 * NS_PER_MS }],
    ],
  ] satisfies [string, (datagram: Parameters<Wire>[0]) => boolean, Wire][])(
    'goes on, and ends with nothing left, when %s',
    (_what, isHit, change) => {
      const pair = run((datagram) => (isHit(datagram) ? change(datagram) : [datagram]));
      expect(pair.hasSucceeded).toBe(true);
      expect(pair.factsOf('negotiation.closed')).toHaveLength(1);
      expect(pair.factsOf('lifecycle').map(({ event }) => event)).not.toContain('peer-dead');
      expectNothingLeft(pair);
    },
  );

  it('leaves nothing behind when the network dies in the middle', () => {
    for (let index = 0; index < 40; index += 3) {
      expectNothingLeft(run((datagram) => (datagram.index < index ? [datagram] : [])));
    }
  });

  it('leaves nothing behind on any bad network', () => {
    const copies = fc.array(fc.integer({ min: 0, max: 4_000 }), { maxLength: 3 });
    fc.assert(
      fc.property(
        fc.array(copies, { minLength: 10, maxLength: 80 }),
        fc.integer({ min: 1 }),
        (fates, seed) => {
          const pair = run(
            (datagram) =>
              (fates[datagram.index] ?? [0]).map((delayMs) => ({
                ...datagram,
                delayNs: delayMs * NS_PER_MS,
              })),
            seed,
          );
          expectNothingLeft(pair);
        },
      ),
      { numRuns: 40, seed: 20_261_124 },
    );
  });
});
