/** Numbers for people: three significant digits and a unit. ASCII only, so that columns line up everywhere. */

const NS_PER_US = 1e3;
const NS_PER_MS = 1e6;
const NS_PER_S = 1e9;

/** What is printed where there is no value. */
export const NO_VALUE = '-';

/** A value below 1000 with three significant digits: `1.24`, `12.4`, `124`. */
function threeDigits(value: number): string {
  const rounded = Number(value.toPrecision(3));
  if (rounded >= 100) return rounded.toFixed(0);
  return rounded >= 10 ? rounded.toFixed(1) : rounded.toFixed(2);
}

/** True when a value shows as less than `limit` after rounding to three digits. */
function showsBelow(value: number, limit: number): boolean {
  return Number(value.toPrecision(3)) < limit;
}

/** A duration: `850 ns`, `12.3 us`, `1.24 ms`, `59.9 s`, `2 min 5 s`, `3 h 20 min`. */
export function formatDuration(durationNs: number | null | undefined): string {
  return formatBelowMinutes(durationNs) ?? longDuration(durationNs!, [' s', ' min', ' h']);
}

/** The same for narrow columns: `59.9 s`, `2m 5s`, `3h 20m`. */
export function formatShortDuration(durationNs: number | null | undefined): string {
  return formatBelowMinutes(durationNs) ?? longDuration(durationNs!, ['s', 'm', 'h']);
}

/** Undefined for what is shown in minutes. */
function formatBelowMinutes(durationNs: number | null | undefined): string | undefined {
  if (durationNs === null || durationNs === undefined) return NO_VALUE;
  if (durationNs < NS_PER_US) return `${Math.round(durationNs)} ns`;
  if (showsBelow(durationNs / NS_PER_US, 1000)) return `${threeDigits(durationNs / NS_PER_US)} us`;
  if (showsBelow(durationNs / NS_PER_MS, 1000)) return `${threeDigits(durationNs / NS_PER_MS)} ms`;
  return showsBelow(durationNs / NS_PER_S, 120) ? `${threeDigits(durationNs / NS_PER_S)} s` : undefined;
}

function longDuration(durationNs: number, [second, minute, hour]: readonly [string, string, string]): string {
  const seconds = Math.round(durationNs / NS_PER_S);
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return `${minutes}${minute} ${seconds % 60}${second}`;
  return `${Math.floor(minutes / 60)}${hour} ${minutes % 60}${minute}`;
}

/** A point in time of a run, in seconds to the millisecond: `10 s`, `12.345 s`. */
export function formatTime(timeNs: number): string {
  return `${Number((timeNs / NS_PER_S).toFixed(3))} s`;
}

/** Events a second: `9.80 /s`, `12.3 k/s`, `1.20 M/s`. */
export function formatRate(rateHz: number | null | undefined): string {
  if (rateHz === null || rateHz === undefined) return NO_VALUE;
  if (showsBelow(rateHz, 1000)) return `${threeDigits(rateHz)} /s`;
  if (showsBelow(rateHz / 1e3, 1000)) return `${threeDigits(rateHz / 1e3)} k/s`;
  return `${threeDigits(rateHz / 1e6)} M/s`;
}

/** A whole number with its thousands apart: `12,345`. */
export function formatCount(count: number): string {
  return String(count).replaceAll(/\B(?=(?:\d{3})+$)/g, ',');
}

/** A share of 1 in percent: `1.25 %`. Only nothing is `0 %` and only everything `100 %`. */
export function formatShare(share: number | null | undefined): string {
  if (share === null || share === undefined || Number.isNaN(share)) return NO_VALUE;
  const percent = share * 100;
  if (percent === 0 || percent === 100) return `${percent} %`;
  if (percent < 0.01) return '<0.01 %';
  if (percent > 99.9 && percent < 100) return '>99.9 %';
  return `${threeDigits(percent)} %`;
}

/** A size in memory: `512 B`, `7.70 GiB`. */
export function formatOctets(octets: number): string {
  const units = ['B', 'KiB', 'MiB', 'GiB', 'TiB'];
  let value = octets;
  let unit = 0;
  while (value >= 1024 && unit < units.length - 1) {
    value /= 1024;
    unit += 1;
  }
  return unit === 0 ? `${value} B` : `${threeDigits(value)} ${units[unit]}`;
}

/** `1 datagram`, `2 datagrams`. */
export function formatQuantity(count: number, noun: string): string {
  return `${formatCount(count)} ${noun}${count === 1 ? '' : 's'}`;
}
