/**
 * A rate limit with bursts, in integers: instead of counting tokens it remembers when the bucket
 * would be full again (the generic cell rate algorithm of ITU-T I.371). One number is the whole state.
 */
import { NS_PER_S, type Ns } from '../peer/timer.ts';

export interface RateLimit {
  /** Time that one token takes to come, at least 1. */
  readonly intervalNs: Ns;
  /** Tokens that a full bucket holds, at least 1. */
  readonly burst: number;
}

/** The limit of so many events a second; the interval is rounded to nanoseconds. */
export function rateLimit(rateHz: number, burst: number): RateLimit {
  return { intervalNs: Math.max(1, Math.round(NS_PER_S / rateHz)), burst };
}

/** A bucket is the time at which it is full; one that was never used is full at any time. */
export const FULL_BUCKET: Ns = Number.NEGATIVE_INFINITY;

/**
 * Takes a token at `nowNs`: the bucket's new state, or undefined when there is none to take.
 * `nowNs` may not go back by more than the bucket's time to fill.
 */
export function takeToken(limit: RateLimit, fullAtNs: Ns, nowNs: Ns): Ns | undefined {
  const base = fullAtNs > nowNs ? fullAtNs : nowNs;
  if (base - nowNs > (limit.burst - 1) * limit.intervalNs) return undefined;
  return base + limit.intervalNs;
}
