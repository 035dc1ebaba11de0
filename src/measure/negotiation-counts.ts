/** Integer counts of negotiations and datagrams. Plain objects with fixed keys; adding them up is exact. */
import {
  DROP_REASONS,
  FAILURE_CAUSES,
  LIFECYCLE_EVENTS,
  type DropReason,
  type FailureCause,
  type LifecycleEvent,
} from '../peer/fact.ts';

export type FailureCounts = Record<FailureCause, number>;
export type DropCounts = Record<DropReason, number>;
export type LifecycleCounts = Record<LifecycleEvent, number>;

export interface NegotiationCounts {
  started: number;
  succeeded: number;
  failed: number;
  /** Succeeded without sending any message twice. */
  firstTry: number;
  /** Succeeded after at least one retransmission of its own. */
  retried: number;
  /** Starts that the schedule wanted and the generator could not make, for want of a free peer. */
  droppedStarts: number;
  failures: FailureCounts;
}

/** Echo requests through tunnels. */
export interface PingCounts {
  sent: number;
  answered: number;
  /** Without a reply in time. */
  lost: number;
}

/** Initiators with a retry policy that failed or lost their tunnels, and tunnels that were lost by anybody. */
export interface ComeBackCounts {
  tunnelsLost: number;
  /** Rows of attempts that began. */
  begun: number;
  /** Attempts in them. */
  tried: number;
  /** Rows that ended with a tunnel, and those that ended without one. */
  back: number;
  gaveUp: number;
}

export function createComeBackCounts(): ComeBackCounts {
  return { tunnelsLost: 0, begun: 0, tried: 0, back: 0, gaveUp: 0 };
}

export function createPingCounts(): PingCounts {
  return { sent: 0, answered: 0, lost: 0 };
}

function createZeros<Key extends string>(keys: readonly Key[]): Record<Key, number> {
  return Object.fromEntries(keys.map((key) => [key, 0])) as Record<Key, number>;
}

export function createFailureCounts(): FailureCounts {
  return createZeros(FAILURE_CAUSES);
}

export function createDropCounts(): DropCounts {
  return createZeros(DROP_REASONS);
}

export function createLifecycleCounts(): LifecycleCounts {
  return createZeros(LIFECYCLE_EVENTS);
}

export function createNegotiationCounts(): NegotiationCounts {
  return {
    started: 0,
    succeeded: 0,
    failed: 0,
    firstTry: 0,
    retried: 0,
    droppedStarts: 0,
    failures: createFailureCounts(),
  };
}

/** Adds each count of `part` to that of the same key in `sum`. */
export function addCounts<Key extends string>(sum: Record<Key, number>, part: Readonly<Record<Key, number>>) {
  for (const key of Object.keys(part) as Key[]) sum[key] += part[key];
}

export function addNegotiationCounts(sum: NegotiationCounts, part: NegotiationCounts): void {
  sum.started += part.started;
  sum.succeeded += part.succeeded;
  sum.failed += part.failed;
  sum.firstTry += part.firstTry;
  sum.retried += part.retried;
  sum.droppedStarts += part.droppedStarts;
  addCounts(sum.failures, part.failures);
}
