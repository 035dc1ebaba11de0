import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { retryWaitNs, SHORTEST_RETRY_NS } from '../../src/load/retry.ts';
import type { Retry } from '../../src/scenario/scenario.ts';

const S = 1_000_000_000;
const growing = (firstNs: number, factor: number, stepNs: number, maximumNs: number): Retry => ({
  wait: { type: 'growing', firstNs, factor, stepNs, maximumNs },
  jitter: 0,
  giveUpChance: 0,
});
const never = { unit: (): number => expect.fail('nothing is drawn') };
const waits = (retry: Retry, count: number, unit = 0.5) =>
  Array.from({ length: count }, (_, index) => retryWaitNs(retry, index + 1, 0, { unit: () => unit }));

describe('waits before attempts', () => {
  it('grow by a factor or a step, up to a maximum', () => {
    expect(waits(growing(S, 2, 0, 5 * S), 5)).toEqual([S, 2 * S, 4 * S, 5 * S, 5 * S]);
    expect(waits(growing(0, 1, 5 * S, 12 * S), 4)).toEqual([SHORTEST_RETRY_NS, 5 * S, 10 * S, 12 * S]);
    expect(waits(growing(S, 100, 0, 9 * S), 1_000_000).at(-1)).toBe(9 * S);
  });

  it('draw nothing where nothing is random', () => {
    expect(retryWaitNs(growing(S, 2, 0, 5 * S), 2, 0, never)).toBe(2 * S);
  });

  it('are spread by jitter, and uniformly', () => {
    const jittered = { ...growing(10 * S, 1, 0, 10 * S), jitter: 0.2 };
    expect([0, 0.5, 0.999_999].map((unit) => waits(jittered, 1, unit)[0]! / S)).toEqual([8, 10, 11.999_996]);
    const uniform: Retry = {
      wait: { type: 'uniform', leastNs: S, mostNs: 3 * S },
      jitter: 0,
      giveUpChance: 0,
    };
    expect(waits(uniform, 1, 0.25)).toEqual([1.5 * S]);
  });

  it('end after so many attempts, so much time, or by chance', () => {
    expect(waits({ ...growing(S, 1, 0, S), tries: 2 }, 3)).toEqual([S, S, undefined]);
    const limited = { ...growing(S, 1, 0, S), giveUpAfterNs: 5 * S };
    expect(retryWaitNs(limited, 9, 4 * S, never)).toBe(S);
    expect(retryWaitNs(limited, 9, 4 * S + 1, never)).toBeUndefined();
    const tired = { ...growing(S, 1, 0, S), giveUpChance: 0.1 };
    expect([waits(tired, 1, 0.09), waits(tired, 1, 0.1)]).toEqual([[undefined], [S]]);
  });

  it('are whole nanoseconds, and never shorter than a program takes', () => {
    const unit = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });
    fc.assert(
      fc.property(
        unit,
        unit,
        fc.nat(1_000_000),
        fc.integer({ min: 1, max: 50 }),
        (draw, jitter, first, attempt) => {
          const waitNs = retryWaitNs({ ...growing(first, 1.7, 3, 60 * S), jitter }, attempt, 0, {
            unit: () => draw,
          })!;
          expect(Number.isSafeInteger(waitNs)).toBe(true);
          expect(waitNs).toBeGreaterThanOrEqual(SHORTEST_RETRY_NS);
          expect(waitNs).toBeLessThanOrEqual(120 * S);
        },
      ),
    );
  });
});
