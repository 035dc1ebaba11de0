import { describe, expect, it } from 'vitest';
import type { RunResult } from '../../src/measure/result.ts';
import { steadinessOf } from '../../src/measure/steadiness.ts';

const S = 1_000_000_000;

/** Ten seconds in intervals of one; what is in flight at the end of second i is `level(i)`. */
function run(rateHz: number, level: (second: number) => number): Pick<RunResult, 'series' | 'windows'> {
  const started = Array.from({ length: 10 }, () => rateHz);
  const succeeded = started.map(
    (count, second) => count - (level(second) - (second === 0 ? 0 : level(second - 1))),
  );
  const span = { startNs: 0, endNs: 10 * S };
  return {
    series: { startNs: 0, bucketNs: S, started, succeeded, failed: started.map(() => 0) },
    windows: { warmUp: { startNs: 0, endNs: 0 }, measure: span, drain: span },
  };
}

describe('a steady run', () => {
  it('has as much in flight at the end as in the middle', () => {
    expect(steadinessOf(run(100, () => 20))).toEqual({
      inFlightMiddle: 20,
      inFlightEnd: 20,
      growthLimit: 10 + 3 * Math.sqrt(20),
      isSteady: true,
    });
  });

  it('may have filled up before the middle, and may fluctuate', () => {
    expect(steadinessOf(run(100, (second) => Math.min(second, 4) * 30))?.isSteady).toBe(true);
    expect(steadinessOf(run(100, (second) => (second < 5 ? 100 : 120)))?.isSteady).toBe(true);
  });

  it('is none when more comes than goes', () => {
    expect(steadinessOf(run(100, (second) => second * 5))?.isSteady).toBe(false);
    expect(steadinessOf(run(100, (second) => (second < 5 ? 100 : 160)))?.isSteady).toBe(false);
  });

  it('cannot be told from a few intervals', () => {
    const short = run(100, () => 1);
    const measure = { startNs: 0, endNs: 3 * S };
    expect(steadinessOf({ ...short, windows: { ...short.windows, measure } })).toBeUndefined();
  });
});
