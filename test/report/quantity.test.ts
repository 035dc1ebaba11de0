import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  formatCount,
  formatDuration,
  formatOctets,
  formatQuantity,
  formatRate,
  formatShare,
  formatShortDuration,
  formatTime,
} from '../../src/report/quantity.ts';

describe('quantities', () => {
  it.each([
    [0, '0 ns'],
    [999, '999 ns'],
    [1000, '1.00 us'],
    [999_499, '999 us'],
    [999_600, '1.00 ms'],
    [1_239_000, '1.24 ms'],
    [12_390_000, '12.4 ms'],
    [99_960_000, '100 ms'],
    [999_600_000, '1.00 s'],
    [59_900_000_000, '59.9 s'],
    [119_900_000_000, '2 min 0 s'],
    [125_000_000_000, '2 min 5 s'],
    [12_000_000_000_000, '3 h 20 min'],
  ])('%d ns is %s', (durationNs, text) => {
    expect(formatDuration(durationNs)).toBe(text);
  });

  it.each([
    [59_900_000_000, '59.9 s'],
    [119_900_000_000, '2m 0s'],
    [3_599_000_000_000, '59m 59s'],
    [12_000_000_000_000, '3h 20m'],
  ])('%d ns is %s in a narrow column', (durationNs, text) => {
    expect(formatShortDuration(durationNs)).toBe(text);
  });

  it.each([
    [0, '0.00 /s'],
    [9.8, '9.80 /s'],
    [999.6, '1.00 k/s'],
    [12_345, '12.3 k/s'],
    [1_200_000, '1.20 M/s'],
  ])('%d Hz is %s', (rateHz, text) => {
    expect(formatRate(rateHz)).toBe(text);
  });

  it.each([
    [0, '0 %'],
    [1, '100 %'],
    [0.0125, '1.25 %'],
    [0.000_01, '<0.01 %'],
    [0.999_99, '>99.9 %'],
    [1.5, '150 %'],
  ])('a share of %d is %s', (share, text) => {
    expect(formatShare(share)).toBe(text);
  });

  it.each([
    [0, '0'],
    [999, '999'],
    [1000, '1,000'],
    [1_234_567, '1,234,567'],
  ])('%d is %s', (count, text) => {
    expect(formatCount(count)).toBe(text);
  });

  it('shows times without useless zeros, and memory in binary units', () => {
    expect(formatTime(10_000_000_000)).toBe('10 s');
    expect(formatTime(12_345_678_901)).toBe('12.346 s');
    expect(formatOctets(512)).toBe('512 B');
    expect(formatOctets(8 * 1024 ** 3)).toBe('8.00 GiB');
    expect(formatQuantity(1, 'worker')).toBe('1 worker');
    expect(formatQuantity(2, 'worker')).toBe('2 workers');
  });

  it('shows what there is not as a dash', () => {
    expect([formatDuration(null), formatRate(undefined), formatShare(Number.NaN)]).toEqual(['-', '-', '-']);
  });

  it('never takes more than nine characters for a duration in a table, nor a power of ten', () => {
    fc.assert(
      fc.property(fc.nat({ max: 119_000_000_000 }), (durationNs) => {
        expect(formatDuration(durationNs)).toMatch(/^\d{1,3}(?:\.\d{1,2})? (?:ns|us|ms|s)$/);
        expect(formatDuration(durationNs).length).toBeLessThan(9);
      }),
    );
  });
});
