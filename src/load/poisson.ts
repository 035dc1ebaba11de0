/** Poisson: starts at random, independent of each other, as of many people who know nothing of each other. */
import { NS_PER_S, type Ns } from '../peer/timer.ts';
import { createRandomStream } from '../random/stream.ts';
import { scheduleOf, type ArrivalSchedule, type ScheduleSetup } from './arrival-schedule.ts';

export interface PoissonRate {
  readonly rateHz: number;
  /** Another rate until `warmUpNs`; absent: the same. */
  readonly warmUpRateHz?: number;
  readonly warmUpNs: Ns;
  readonly seed: number;
}

/**
 * Gaps are exponential with mean 1 / rate, from one stream of the seed; the first gap precedes arrival 0. A gap
 * that reaches over the end of the warm-up goes on at the other rate with what is left of it.
 */
export function createPoisson(
  { rateHz, warmUpRateHz = rateHz, warmUpNs, seed }: PoissonRate,
  setup: ScheduleSetup,
): ArrivalSchedule {
  const stream = createRandomStream({ seed, entity: 0, purpose: 'poisson-arrivals' });
  const warmUpGapNs = NS_PER_S / warmUpRateHz;
  const meanGapNs = NS_PER_S / rateHz;
  let dueNs = 0;
  return scheduleOf(() => {
    const gap = stream.exponentialUnit();
    const leftNs = warmUpNs - dueNs;
    if (warmUpGapNs === meanGapNs || leftNs <= 0) dueNs += gap * meanGapNs;
    else if (gap * warmUpGapNs <= leftNs) dueNs += gap * warmUpGapNs;
    else dueNs = warmUpNs + (gap - leftNs / warmUpGapNs) * meanGapNs;
    return Math.round(dueNs);
  }, setup);
}
