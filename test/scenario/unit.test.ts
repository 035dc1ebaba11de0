import { describe, expect, it } from 'vitest';
import fc from 'fast-check';
import {
  formatDurationNs,
  parseDurationNs,
  parseMomentMs,
  parseRateHz,
  parseShare,
  UnitError,
} from '../../src/scenario/unit.ts';

describe('durations', () => {
  it.each([
    ['250ms', 250_000_000],
    ['30s', 30_000_000_000],
    ['1.5s', 1_500_000_000],
    ['0.1s', 100_000_000],
    ['5m', 300_000_000_000],
    ['8h', 28_800_000_000_000],
    ['1h30m', 5_400_000_000_000],
    ['2d', 172_800_000_000_000],
    ['7ns', 7],
    ['3us', 3_000],
    ['0s', 0],
  ])('reads %s', (text, ns) => {
    expect(parseDurationNs(text)).toBe(ns);
  });

  it.each(['30', '', 's', '-5s', '5 parsecs', '1e3s', '.5s', 'NaN', 'Infinitys', '5s5'])(
    'refuses %j',
    (text) => {
      expect(() => parseDurationNs(text)).toThrow(UnitError);
    },
  );

  it('says what is missing from a bare number', () => {
    expect(() => parseDurationNs('30')).toThrow(expect.objectContaining({ hint: 'write 30ms, 30s or 30m' }));
  });

  it('reads back what it wrote, exactly', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 30 * 86_400_000_000_000 }), (ns) => {
        expect(parseDurationNs(formatDurationNs(ns))).toBe(ns);
      }),
    );
  });
});

describe('dates', () => {
  it.each([
    ['2026-01-01', Date.UTC(2026, 0, 1)],
    ['2026-03-29T00:55Z', Date.UTC(2026, 2, 29, 0, 55)],
    [' 2028-02-29T23:59:59Z ', Date.UTC(2028, 1, 29, 23, 59, 59)],
  ])('%s', (text, ms) => expect(parseMomentMs(text)).toBe(ms));

  it.each([
    '2026-02-29',
    '2026-1-1',
    '2026-01-01T24:00Z',
    '2026-01-01T08:00',
    'tomorrow',
    '1969-12-31',
    '2200-01-01',
  ])('%s is refused', (text) => expect(() => parseMomentMs(text)).toThrow(UnitError));
});

describe('rates and shares', () => {
  it.each([
    ['500/s', 500],
    ['30/m', 0.5],
    ['3600/h', 1],
    ['0.5/s', 0.5],
    [' 2 / s ', 2],
  ])('reads rate %s', (text, hz) => {
    expect(parseRateHz(text)).toBe(hz);
  });

  it.each(['500', '500/x', '1/constructor', '-1/s', 's', '1/', ''])('refuses rate %j', (text) => {
    expect(() => parseRateHz(text)).toThrow(UnitError);
  });

  it('reads a share as per cent or as a part of 1', () => {
    expect(parseShare('1%')).toBe(0.01);
    expect(parseShare('0.25')).toBe(0.25);
    expect(() => parseShare('few')).toThrow(UnitError);
  });
});
