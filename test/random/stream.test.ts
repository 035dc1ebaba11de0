import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { RandomOctets } from '../../src/ike/suite.ts';
import { createRandomStream } from '../../src/random/stream.ts';
import type { RandomStream, RandomStreamName } from '../../src/random/stream.ts';

const NAME: RandomStreamName = { seed: 'ikestorm', entity: 7, purpose: 'nonce' };

function words(stream: RandomStream, count: number): number[] {
  return Array.from({ length: count }, () => stream.uint32());
}

describe('a random stream', () => {
  it('is the same for the same name, now and in later versions', () => {
    expect(words(createRandomStream(NAME), 6)).toEqual(words(createRandomStream(NAME), 6));
    expect(words(createRandomStream(NAME), 6)).toEqual([
      456611838, 1736177541, 759225055, 2407003223, 675746297, 3736766246,
    ]);
  });

  it('differs by seed, entity and purpose', () => {
    const names: RandomStreamName[] = [
      NAME,
      { ...NAME, seed: 'ikestorn' },
      { ...NAME, seed: 0 },
      { ...NAME, seed: '' },
      { ...NAME, entity: 8 },
      { ...NAME, entity: 0xffffffff },
      { ...NAME, purpose: 'cookie' },
      { ...NAME, purpose: 3 },
    ];
    const all = names.flatMap((name) => words(createRandomStream(name), 64));
    // 512 draws out of 2^32 hold an equal pair with a probability of 0.003 %.
    expect(new Set(all).size).toBe(all.length);
  });

  it('does not depend on what other streams draw', () => {
    const alone = words(createRandomStream(NAME), 20);
    const stream = createRandomStream(NAME);
    const other = createRandomStream({ ...NAME, entity: 8 });
    const interleaved = alone.map(() => {
      other.uint32();
      return stream.uint32();
    });
    expect(interleaved).toEqual(alone);
  });

  it('takes a number as seed or purpose for its decimal text', () => {
    const byNumber = createRandomStream({ ...NAME, seed: 42, purpose: 1 });
    const byText = createRandomStream({ ...NAME, seed: '42', purpose: '1' });
    expect(words(byNumber, 4)).toEqual(words(byText, 4));
  });

  it.each([
    { ...NAME, entity: -1 },
    { ...NAME, entity: 1.5 },
    { ...NAME, entity: 0x1_0000_0000 },
    { ...NAME, entity: Number.NaN },
    { ...NAME, seed: 2 ** 53 },
    { ...NAME, seed: 0.5 },
    { ...NAME, purpose: Number.POSITIVE_INFINITY },
  ])('refuses the name %j', (name) => {
    expect(() => createRandomStream(name)).toThrow(RangeError);
  });
});

describe('octets', () => {
  it('are the words, least significant octet first', () => {
    const [word0 = 0, word1 = 0, word2 = 0] = words(createRandomStream(NAME), 3);
    const stream = createRandomStream(NAME);
    const octets = stream.octets(6);
    const view = new DataView(octets.buffer);
    expect(octets.length).toBe(6);
    expect(view.getUint32(0, true)).toBe(word0);
    expect(view.getUint16(4, true)).toBe(word1 & 0xffff);
    expect(stream.uint32()).toBe(word2);
  });

  it('may be passed on as a function of their own', () => {
    const take: RandomOctets = createRandomStream(NAME).octets;
    expect(take(32)).toEqual(createRandomStream(NAME).octets(32));
    expect(take(0)).toEqual(new Uint8Array(0));
  });

  it('use all values about equally often', () => {
    const counts = new Uint32Array(256);
    for (const octet of createRandomStream(NAME).octets(256 * 400)) counts[octet] = (counts[octet] ?? 0) + 1;
    // 400 are expected of each; the standard deviation is 20.
    expect(Math.min(...counts)).toBeGreaterThan(300);
    expect(Math.max(...counts)).toBeLessThan(500);
  });
});

describe('below', () => {
  it('stays below any bound', () => {
    const stream = createRandomStream(NAME);
    fc.assert(
      fc.property(fc.integer({ min: 1, max: Number.MAX_SAFE_INTEGER }), (bound) => {
        const draw = stream.below(bound);
        expect(Number.isSafeInteger(draw) && draw >= 0 && draw < bound).toBe(true);
      }),
    );
    expect(stream.below(1)).toBe(0);
  });

  it.each([3 * 2 ** 30, 3 * 2 ** 51])(
    'is unbiased where a mere remainder would double some, at %d',
    (bound) => {
      // Of 2^32 (2^53), the first third of these bounds would come twice as often as the rest.
      const stream = createRandomStream(NAME);
      const thirds = [0, 0, 0];
      for (let count = 0; count < 30_000; count++) {
        const third = Math.floor(stream.below(bound) / (bound / 3));
        thirds[third] = (thirds[third] ?? 0) + 1;
      }
      // 10,000 expected of each, with a standard deviation of 82.
      for (const count of thirds) expect(Math.abs(count - 10_000)).toBeLessThan(330);
    },
  );

  it.each([0, -1, 1.5, Number.NaN, 2 ** 53])('refuses the bound %d', (bound) => {
    expect(() => createRandomStream(NAME).below(bound)).toThrow(RangeError);
  });
});

describe('unit', () => {
  it('lies in [0, 1), in multiples of 2^-53, with mean 1/2', () => {
    const stream = createRandomStream(NAME);
    let sum = 0;
    for (let count = 0; count < 20_000; count++) {
      const draw = stream.unit();
      expect(draw >= 0 && draw < 1 && Number.isInteger(draw * 2 ** 53)).toBe(true);
      sum += draw;
    }
    // The mean's standard deviation is 0.0020.
    expect(Math.abs(sum / 20_000 - 0.5)).toBeLessThan(0.008);
  });
});

describe('exponentialUnit', () => {
  const draws = (() => {
    const stream = createRandomStream({ ...NAME, purpose: 'arrival' });
    return Array.from({ length: 40_000 }, () => stream.exponentialUnit());
  })();

  it('has mean 1 and variance 1', () => {
    const mean = draws.reduce((sum, draw) => sum + draw, 0) / draws.length;
    const variance = draws.reduce((sum, draw) => sum + (draw - mean) ** 2, 0) / draws.length;
    // Standard deviations: 0.005 of the mean, 0.014 of the variance.
    expect(Math.abs(mean - 1)).toBeLessThan(0.02);
    expect(Math.abs(variance - 1)).toBeLessThan(0.06);
  });

  it('exceeds t with probability e^-t', () => {
    for (const t of [0.1, 0.5, 1, 1.5, 2, 3, 5]) {
      const share = draws.filter((draw) => draw > t).length / draws.length;
      // The standard deviation of a share is 0.0025 at most.
      expect(Math.abs(share - Math.exp(-t)), `t = ${t}`).toBeLessThan(0.01);
    }
  });
});
