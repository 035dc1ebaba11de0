/**
 * Whether a run was steady: whether what was in flight kept to a level. At a constant rate that is one question with
 * whether latency did, since by Little's law the number in flight is the rate times the mean latency.
 */
import type { Ns } from '../peer/timer.ts';
import type { RunResult } from './result.ts';

export interface Steadiness {
  /** In flight in the middle of the measure window, and at its end. */
  readonly inFlightMiddle: number;
  readonly inFlightEnd: number;
  /** Growth from the middle to the end that still is a level. */
  readonly growthLimit: number;
  readonly isSteady: boolean;
}

/**
 * Steady is a window in whose second half the number in flight grows by no more than 2 % of the starts
 * made in it, plus three times the square root of the number in the middle, by which a level fluctuates.
 * @returns undefined when the window has fewer than four intervals of the series.
 */
export function steadinessOf({
  series,
  windows,
}: Pick<RunResult, 'series' | 'windows'>): Steadiness | undefined {
  const { startNs, bucketNs } = series;
  const bucketsBefore = (timeNs: Ns): number => Math.floor((timeNs - startNs) / bucketNs);
  const first = bucketsBefore(windows.measure.startNs);
  const end = bucketsBefore(windows.measure.endNs);
  if (end - first < INTERVALS_MINIMUM) return undefined;
  const middle = Math.floor((first + end) / 2);
  const sum = (counts: readonly number[], from: number, to: number): number =>
    counts.slice(Math.max(0, from), Math.max(0, to)).reduce((total, count) => total + count, 0);
  const inFlightAt = (bucket: number): number =>
    sum(series.started, 0, bucket) - sum(series.succeeded, 0, bucket) - sum(series.failed, 0, bucket);
  const inFlightMiddle = inFlightAt(middle);
  const inFlightEnd = inFlightAt(end);
  const growthLimit =
    GROWTH_SHARE * sum(series.started, middle, end) + FLUCTUATION * Math.sqrt(Math.max(1, inFlightMiddle));
  return { inFlightMiddle, inFlightEnd, growthLimit, isSteady: inFlightEnd - inFlightMiddle <= growthLimit };
}

const INTERVALS_MINIMUM = 4;
const GROWTH_SHARE = 0.02;
const FLUCTUATION = 3;
