/** Open models: when negotiations are started, whatever becomes of the earlier ones. */
import type { Ns } from '../peer/timer.ts';

export interface Arrival {
  /** Number of the arrival in the whole run, from 0; the same for any number of workers. */
  readonly index: number;
  /** Number of the initiator whose turn it is: index modulo the number of initiators. */
  readonly initiator: number;
  /** From the beginning of the run. */
  readonly plannedNs: Ns;
}

/** Arrivals in order of time; each is computed when asked for. */
export interface ArrivalSchedule {
  /** The next arrival; undefined when there are no more, and from then on. */
  next(): Arrival | undefined;
}

/** What a schedule is made from, beside its executor. */
export interface ScheduleSetup {
  readonly initiatorCount: number;
  /** Arrivals are planned before this only. */
  readonly endNs: Ns;
}

/**
 * A schedule from a formula for the time of arrival number `index`. The times may not fall; NaN or
 * anything not before `endNs` ends the schedule.
 */
export function scheduleOf(plannedNsOf: (index: number) => number, setup: ScheduleSetup): ArrivalSchedule {
  const { initiatorCount, endNs } = setup;
  let index = 0;
  let initiator = 0;
  return {
    next() {
      const plannedNs = plannedNsOf(index);
      if (!(plannedNs < endNs)) return undefined;
      const arrival: Arrival = { index, initiator, plannedNs };
      index++;
      initiator = initiator + 1 === initiatorCount ? 0 : initiator + 1;
      return arrival;
    },
  };
}

/**
 * The arrivals of some initiators, in order: a worker's share of the whole. Shares of disjoint sets
 * of initiators are disjoint, and together they are the whole.
 */
export function ownedArrivals(
  schedule: ArrivalSchedule,
  owns: (initiator: number) => boolean,
): ArrivalSchedule {
  return {
    next() {
      let arrival = schedule.next();
      while (arrival !== undefined && !owns(arrival.initiator)) arrival = schedule.next();
      return arrival;
    },
  };
}
