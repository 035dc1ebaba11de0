import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  HIGHEST_TRACKABLE_NS,
  LatencyHistogram,
  percentileOfEncodedNs,
} from '../../src/measure/histogram.ts';

function histogramOf(values: readonly number[]): LatencyHistogram {
  const histogram = new LatencyHistogram();
  for (const value of values) histogram.record(value);
  return histogram;
}

const durationNs = fc.oneof(
  fc.integer({ min: 0, max: 5_000_000 }),
  fc.integer({ min: 0, max: HIGHEST_TRACKABLE_NS }),
  fc.constantFrom(0, 1, 999, 1000, 1001, 2_047_000, 2_048_000, HIGHEST_TRACKABLE_NS),
);

describe('LatencyHistogram', () => {
  it('is empty without values', () => {
    const histogram = new LatencyHistogram();
    expect([histogram.count, histogram.minNs, histogram.meanNs, histogram.maxNs]).toEqual([0, 0, 0, 0]);
    expect(histogram.percentileNs(99)).toBe(0);
  });

  it('keeps count, extremes and mean exact', () => {
    const histogram = histogramOf([1_234_567, 1, 3_600_000_000]);
    expect(histogram.count).toBe(3);
    expect(histogram.minNs).toBe(1);
    expect(histogram.maxNs).toBe(3_600_000_000);
    expect(histogram.meanNs).toBe(Math.round((1_234_567 + 1 + 3_600_000_000) / 3));
  });

  it('keeps the mean exact where the sum of nanoseconds passes 2^53', () => {
    const histogram = histogramOf(Array.from({ length: 10_000 }, () => 3_599_999_999_999));
    expect(histogram.meanNs).toBe(3_599_999_999_999);
    expect(histogram.snapshot().sumS).toBe(35_999_999);
    expect(histogram.snapshot().sumNs).toBe(999_990_000);
  });

  it('never understates a percentile, and is off by at most 0.1 % or 1 us', () => {
    fc.assert(
      fc.property(
        fc.array(durationNs, { minLength: 1, maxLength: 200 }),
        fc.constantFrom(1, 50, 75, 90, 95, 99, 99.9, 100),
        (values, percentile) => {
          const sorted = values.toSorted((a, b) => a - b);
          const rank = Math.max(1, Math.ceil((percentile * values.length) / 100 - 1e-9));
          const exact = sorted[rank - 1] ?? 0;
          const shown = histogramOf(values).percentileNs(percentile);
          expect(shown).toBeGreaterThanOrEqual(exact);
          expect(shown).toBeLessThanOrEqual(exact + Math.max(1000, exact / 1000 + 1000));
        },
      ),
    );
  });

  it('clamps what is out of range, counts it, and does not throw', () => {
    const histogram = histogramOf([-5, Number.NaN, HIGHEST_TRACKABLE_NS + 1000, Number.POSITIVE_INFINITY]);
    expect(histogram.snapshot()).toMatchObject({ count: 4, clamped: 4, minNs: 0 });
    expect(histogram.percentileNs(1)).toBe(0);
    expect(histogram.percentileNs(75)).toBeLessThanOrEqual(HIGHEST_TRACKABLE_NS * 1.001);
  });

  it('merges parts to exactly what one histogram would hold, in any order', () => {
    fc.assert(
      fc.property(fc.array(fc.array(durationNs, { maxLength: 50 }), { maxLength: 6 }), (parts) => {
        const whole = histogramOf(parts.flat()).snapshot();
        const forward = new LatencyHistogram();
        for (const part of parts) forward.add(histogramOf(part).snapshot());
        const backward = new LatencyHistogram();
        for (const part of parts.toReversed()) backward.add(histogramOf(part).snapshot());
        expect(forward.snapshot()).toEqual(whole);
        expect(backward.snapshot()).toEqual(whole);
      }),
    );
  });

  it('holds more values in one cell than 32 bits can count', () => {
    const histogram = histogramOf([1000]);
    for (let doubling = 0; doubling < 33; doubling++) histogram.add(histogram.snapshot());
    expect(histogram.count).toBe(2 ** 33);
    expect(histogram.snapshot().count).toBe(2 ** 33);
    const copy = new LatencyHistogram();
    copy.add(histogram.snapshot());
    expect(copy.count).toBe(2 ** 33);
  });

  it('reads percentiles back from the encoding', () => {
    const { encoded } = histogramOf([1_000_000, 2_000_000, 3_000_000]).snapshot();
    expect(percentileOfEncodedNs(encoded, 50)).toBe(2_000_000);
    expect(() => percentileOfEncodedNs('bm9wZQ==', 50)).toThrow();
  });
});
