/** Measures what one call of something costs, in CPU time of this process: another one that uses the machine counts for less than on a clock. */

/** Calls to be measured at one length of data. */
export interface Candidate {
  /** Makes one call. */
  call(): unknown;
  /** Calls that one `call` makes; default 1. */
  readonly calls?: number;
  /** CPU time, microseconds, until the code may count as compiled; default 50,000. */
  readonly warmUpUs?: number;
}

export interface MeasuredCall {
  /** Median over batches. */
  readonly callNs: number;
  /** Half of the interquartile range over the median. */
  readonly spread: number;
}

const BATCHES = 11;
const BATCH_US = 5_000;
const WARM_UP_US = 50_000;
/** A batch must not be so long that one operation takes the time of all. */
const CALLS_MAXIMUM = 200_000;

/** Takes about a tenth of a second, and 12 calls at least. */
export function measureCall({ call, calls = 1, warmUpUs = WARM_UP_US }: Candidate): MeasuredCall {
  const count = callsOfBatch(call, warmUpUs);
  const each: number[] = [];
  for (let batch = 0; batch < BATCHES; batch++) each.push((timeUs(call, count) * 1_000) / count / calls);
  each.sort((a, b) => a - b);
  const median = quantile(each, 0.5);
  const range = quantile(each, 0.75) - quantile(each, 0.25);
  return { callNs: median, spread: median === 0 ? 0 : range / 2 / median };
}

/** As many calls as take the time of a batch, by those of the warming up. */
function callsOfBatch(call: () => unknown, warmUpUs: number): number {
  let spentUs = 0;
  for (let count = 1; ; count = Math.min(count * 2, CALLS_MAXIMUM)) {
    const us = timeUs(call, count);
    spentUs += us;
    if (spentUs < warmUpUs) continue;
    return Math.max(1, Math.min(CALLS_MAXIMUM, Math.round((count * BATCH_US) / Math.max(1, us))));
  }
}

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
