import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { FULL_BUCKET, rateLimit, takeToken } from '../../src/network/token-bucket.ts';
import { NS_PER_S } from '../../src/peer/timer.ts';

describe('a token bucket', () => {
  it('gives its burst at once, then a token an interval', () => {
    const limit = rateLimit(10, 3);
    let fullAtNs = FULL_BUCKET;
    const take = (nowNs: number): boolean => {
      const next = takeToken(limit, fullAtNs, nowNs);
      if (next !== undefined) fullAtNs = next;
      return next !== undefined;
    };
    expect([take(0), take(0), take(0), take(0)]).toEqual([true, true, true, false]);
    expect([take(99_999_999), take(100_000_000), take(100_000_000)]).toEqual([false, true, false]);
    // A second later it is full again, and no fuller.
    expect([1, 2, 3, 4].map(() => take(2 * NS_PER_S))).toEqual([true, true, true, false]);
  });

  it('property: never gives more than its burst and its rate, and never less to who asks all the time', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 5000 }),
        fc.integer({ min: 1, max: 50 }),
        fc.array(fc.integer({ min: 0, max: 20_000_000 }), { minLength: 1, maxLength: 300 }),
        (rateHz, burst, gapsNs) => {
          const limit = rateLimit(rateHz, burst);
          let [fullAtNs, nowNs] = [FULL_BUCKET, 0];
          const takenNs: number[] = [];
          for (const gapNs of gapsNs) {
            nowNs += gapNs;
            const next = takeToken(limit, fullAtNs, nowNs);
            if (next === undefined) {
              // Refused only while so many tokens went out that none can have come again.
              const sinceNs = nowNs - burst * limit.intervalNs;
              expect(takenNs.filter((takenAtNs) => takenAtNs > sinceNs).length).toBeGreaterThan(0);
              continue;
            }
            fullAtNs = next;
            takenNs.push(nowNs);
          }
          const last = takenNs.length - 1;
          const excess = takenNs.map(
            (fromNs, index) =>
              last - index + 1 - burst - Math.floor((takenNs[last]! - fromNs) / limit.intervalNs),
          );
          expect(Math.max(0, ...excess)).toBe(0);
        },
      ),
    );
  });
});
