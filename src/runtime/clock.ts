/**
 * The monotonic clock that all workers of a process share. `performance.now()` is the cheapest
 * reading (about 50 ns), but nothing promises one origin for all threads; the high-resolution
 * time is one for the process and gives the offset.
 */
import type { Ns } from '../peer/timer.ts';

/** Origin of a run's clock: taken once in the main thread and sent to every worker. */
export type ClockOrigin = bigint;

export function takeClockOrigin(): ClockOrigin {
  return process.hrtime.bigint();
}

/** A function that reads integer nanoseconds since `origin`; readings of different threads compare to within a microsecond. */
export function createClock(origin: ClockOrigin): () => Ns {
  const offsetNs = measureOffsetNs(origin);
  return () => Math.round(performance.now() * 1e6 + offsetNs);
}

/** Difference of the two clocks, from the reading that was interrupted least. */
function measureOffsetNs(origin: ClockOrigin): number {
  let bestOffsetNs = 0;
  let shortestNs = Infinity;
  for (let reading = 0; reading < READINGS; reading++) {
    const beforeNs = Number(process.hrtime.bigint() - origin);
    const hereMs = performance.now();
    const afterNs = Number(process.hrtime.bigint() - origin);
    if (afterNs - beforeNs >= shortestNs) continue;
    shortestNs = afterNs - beforeNs;
    bestOffsetNs = Math.round((beforeNs + afterNs) / 2 - hereMs * 1e6);
  }
  return bestOffsetNs;
}

const READINGS = 32;
