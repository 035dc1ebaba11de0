import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { RateSearch, roundedRate } from '../../../src/run/capacity/rate-search.ts';
import type { RateSearchSettings } from '../../../src/run/capacity/rate-search.ts';

const SETTINGS: RateSearchSettings = { fromHz: 100, toHz: Infinity, tolerance: 0.05, maximumRates: 40 };

/** Runs a search to its end against a system. */
function search(
  holds: (rateHz: number, tried: number) => boolean,
  settings: Partial<RateSearchSettings> = {},
) {
  const rates: number[] = [];
  const each = new RateSearch({ ...SETTINGS, ...settings });
  for (let rateHz = each.next(); rateHz !== undefined; rateHz = each.next()) {
    each.tell(rateHz, holds(rateHz, rates.length));
    rates.push(rateHz);
  }
  return { rates, holdingHz: each.holdingHz, failingHz: each.failingHz, end: each.end };
}

describe('a search for a rate', () => {
  it('doubles until one fails, then halves the gap by geometric means', () => {
    const { rates, ...found } = search((rateHz) => rateHz <= 700);
    expect(rates).toEqual([100, 200, 400, 800, 565.7, 672.7, 733.6, 702.5]);
    expect(found).toEqual({ holdingHz: 672.7, failingHz: 702.5, end: 'tolerance' });
  });

  it('halves until one holds when the first fails', () => {
    const { rates, ...found } = search((rateHz) => rateHz <= 30);
    expect(rates.slice(0, 3)).toEqual([100, 50, 25]);
    expect(found).toEqual({ holdingHz: 29.73, failingHz: 31.05, end: 'tolerance' });
  });

  it('goes no higher than it may, and says that the highest holds', () => {
    const { rates, ...found } = search(() => true, { toHz: 300 });
    expect(rates).toEqual([100, 200, 300]);
    expect(found).toEqual({ holdingHz: 300, failingHz: undefined, end: 'limit' });
    expect(search(() => true, { toHz: 50 }).rates).toEqual([50]);
  });

  it('gives up where nothing holds, and after as many rates as allowed', () => {
    expect(search(() => false)).toMatchObject({ holdingHz: undefined, end: 'nothing-holds' });
    expect(search((rateHz) => rateHz < 700, { maximumRates: 5 })).toMatchObject({
      holdingHz: 565.7,
      failingHz: 800,
      end: 'rates',
    });
  });

  it('ends with a tolerance too fine for the digits of a rate', () => {
    const { holdingHz, end } = search((rateHz) => rateHz <= 777, { tolerance: 1e-9 });
    expect({ holdingHz, end }).toEqual({ holdingHz: 777, end: 'tolerance' });
  });

  it('finds the lower edge where a system holds again above rates that it does not', () => {
    const seen = search((rateHz) => rateHz < 300 || (rateHz > 500 && rateHz < 900), { fromHz: 160 });
    expect(seen.rates).toContain(320);
    expect(seen.holdingHz).toBeLessThan(300);
  });

  it('comes within the tolerance of any threshold, from any side', () => {
    fc.assert(
      fc.property(
        fc.double({ min: 0.5, max: 100_000, noNaN: true }),
        fc.double({ min: 1, max: 5000, noNaN: true }),
        fc.double({ min: 0.01, max: 0.3, noNaN: true }),
        (thresholdHz, fromHz, tolerance) => {
          fc.pre(thresholdHz > fromHz / 500);
          const found = search((rateHz) => rateHz <= thresholdHz, { fromHz, tolerance });
          expect(found.end).toBe('tolerance');
          expect(found.holdingHz!).toBeLessThanOrEqual(thresholdHz);
          expect(found.failingHz!).toBeGreaterThan(thresholdHz);
          expect(found.failingHz! / found.holdingHz!).toBeLessThanOrEqual(1 + tolerance + 1e-9);
        },
      ),
    );
  });

  it('ends, in order and without trying a rate twice, whatever the answers are', () => {
    fc.assert(
      fc.property(fc.array(fc.boolean(), { minLength: 40, maxLength: 40 }), (answers) => {
        const { rates, holdingHz, failingHz, end } = search((_, tried) => answers[tried] ?? false);
        expect(end).toBeDefined();
        expect(new Set(rates).size).toBe(rates.length);
        expect(rates.length).toBeLessThanOrEqual(40);
        if (holdingHz !== undefined && failingHz !== undefined) expect(holdingHz).toBeLessThan(failingHz);
      }),
    );
  });

  it('says rates with four digits', () => {
    expect(roundedRate(1234.56)).toBe(1235);
    expect(roundedRate(0.123456)).toBe(0.1235);
  });
});
