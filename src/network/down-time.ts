/** When a link carries nothing: outages, and flapping that comes again and again. */
import type { Ns } from '../peer/timer.ts';

/** Times are nanoseconds since the beginning of the run. */
export interface DownTime {
  readonly startNs: Ns;
  readonly durationNs: Ns;
  /** Absent: once. */
  readonly again?: {
    /** From one beginning to the next, longer than `durationNs`. */
    readonly periodNs: Ns;
    /** No repetition begins at this time or later. */
    readonly untilNs: Ns;
    /** Whether each link of the kind is late by a time of its own, drawn, of less than a period. */
    readonly isStaggered: boolean;
  };
}

/** Whether one of them covers `timeNs`. `turn` (0 to 1, exclusive) says how late a staggered link is, in periods. */
export function isDownAt(times: readonly DownTime[], timeNs: Ns, turn: number): boolean {
  for (let index = 0; index < times.length; index++) {
    if (covers(times[index]!, timeNs, turn)) return true;
  }
  return false;
}

function covers({ startNs, durationNs, again }: DownTime, timeNs: Ns, turn: number): boolean {
  if (again === undefined) return timeNs >= startNs && timeNs - startNs < durationNs;
  const lateNs = again.isStaggered ? Math.floor(again.periodNs * turn) : 0;
  const sinceNs = timeNs - startNs - lateNs;
  if (sinceNs < 0) return false;
  const intoNs = sinceNs % again.periodNs;
  return intoNs < durationNs && timeNs - intoNs < again.untilNs;
}
