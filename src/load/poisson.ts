/** Poisson: starts at random, independent of each other, as of many people who know nothing of each other. */
import { NS_PER_S } from '../peer/timer.ts';
import { createRandomStream } from '../random/stream.ts';
import { scheduleOf, type ArrivalSchedule, type ScheduleSetup } from './arrival-schedule.ts';

/** Gaps are exponential with mean 1 / rate, from one stream of the seed; the first gap precedes arrival 0. */
export function createPoisson(
  { rateHz, seed }: { readonly rateHz: number; readonly seed: number },
  setup: ScheduleSetup,
): ArrivalSchedule {
  const stream = createRandomStream({ seed, entity: 0, purpose: 'poisson-arrivals' });
  const meanGapNs = NS_PER_S / rateHz;
  let dueNs = 0;
  return scheduleOf(() => {
    dueNs += stream.exponentialUnit() * meanGapNs;
    return Math.round(dueNs);
  }, setup);
}
