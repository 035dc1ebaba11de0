/**
 * How a run went over time, in buckets of a tenth of a second. When a run gets long, neighbouring
 * buckets are added together, so that there are never more than 600.
 */
import { NS_PER_MS, type Ns } from '../peer/timer.ts';

export const MAXIMUM_BUCKETS = 600;
export const FIRST_BUCKET_NS: Ns = 100 * NS_PER_MS;

/**
 * `planned`: by the load's schedule, whether a peer was free or not. `connected` and `waiting`: by how much the
 * number of connected peers and of jobs waiting at gateways changed; changes can be added up, levels cannot.
 */
export const SERIES_KINDS = ['planned', 'started', 'succeeded', 'failed', 'connected', 'waiting'] as const;
export type SeriesKind = (typeof SERIES_KINDS)[number];

/** Bucket i holds what happened in [originNs + (firstIndex + i) * bucketNs, + bucketNs). */
export interface Series extends Record<SeriesKind, number[]> {
  originNs: Ns;
  /** A tenth of a second times a power of two. */
  bucketNs: Ns;
  /** Negative before the origin, which is in the warm-up. */
  firstIndex: number;
}

/** @param originNs A bucket starts here; the measure window's start makes its bounds bucket bounds. */
export function createSeries(originNs: Ns): Series {
  return {
    originNs,
    bucketNs: FIRST_BUCKET_NS,
    firstIndex: 0,
    planned: [],
    started: [],
    succeeded: [],
    failed: [],
    connected: [],
    waiting: [],
  };
}

export function cloneSeries(series: Series): Series {
  const copy = { ...series };
  for (const kind of SERIES_KINDS) copy[kind] = [...series[kind]];
  return copy;
}

function foldBuckets(buckets: readonly number[], isFirstAlone: boolean): number[] {
  const folded: number[] = [];
  for (let at = isFirstAlone ? -1 : 0; at < buckets.length; at += 2) {
    folded.push((buckets[at] ?? 0) + (buckets[at + 1] ?? 0));
  }
  return folded;
}

/** Doubles the bucket length. Pairs are aligned to the origin, so that series of different workers still match. */
function fold(series: Series): void {
  const isFirstAlone = series.firstIndex % 2 !== 0;
  for (const kind of SERIES_KINDS) series[kind] = foldBuckets(series[kind], isFirstAlone);
  series.firstIndex = Math.floor(series.firstIndex / 2);
  series.bucketNs *= 2;
}

function extend(series: Series, firstIndex: number, endIndex: number): void {
  if (series.started.length === 0) series.firstIndex = firstIndex;
  for (const kind of SERIES_KINDS) {
    const buckets = series[kind];
    const missing = series.firstIndex - firstIndex;
    if (missing > 0) buckets.unshift(...Array.from({ length: missing }, () => 0));
    const base = Math.min(series.firstIndex, firstIndex);
    while (base + buckets.length < endIndex) buckets.push(0);
  }
  series.firstIndex = Math.min(series.firstIndex, firstIndex);
}

/** Makes the bucket of `timeNs` exist, folding as often as it takes; returns its position. */
function bucketAt(series: Series, timeNs: Ns): number {
  for (;;) {
    const index = Math.floor((timeNs - series.originNs) / series.bucketNs);
    const offset = index - series.firstIndex;
    const length = series.started.length;
    if (offset >= 0 && offset < length) return offset;
    const firstIndex = length === 0 ? index : Math.min(index, series.firstIndex);
    const endIndex = length === 0 ? index + 1 : Math.max(index + 1, series.firstIndex + length);
    if (endIndex - firstIndex > MAXIMUM_BUCKETS) {
      fold(series);
      continue;
    }
    extend(series, firstIndex, endIndex);
    return index - series.firstIndex;
  }
}

/** Counts one event, or a change `by` so much, at `timeNs`. */
export function countInSeries(series: Series, kind: SeriesKind, timeNs: Ns, by = 1): void {
  const at = bucketAt(series, timeNs);
  series[kind][at] = (series[kind][at] ?? 0) + by;
}

/**
 * Adds `part` to `sum`. The result is the same as if all events had been counted in one series.
 * @throws RangeError when the origins differ.
 */
export function addSeries(sum: Series, part: Series): void {
  if (part.originNs !== sum.originNs) throw new RangeError('series with different origins cannot be added');
  const other = cloneSeries(part);
  if (other.started.length === 0) return;
  if (sum.started.length === 0) {
    Object.assign(sum, other);
    return;
  }
  while (other.bucketNs < sum.bucketNs) fold(other);
  while (sum.bucketNs < other.bucketNs) fold(sum);
  while (unionLength(sum, other) > MAXIMUM_BUCKETS) {
    fold(sum);
    fold(other);
  }
  extend(sum, other.firstIndex, other.firstIndex + other.started.length);
  const shift = other.firstIndex - sum.firstIndex;
  for (const kind of SERIES_KINDS) {
    for (const [at, count] of other[kind].entries())
      sum[kind][at + shift] = (sum[kind][at + shift] ?? 0) + count;
  }
}

function unionLength(a: Series, b: Series): number {
  const firstIndex = Math.min(a.firstIndex, b.firstIndex);
  return Math.max(a.firstIndex + a.started.length, b.firstIndex + b.started.length) - firstIndex;
}
