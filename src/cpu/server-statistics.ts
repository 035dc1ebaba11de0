/**
 * What happened at one gateway's threads and cores. Times are kept twice, as areas under the number of
 * jobs and as sums over jobs, so that `conservation.ts` can hold one against the other.
 */
import type { Ns } from '../peer/timer.ts';
import { JOB_KINDS } from './job.ts';
import type { JobKind } from './job.ts';

export interface KindStatistics {
  arrived: number;
  completed: number;
  /** On cores, of completed jobs. */
  cpuNs: Ns;
}

/** Plain data; every number is a count or nanoseconds. */
export interface ServerStatistics {
  arrived: number;
  completed: number;
  /** Not let in, for want of room in the queue. */
  droppedQueueFull: number;
  /** There when the machine crashed. */
  lostInCrash: number;
  /** Jobs that wait for a thread, and jobs that have one, at the last change. */
  waiting: number;
  inService: number;
  waitingMaximum: number;
  /** Integrals over time: of jobs that wait, of jobs that are there, of cores at work, of threads held. */
  waitingAreaNs: number;
  presentAreaNs: number;
  busyCoreNs: number;
  busyThreadNs: number;
  /** Arrival to a thread, of jobs that got one. */
  waitSumNs: number;
  waitMaximumNs: Ns;
  /** Arrival to completion, of completed jobs, and to the crash that they were lost in. */
  sojournSumNs: number;
  /** Thread taken to completion, of completed jobs. */
  heldSumNs: number;
  /** Time on cores, of completed jobs and before a crash; of it, waking and garbage; and waits for others, of completed jobs. */
  cpuSumNs: number;
  overheadSumNs: number;
  blockedSumNs: number;
  firstArrivalNs: Ns | undefined;
  lastChangeNs: Ns;
  readonly kinds: Readonly<Record<JobKind, KindStatistics>>;
}

export function createServerStatistics(): ServerStatistics {
  return {
    arrived: 0,
    completed: 0,
    droppedQueueFull: 0,
    lostInCrash: 0,
    waiting: 0,
    inService: 0,
    waitingMaximum: 0,
    waitingAreaNs: 0,
    presentAreaNs: 0,
    busyCoreNs: 0,
    busyThreadNs: 0,
    waitSumNs: 0,
    waitMaximumNs: 0,
    sojournSumNs: 0,
    heldSumNs: 0,
    cpuSumNs: 0,
    overheadSumNs: 0,
    blockedSumNs: 0,
    firstArrivalNs: undefined,
    lastChangeNs: 0,
    kinds: Object.fromEntries(
      JOB_KINDS.map((kind) => [kind, { arrived: 0, completed: 0, cpuNs: 0 }]),
    ) as Record<JobKind, KindStatistics>,
  };
}

/** Carries the areas on to `nowNs`, with the numbers as they were since the last change. */
export function advanceAreas(statistics: ServerStatistics, busyCores: number, nowNs: Ns): void {
  const elapsedNs = nowNs - statistics.lastChangeNs;
  if (elapsedNs <= 0) return;
  const { waiting, inService } = statistics;
  statistics.waitingAreaNs += waiting * elapsedNs;
  statistics.presentAreaNs += (waiting + inService) * elapsedNs;
  statistics.busyThreadNs += inService * elapsedNs;
  statistics.busyCoreNs += busyCores * elapsedNs;
  statistics.lastChangeNs = nowNs;
}
