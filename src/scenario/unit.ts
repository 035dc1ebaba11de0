/** Values with a unit as people write them: durations, rates and shares. */
import { NS_PER_MS, NS_PER_S, type Ns } from '../peer/timer.ts';

/** A text that does not say a value. `message` tells what was expected, `hint` how to mend it. */
export class UnitError extends Error {
  override readonly name = 'UnitError';
  readonly hint: string | undefined;

  constructor(message: string, hint?: string) {
    super(message);
    this.hint = hint;
  }
}

/**
 * `250ms`, `30s`, `1.5s`, `5m`, `8h`, `1h30m` in integer nanoseconds, rounded to the nearest.
 * @throws UnitError for anything else; a number without a unit is not a duration.
 */
export function parseDurationNs(text: string): Ns {
  const trimmed = text.trim();
  if (/^\d+(\.\d+)?$/.test(trimmed)) {
    throw new UnitError(`duration "${text}" has no unit`, `write ${trimmed}ms, ${trimmed}s or ${trimmed}m`);
  }
  if (trimmed.startsWith('-')) throw new UnitError(`duration "${text}" is negative`);
  if (!DURATION.test(trimmed)) {
    throw new UnitError(`"${text}" is not a duration`, 'write 250ms, 30s, 1.5s, 5m, 8h or 1h30m');
  }
  let totalNs = 0;
  for (const [, digits, unit] of trimmed.matchAll(DURATION_PART)) {
    totalNs += Math.round(Number(digits) * (NS_OF_UNIT[unit ?? ''] as number));
  }
  return totalNs;
}

/**
 * `2026-01-01` or `2026-01-01T08:00:00Z`, UTC, in milliseconds since 1970; years 1970 to 2199.
 * @throws UnitError for anything else.
 */
export function parseMomentMs(text: string): number {
  const match = /^(\d{4}-\d{2}-\d{2})(?:T(\d{2}:\d{2})(:\d{2})?Z)?$/.exec(text.trim());
  const [, day, minute = '00:00', second = ':00'] = match ?? [];
  const iso = `${day}T${minute}${second}.000Z`;
  const ms = Date.parse(iso);
  // A day that a month does not have becomes one of the next month.
  const isDate = Number.isFinite(ms) && new Date(ms).toISOString() === iso;
  if (!isDate) {
    throw new UnitError(`"${text}" is not a date`, 'write 2026-01-01 or, in UTC, 2026-01-01T08:00:00Z');
  }
  if (ms < 0 || ms >= LATEST_MOMENT_MS) {
    throw new UnitError(`expected a date from 1970 to 2199, found "${text}"`);
  }
  return ms;
}

/** Shortest exact text of a duration in one unit, as `parseDurationNs` reads it: `1500ms`, `90s`, `8h`. */
export function formatDurationNs(ns: Ns): string {
  if (ns === 0) return '0s';
  for (const unit of ['d', 'h', 'm', 's', 'ms', 'us']) {
    const unitNs = NS_OF_UNIT[unit] as number;
    if (ns % unitNs === 0) return `${ns / unitNs}${unit}`;
  }
  return `${ns}ns`;
}

/**
 * `500/s`, `30/m`, `0.5/s`, `100/h` in events a second.
 * @throws UnitError for anything else.
 */
export function parseRateHz(text: string): number {
  const match = /^(-?\d+(?:\.\d+)?)\s*(?:\/\s*([a-z]+))?$/.exec(text.trim());
  if (match === null) throw new UnitError(`"${text}" is not a rate`, 'write 500/s, 30/m or 0.5/s');
  const [, digits, unit] = match;
  if (unit === undefined)
    throw new UnitError(`rate "${text}" has no unit`, `write ${digits}/s or ${digits}/m`);
  const seconds = SECONDS_OF_RATE_UNIT.get(unit);
  if (seconds === undefined)
    throw new UnitError(`"${text}" is not a rate`, 'write /s, /m or /h after the number');
  if (Number(digits) < 0) throw new UnitError(`rate "${text}" is negative`);
  return Number(digits) / seconds;
}

/**
 * `100mbit/s`, `1gbit/s`, `64kbit/s`, `300bit/s` in bits a second; powers of 1000.
 * @throws UnitError for anything else.
 */
export function parseBandwidthHz(text: string): number {
  const match = /^(\d+(?:\.\d+)?)\s*([kmg]?)bit\/s$/i.exec(text.trim());
  if (match === null) {
    throw new UnitError(`"${text}" is not a bandwidth`, 'write 64kbit/s, 100mbit/s or 1gbit/s');
  }
  return Math.round(Number(match[1]) * (BITS_OF_PREFIX.get((match[2] ?? '').toLowerCase()) as number));
}

/**
 * `1%` or `0.01` as a share of 1.
 * @throws UnitError for anything else.
 */
export function parseShare(text: string): number {
  const match = /^(\d+(?:\.\d+)?)\s*(%?)$/.exec(text.trim());
  if (match === null) throw new UnitError(`"${text}" is not a share`, 'write 1% or 0.01');
  return match[2] === '%' ? Number(match[1]) / 100 : Number(match[1]);
}

const DURATION = /^(\d+(\.\d+)?(ns|us|ms|s|m|h|d))+$/;
const DURATION_PART = /(\d+(?:\.\d+)?)(ns|us|ms|s|m|h|d)/g;
const NS_OF_UNIT: Readonly<Record<string, number>> = {
  ns: 1,
  us: 1_000,
  ms: NS_PER_MS,
  s: NS_PER_S,
  m: 60 * NS_PER_S,
  h: 3_600 * NS_PER_S,
  d: 86_400 * NS_PER_S,
};
const SECONDS_OF_RATE_UNIT: ReadonlyMap<string, number> = new Map([
  ['s', 1],
  ['m', 60],
  ['h', 3_600],
]);
const BITS_OF_PREFIX: ReadonlyMap<string, number> = new Map([
  ['', 1],
  ['k', 1e3],
  ['m', 1e6],
  ['g', 1e9],
]);
const LATEST_MOMENT_MS = Date.UTC(2200, 0, 1);
