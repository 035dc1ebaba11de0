/**
 * When an initiator that failed or lost its tunnel tries again. Every wait depends on the seed, the
 * initiator and the count of its attempts alone.
 */
import type { Ns } from '../peer/timer.ts';
import type { Retry, RetryWait } from '../scenario/scenario.ts';

/** Uniform draws. */
export interface RetryDraws {
  /** In [0, 1). */
  unit(): number;
}

/** Even an immediate attempt takes a program this long: 10 ms. */
export const SHORTEST_RETRY_NS = 10_000_000;

/**
 * The wait before attempt `attempt` (from 1) of a row that began `sinceNs` ago with a failure or loss;
 * undefined: it gives up.
 */
export function retryWaitNs(retry: Retry, attempt: number, sinceNs: Ns, draws: RetryDraws): Ns | undefined {
  const { tries = Infinity, giveUpAfterNs = Infinity, giveUpChance, jitter } = retry;
  if (attempt > tries) return undefined;
  if (giveUpChance > 0 && draws.unit() < giveUpChance) return undefined;
  let waitNs = baseNs(retry.wait, attempt, draws);
  if (jitter > 0) waitNs *= 1 - jitter + 2 * jitter * draws.unit();
  const wholeNs = Math.max(SHORTEST_RETRY_NS, Math.round(waitNs));
  return sinceNs + wholeNs > giveUpAfterNs ? undefined : wholeNs;
}

function baseNs(wait: RetryWait, attempt: number, draws: RetryDraws): Ns {
  if (wait.type === 'uniform') return wait.leastNs + (wait.mostNs - wait.leastNs) * draws.unit();
  let waitNs = wait.firstNs;
  // A factor above 1 comes to the maximum in few steps; without one nothing is multiplied.
  for (let step = 1; wait.factor > 1 && step < attempt && waitNs > 0 && waitNs < wait.maximumNs; step++) {
    waitNs *= wait.factor;
  }
  return Math.min(wait.maximumNs, waitNs + wait.stepNs * (attempt - 1));
}
