/** When an unanswered message is sent again: schedules as data, computed without transcendental functions. */

/** Sends at 0, first, first + first*factor, ..., or after waits given one by one; times in integer nanoseconds. */
export interface RetransmitSchedule {
  readonly firstNs: number;
  /** Multiplier of each later wait. */
  readonly factor: number;
  /** Largest wait; Infinity for none. */
  readonly maximumNs: number;
  /** Number of retransmissions; after the last wait the exchange has timed out. */
  readonly tries: number;
  /** In place of what the three numbers above say; the last one goes on for as long as tries are left. */
  readonly waitsNs?: readonly number[];
}

/**
 * Wait before retransmission number `attempt` (from 0), in nanoseconds; `attempt` equal to
 * `tries` is the last wait, after which one gives up.
 */
export function retransmitWaitNs(schedule: RetransmitSchedule, attempt: number): number {
  const { waitsNs } = schedule;
  if (waitsNs !== undefined) return waitsNs[Math.min(attempt, waitsNs.length - 1)] ?? 0;
  let waitNs = schedule.firstNs;
  for (let i = 0; i < attempt && waitNs < schedule.maximumNs; i++) waitNs *= schedule.factor;
  return Math.round(Math.min(waitNs, schedule.maximumNs));
}

/** Retransmissions after each of `waitsNs`, which must not be empty; the last one is also the wait before giving up. */
export function explicitSchedule(waitsNs: readonly number[]): RetransmitSchedule {
  return { firstNs: waitsNs[0] ?? 0, factor: 1, maximumNs: Infinity, tries: waitsNs.length, waitsNs };
}

/** Whole time from the first sending to giving up, in nanoseconds. */
export function giveUpAfterNs(schedule: RetransmitSchedule): number {
  let totalNs = 0;
  for (let attempt = 0; attempt <= schedule.tries; attempt++) totalNs += retransmitWaitNs(schedule, attempt);
  return totalNs;
}
