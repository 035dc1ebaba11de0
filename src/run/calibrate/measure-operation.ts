/** Measures what one call of something costs, in CPU time of this process: another one that uses the machine counts for less than on a clock. */

/** Calls to be measured at one length of data. */
export interface Candidate {
  /** Makes one call. */
  call(): unknown;
  /** Calls that one `call` makes; default 1. */
  readonly calls?: number;
  /** CPU time, microseconds, until the code may count as compiled; default 150,000. */
  readonly warmUpUs?: number;
  /** CPU time of a batch, microseconds; default 10,000. What makes garbage takes enough for several collections. */
  readonly batchUs?: number;
}

export interface MeasuredCall {
  /** Median over batches. */
  readonly callNs: number;
  /** Half of the interquartile range over the median. */
  readonly spread: number;
}

const BATCHES = 15;
const BATCH_US = 10_000;
const WARM_UP_US = 150_000;
/** A batch must not be so long that one operation takes the time of all. */
const CALLS_MAXIMUM = 1_000_000;

/** Takes a third of a second by default, and 16 calls at least. */
export function measureCall({
  call,
  calls = 1,
  warmUpUs = WARM_UP_US,
  batchUs = BATCH_US,
}: Candidate): MeasuredCall {
  const count = callsOfBatch(call, warmUpUs, batchUs);
  // The first batch is the last of the warming up: so many calls in a row have not been made before.
  timeUs(call, count);
  const each: number[] = [];
  for (let batch = 0; batch < BATCHES; batch++) each.push((timeUs(call, count) * 1_000) / count / calls);
  return measuredOf(each);
}

/** What batches come to: nanoseconds of a call in each. */
export function measuredOf(batchesNs: readonly number[]): MeasuredCall {
  const sorted = batchesNs.toSorted((a, b) => a - b);
  const median = quantile(sorted, 0.5);
  const range = quantile(sorted, 0.75) - quantile(sorted, 0.25);
  return { callNs: median, spread: median === 0 ? 0 : range / 2 / median };
}

/** As many calls as take the time of a batch, by those at the end of the warming up. */
function callsOfBatch(call: () => unknown, warmUpUs: number, batchUs: number): number {
  let spentUs = 0;
  for (let count = 1; ; count = Math.min(count * 2, CALLS_MAXIMUM)) {
    const us = timeUs(call, count);
    spentUs += us;
    if (spentUs < warmUpUs) continue;
    return Math.max(1, Math.min(CALLS_MAXIMUM, Math.round((count * batchUs) / Math.max(1, us))));
  }
}

/** Of all threads of the process: those that compile and collect garbage work for the call. */
function timeUs(call: () => unknown, count: number): number {
  const start = process.cpuUsage();
  for (let index = 0; index < count; index++) call();
  const { user, system } = process.cpuUsage(start);
  return user + system;
}

/** Of sorted values. */
function quantile(sorted: readonly number[], share: number): number {
  return sorted[Math.round((sorted.length - 1) * share)] ?? 0;
}
