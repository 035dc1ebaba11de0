/** Storm: every initiator starts once, all at one time or spread evenly. */
import type { Ns } from '../peer/timer.ts';
import { scheduleOf, type ArrivalSchedule, type ScheduleSetup } from './arrival-schedule.ts';

/** Initiator k of n starts at k/n of the spread, to the nearest nanosecond. */
export function createStorm({ spreadNs }: { readonly spreadNs: Ns }, setup: ScheduleSetup): ArrivalSchedule {
  const { initiatorCount } = setup;
  // Split so that no product passes 2^53, whatever the spread.
  const wholeNs = Math.floor(spreadNs / initiatorCount);
  const restNs = spreadNs % initiatorCount;
  return scheduleOf(
    (index) =>
      index < initiatorCount ? index * wholeNs + Math.round((index * restNs) / initiatorCount) : Infinity,
    setup,
  );
}
