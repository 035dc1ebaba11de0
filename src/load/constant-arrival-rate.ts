/** Constant arrival rate: starts at exactly equal distances. */
import { NS_PER_S } from '../peer/timer.ts';
import { scheduleOf, type ArrivalSchedule, type ScheduleSetup } from './arrival-schedule.ts';

/**
 * Arrival k is due at k / rate, to the nearest nanosecond, computed from k alone: errors do not add
 * up. Whole rates are exact; for others (20 a minute) the error is below 2^-52 of the time passed.
 */
export function createConstantArrivalRate(
  { rateHz }: { readonly rateHz: number },
  setup: ScheduleSetup,
): ArrivalSchedule {
  if (!Number.isInteger(rateHz)) {
    return scheduleOf((index) => Math.round((index / rateHz) * NS_PER_S), setup);
  }
  return scheduleOf((index) => {
    const rest = index % rateHz;
    return ((index - rest) / rateHz) * NS_PER_S + Math.round((rest * NS_PER_S) / rateHz);
  }, setup);
}
