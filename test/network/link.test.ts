import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createLinkState, createPassage, crossLink, type LinkModel } from '../../src/network/link.ts';
import { LinkDirection } from '../../src/network/link-direction.ts';
import { createFlowCounts } from '../../src/network/network-counts.ts';
import { PositionedStream } from '../../src/random/positioned-stream.ts';
import { NS_PER_MS, NS_PER_S } from '../../src/peer/timer.ts';

const PLAIN: LinkModel = {
  latency: { type: 'constant', ns: 10 * NS_PER_MS },
  queueNs: 100 * NS_PER_MS,
  fragments: 'pass',
  duplication: 0,
  downTimes: [],
};

/** Sends a datagram of 100 octets (128 with headers) at each time; what became of each. */
function send(model: LinkModel, timesNs: readonly number[], length = 100) {
  const random = new PositionedStream(1, 'link');
  const state = createLinkState(5, random);
  return timesNs.map((nowNs) => {
    const passage = createPassage();
    crossLink(model, state, random, { nowNs, length, addressLength: 4, spentNs: 0 }, passage);
    return passage;
  });
}

const every = (gapNs: number, count: number): number[] =>
  Array.from({ length: count }, (_, index) => index * gapNs);

describe('a link', () => {
  it('takes its latency and nothing else', () => {
    expect(send(PLAIN, [0, 5]).map(({ arrivalNs }) => arrivalNs)).toEqual([10_000_000, 10_000_005]);
  });

  it('takes time for every octet, headers included, one datagram after the other', () => {
    // 128 octets at 1 Mbit/s are 1.024 ms.
    const model = { ...PLAIN, bandwidthHz: 1_000_000 };
    const arrivals = send(model, [0, 0, 0, 50 * NS_PER_MS]).map(({ arrivalNs }) => arrivalNs);
    expect(arrivals).toEqual([11_024_000, 12_048_000, 13_072_000, 61_024_000]);
  });

  it('drops at the tail of a full queue, and takes more when it has drained', () => {
    const model = { ...PLAIN, bandwidthHz: 1_000_000, queueNs: 2 * 1_024_000 };
    const passages = send(model, [0, 0, 0, 0, 0, 1_024_000]);
    expect(passages.map(({ dropped }) => dropped)).toEqual([
      ...[undefined, undefined, undefined],
      ...(['link-queue-full', 'link-queue-full'] as const),
      undefined,
    ]);
  });

  it('carries nothing while it is down', () => {
    const model = { ...PLAIN, downTimes: [{ startNs: 100, durationNs: 50 }] };
    expect(send(model, [99, 100, 149, 150]).map(({ dropped }) => dropped)).toEqual([
      ...[undefined, 'link-down', 'link-down'],
      undefined,
    ]);
  });

  it('loses a datagram with any of its fragments', () => {
    const share = 0.1;
    const model: LinkModel = { ...PLAIN, mtu: 576, loss: { type: 'random', share } };
    const lostOf = (length: number, reason: string): number =>
      send(model, every(1, 20_000), length).filter(({ dropped }) => dropped === reason).length / 20_000;
    expect(Math.abs(lostOf(100, 'link-loss') - share)).toBeLessThan(0.01);
    // 1,500 octets are three fragments of at most 552 octets of data.
    expect(Math.abs(lostOf(1500, 'link-fragment-loss') - (1 - 0.9 * 0.9 * 0.9))).toBeLessThan(0.015);
  });

  it('throws away what needs fragments when it is such a link', () => {
    const model: LinkModel = { ...PLAIN, mtu: 1500, fragments: 'drop' };
    expect(send(model, [0], 1472)[0]!.dropped).toBeUndefined();
    expect(send(model, [0], 1473)[0]!.dropped).toBe('link-too-large');
  });

  it('delivers in order, however the latencies fall', () => {
    const model: LinkModel = {
      ...PLAIN,
      latency: { type: 'uniform', leastNs: 0, mostNs: 50 * NS_PER_MS },
    };
    const arrivals = send(model, every(NS_PER_MS, 2000)).map(({ arrivalNs }) => arrivalNs);
    expect(arrivals).toEqual(arrivals.toSorted((a, b) => a - b));
  });

  it('lets others overtake the share that it is told to, by the delay that it is told', () => {
    const model: LinkModel = { ...PLAIN, reordering: { share: 0.05, delayNs: 5 * NS_PER_MS } };
    const timesNs = every(NS_PER_MS, 10_000);
    const late = send(model, timesNs).map(({ arrivalNs }, index) => arrivalNs - timesNs[index]!);
    expect([...new Set(late)].toSorted((a, b) => a - b)).toEqual([10 * NS_PER_MS, 15 * NS_PER_MS]);
    const share = late.filter((ns) => ns > 10 * NS_PER_MS).length / late.length;
    expect(Math.abs(share - 0.05)).toBeLessThan(0.01);
  });

  it('delivers the share twice that it is told to', () => {
    const passages = send({ ...PLAIN, duplication: 0.1 }, every(1, 10_000));
    const twice = passages.filter(({ secondArrivalNs }) => secondArrivalNs >= 0).length / passages.length;
    expect(Math.abs(twice - 0.1)).toBeLessThan(0.01);
  });

  it('subtracts what was spent of the latency before', () => {
    const random = new PositionedStream(1, 'link');
    const passage = createPassage();
    crossLink(
      PLAIN,
      createLinkState(0, random),
      random,
      {
        ...{ nowNs: 1000, length: 10, addressLength: 4 },
        spentNs: 10 * NS_PER_MS,
      },
      passage,
    );
    expect(passage.arrivalNs).toBe(1000);
  });
});

const models: fc.Arbitrary<LinkModel> = fc.record({
  latency: fc.constantFrom<LinkModel['latency']>(
    { type: 'constant', ns: 0 },
    { type: 'uniform', leastNs: 1, mostNs: 1000 },
    { type: 'exponential', leastNs: 5, meanNs: 1000 },
  ),
  queueNs: fc.integer({ min: 0, max: 1_000_000 }),
  fragments: fc.constantFrom<LinkModel['fragments']>('pass', 'drop'),
  duplication: fc.constantFrom(0, 0.3, 1),
  downTimes: fc.constantFrom([], [{ startNs: 500, durationNs: 300 }]),
  loss: fc.constantFrom<NonNullable<LinkModel['loss']>>(
    { type: 'random', share: 0.2 },
    { type: 'bursty', enter: 0.1, leave: 0.3, goodShare: 0, badShare: 1 },
  ),
  bandwidthHz: fc.constantFrom(1_000_000, NS_PER_S),
  mtu: fc.constantFrom(576, 1500),
});

describe('one direction of a kind of link', () => {
  it('property: everything that was sent or doubled was delivered or dropped, and nothing arrives before its time', () => {
    const gaps = fc.array(fc.tuple(fc.nat(200), fc.nat(3000)), { maxLength: 100 });
    fc.assert(
      fc.property(models, gaps, (model, datagrams) => {
        const counts = createFlowCounts();
        const direction = new LinkDirection(model, { seed: 3, purpose: 'test', counts });
        let [nowNs, arrivals, lastNs] = [0, 0, 0];
        for (const [gapNs, length] of datagrams) {
          nowNs += gapNs;
          const passage = direction.cross(1, 1, nowNs, length, 4, 0);
          if (passage.dropped !== undefined) continue;
          for (const atNs of [passage.arrivalNs, passage.secondArrivalNs].filter((ns) => ns >= 0)) {
            arrivals++;
            if (atNs < nowNs + direction.leastNs || atNs < lastNs) throw new Error(`arrived at ${atNs}`);
            lastNs = atNs;
          }
        }
        const dropped = Object.values(counts.dropped).reduce((sum, count) => sum + count, 0);
        expect(counts.sent).toBe(datagrams.length);
        expect(counts.delivered).toBe(arrivals);
        expect(counts.sent + counts.duplicated).toBe(counts.delivered + dropped);
      }),
    );
  });

  it('treats each link alike whatever happens on others of its kind', () => {
    const model: LinkModel = { ...PLAIN, loss: { type: 'random', share: 0.5 } };
    const alone = new LinkDirection(model, { seed: 3, purpose: 'test', counts: createFlowCounts() });
    const among = new LinkDirection(model, { seed: 3, purpose: 'test', counts: createFlowCounts() });
    const fates = (direction: LinkDirection, others: number): (string | undefined)[] =>
      every(1, 200).map((nowNs) => {
        for (let other = 0; other < others; other++)
          direction.cross(100 + other, 100 + other, nowNs, 10, 4, 0);
        return direction.cross(1, 1, nowNs, 10, 4, 0).dropped;
      });
    expect(fates(among, 3)).toEqual(fates(alone, 0));
  });
});
