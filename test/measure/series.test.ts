import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  addSeries,
  countInSeries,
  createSeries,
  FIRST_BUCKET_NS,
  MAXIMUM_BUCKETS,
  SERIES_KINDS,
} from '../../src/measure/series.ts';

const SECOND = 1_000_000_000;

function seriesOf(events: readonly { kind: (typeof SERIES_KINDS)[number]; timeNs: number }[], originNs = 0) {
  const series = createSeries(originNs);
  for (const { kind, timeNs } of events) countInSeries(series, kind, timeNs);
  return series;
}

const event = fc.record({
  kind: fc.constantFrom(...SERIES_KINDS),
  timeNs: fc.oneof(fc.integer({ min: 0, max: 20 * SECOND }), fc.integer({ min: 0, max: 5000 * SECOND })),
});

describe('Series', () => {
  it('counts by tenths of a second, from the origin on', () => {
    const series = seriesOf(
      [
        { kind: 'started', timeNs: 10.5 * SECOND },
        { kind: 'succeeded', timeNs: 10.7 * SECOND },
        { kind: 'succeeded', timeNs: 10.79 * SECOND },
      ],
      10.5 * SECOND,
    );
    expect(series).toMatchObject({
      bucketNs: FIRST_BUCKET_NS,
      firstIndex: 0,
      started: [1, 0, 0],
      succeeded: [0, 0, 2],
    });
  });

  it('has room before the origin, for the warm-up', () => {
    const series = seriesOf(
      [
        { kind: 'started', timeNs: 4.15 * SECOND },
        { kind: 'failed', timeNs: 3.85 * SECOND },
      ],
      4 * SECOND,
    );
    expect(series).toMatchObject({ firstIndex: -2, started: [0, 0, 0, 1], failed: [1, 0, 0, 0] });
  });

  it('adds neighbours together when a run gets long, and loses nothing', () => {
    const series = createSeries(0);
    for (let index = 0; index < 3000; index++) countInSeries(series, 'started', index * FIRST_BUCKET_NS);
    expect(series.bucketNs).toBe(8 * FIRST_BUCKET_NS);
    expect(series.started.length).toBeLessThanOrEqual(MAXIMUM_BUCKETS);
    expect(series.started).toEqual(Array.from({ length: 375 }, () => 8));
  });

  it('takes a jump in time without growing', () => {
    const series = seriesOf([
      { kind: 'started', timeNs: 0 },
      { kind: 'started', timeNs: 10_000_000 * SECOND },
    ]);
    expect(series.started.length).toBeLessThanOrEqual(MAXIMUM_BUCKETS);
    expect(series.started.reduce((sum, count) => sum + count, 0)).toBe(2);
  });

  it('merges parts to exactly what one series would hold', () => {
    fc.assert(
      fc.property(
        fc.array(fc.array(event, { maxLength: 30 }), { maxLength: 5 }),
        fc.integer({ min: 0, max: 100 * SECOND }),
        (parts, originNs) => {
          const merged = createSeries(originNs);
          for (const part of parts) addSeries(merged, seriesOf(part, originNs));
          expect(merged).toEqual(seriesOf(parts.flat(), originNs));
          expect(merged.started.length).toBeLessThanOrEqual(MAXIMUM_BUCKETS);
        },
      ),
    );
  });

  it('refuses series with different origins', () => {
    expect(() => addSeries(createSeries(0), createSeries(1))).toThrow(RangeError);
  });
});
