import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { IkePeer } from '../../src/peer/ike-peer.ts';
import { accessPair } from '../harness/access.ts';
import { encryptionPair, METHODS } from '../harness/encryption.ts';
import { Pair, type Wire } from '../harness/pair.ts';

interface Story {
  readonly name: string;
  /** Messages when nothing goes wrong. */
  readonly count: number;
  /** An acknowledgement that nobody misses, because the message after it says as much. */
  readonly unmissed?: number;
  create(setup: { readonly wire: Wire; readonly seed?: number }): Pair;
}

const stories: readonly Story[] = [
  { name: 'main mode', count: 9, create: (setup) => new Pair(setup) },
  {
    name: 'aggressive mode',
    count: 6,
    create: (setup) => new Pair({ ...setup, initiator: { mode: 'aggressive' } }),
  },
  {
    name: 'main mode with login and an address asked for',
    count: 15,
    unmissed: 9,
    create: (setup) => accessPair({ ...setup, configuration: 'pull' }),
  },
  {
    name: 'aggressive hybrid mode with login and an address pushed',
    count: 12,
    unmissed: 8,
    create: (setup) =>
      accessPair({
        ...setup,
        authentication: 'hybrid-rsa-signature',
        configuration: 'push',
        initiator: { mode: 'aggressive' },
      }),
  },
  {
    name: 'main mode and the commit bit',
    count: 10,
    create: (setup) => new Pair({ ...setup, responder: { commitBit: true } }),
  },
  ...METHODS.flatMap((method): Story[] => [
    { name: `main mode with ${method}`, count: 9, create: (setup) => encryptionPair({ ...setup, method }) },
    {
      name: `aggressive mode with ${method}`,
      count: 6,
      create: (setup) => encryptionPair({ ...setup, method, initiator: { mode: 'aggressive' } }),
    },
  ]),
];

/** At rest: nothing in flight, no timer left but lifetimes, and never more than one SA for one negotiation. */
function expectRest(pair: Pair): void {
  for (const timer of pair.armedTimers) expect(timer.kind).toBe('lifetime');
  expect(pair.initiator.phase1Count).toBeLessThanOrEqual(1);
  expect(pair.initiator.childCount).toBeLessThanOrEqual(1);
  expect(pair.responder.childCount).toBeLessThanOrEqual(1);
  const ends = pair.factsOf('negotiation.succeeded').length + pair.factsOf('negotiation.failed').length;
  expect(ends).toBe(1);
  if (pair.hasSucceeded) expect(pair.phase1Keys('initiator')).toHaveLength(1);
  const leased = (pair.responder instanceof IkePeer && pair.responder.addressPool?.leasedCount) || 0;
  expect(leased).toBeLessThanOrEqual(pair.responder.phase1Count);
}

/** Applies a change to the n-th datagram only. */
function onlyAt(index: number, change: Wire): Wire {
  return (datagram) => (datagram.index === index ? change(datagram) : [datagram]);
}

describe.each(stories)('every single message of $name, and quick mode', ({ count, unmissed, create }) => {
  const indices = Array.from({ length: count }, (_, i) => i);

  it.each(indices)('may be lost: message %i is sent again and the negotiation succeeds', (index) => {
    const pair = create({ wire: onlyAt(index, () => []) })
      .connect()
      .run();
    expect(pair.hasSucceeded).toBe(true);
    expect(pair.responder.childCount).toBe(1);
    expect(pair.sent.some(({ isRetransmission }) => isRetransmission)).toBe(index !== unmissed);
    expectRest(pair);
  });

  it.each(indices)('may come twice: message %i starts nothing new', (index) => {
    const twice: Wire = (datagram) => [datagram, { ...datagram, delayNs: 1_000_000 }];
    const pair = create({ wire: onlyAt(index, twice) })
      .connect()
      .run();
    expect(pair.hasSucceeded).toBe(true);
    expect([pair.responder.phase1Count, pair.responder.childCount]).toEqual([1, 1]);
    expectRest(pair);
  });

  it.each(indices)('may be replayed a minute later: message %i changes nothing', (index) => {
    const replay: Wire = (datagram) => [datagram, { ...datagram, delayNs: 60_000_000_000 }];
    const pair = create({ wire: onlyAt(index, replay) })
      .connect()
      .run();
    expect(pair.hasSucceeded).toBe(true);
    expect([pair.responder.phase1Count, pair.responder.childCount]).toEqual([1, 1]);
    expectRest(pair);
  });

  it.each(indices)('may come late, after its own retransmission: message %i', (index) => {
    const late: Wire = (datagram) => [{ ...datagram, delayNs: 5_000_000_000 }];
    const pair = create({ wire: onlyAt(index, late) })
      .connect()
      .run();
    expect(pair.hasSucceeded).toBe(true);
    expect([pair.responder.phase1Count, pair.responder.childCount]).toEqual([1, 1]);
    expectRest(pair);
  });

  it.each(indices)('may be cut anywhere: message %i', (index) => {
    for (let length = 0; length < 400; length += 13) {
      const cut: Wire = ({ octets }) => [{ octets: octets.subarray(0, Math.min(length, octets.length - 1)) }];
      const pair = create({ wire: onlyAt(index, cut) })
        .connect()
        .run();
      expect(pair.hasSucceeded).toBe(true);
      expectRest(pair);
    }
  });
});

describe.each(stories)('a bad network and $name', ({ count, create }) => {
  it('never ends in two SAs, a hang, or a success that only one end believes in', () => {
    const fate = fc.record({
      copies: fc.array(fc.integer({ min: 0, max: 9_000 }), { maxLength: 3 }),
      flip: fc.option(fc.nat({ max: 4000 }), { freq: 8 }),
    });
    fc.assert(
      fc.property(
        fc.array(fate, { minLength: 1, maxLength: count + 5 }),
        fc.integer({ min: 1 }),
        (fates, seed) => {
          const wire: Wire = ({ index, octets }) => {
            const { copies, flip } = fates[index] ?? { copies: [0], flip: null };
            return copies.map((delayMs) => ({
              octets: flip === null ? octets : flipped(octets, flip),
              delayNs: delayMs * 1_000_000,
            }));
          };
          const pair = create({ wire, seed }).connect().run();
          expectRest(pair);
          const [ours] = pair.phase1Keys('initiator');
          if (pair.hasSucceeded && ours !== undefined)
            expect(pair.phase1Keys('responder')).toContainEqual(ours);
        },
      ),
      { numRuns: 300, seed: 20_261_123 },
    );
  });

  it('fails with a named cause or succeeds when one bit of one message is wrong', () => {
    const causes = new Set<string>();
    for (let index = 0; index < count; index++) {
      for (let bit = 0; bit < 4_000; bit += 67) {
        const wire = onlyAt(index, ({ octets }) => [{ octets: flipped(octets, bit) }]);
        const pair = create({ wire }).connect().run();
        expectRest(pair);
        causes.add(pair.failureCause ?? 'none');
      }
    }
    expect(causes).toContain('none');
    expect(causes).not.toContain('internal-error');
  });
});

function flipped(octets: Uint8Array, bit: number): Uint8Array {
  const copy = octets.slice();
  const index = (bit >>> 3) % copy.length;
  copy[index] = (copy[index] as number) ^ (1 << (bit & 7));
  return copy;
}
