/** What a gateway's threads work on, as data: a job, its class, and the work that it turned out to be. */
import type { Ns } from '../peer/timer.ts';

/** Classes of jobs, the most urgent first; a lower one waits while a higher one is there. */
export const JOB_PRIORITIES = ['critical', 'high', 'medium', 'low'] as const;
export type JobPriority = (typeof JOB_PRIORITIES)[number];

/** What a job is about: the exchange of a datagram, or what else happens to a gateway. */
export const JOB_KINDS = [
  'main',
  'aggressive',
  'quick',
  'transaction',
  'informational',
  /** Any other datagram. */
  'other',
  'timer',
  /** What the gateway is told to do: connect, disconnect. */
  'command',
] as const;
export type JobKind = (typeof JOB_KINDS)[number];

export interface Job<Payload> {
  readonly kind: JobKind;
  readonly priority: JobPriority;
  /** Jobs of one key are done one after the other, as by whoever locks an SA; -1: with no regard to others. */
  readonly key: number;
  readonly arrivedNs: Ns;
  readonly payload: Payload;
}

/** What a job needs, known when a thread takes it up. All in whole nanoseconds. */
export interface JobWork {
  /** On a core. */
  readonly cpuNs: Ns;
  /** The part of it, at its beginning, during which the table of SAs is locked. */
  readonly lockedNs: Ns;
  /** Afterwards, waiting for another server: the thread is held, no core is used. */
  readonly blockedNs: Ns;
}
