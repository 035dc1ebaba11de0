/** What the main thread tells a worker, and what a worker tells the main thread. Plain data and shared memory. */
import type { Ns } from '../peer/timer.ts';
import type { RecorderSnapshot } from '../measure/snapshot.ts';
import type { ClockOrigin } from '../runtime/clock.ts';
import type { Scenario } from '../scenario/scenario.ts';
import type { GroupCertificates } from './certificates.ts';
import type { SharedState } from './shared-state.ts';

/** One worker's share of a run. */
export interface ShardTask {
  readonly worker: number;
  readonly state: SharedState;
  readonly origin: ClockOrigin;
  /** UTC time of the clock's origin, milliseconds since 1970: one-time codes and certificates go by it. */
  readonly epochMs: number;
  readonly scenario: Scenario;
  readonly seed: number;
  /** Of the worker's peers, by group. */
  readonly certificates: ReadonlyMap<string, GroupCertificates>;
  /** The system that is tested, in place of the simulated responders; only over UDP. */
  readonly target?: { readonly address: string; readonly port?: number };
  /** Folder for this worker's part of the capture and of the keys. */
  readonly captureFolder?: string;
}

/** What a worker measured up to `timeNs` of the run's clock. */
export interface ShardReport {
  readonly worker: number;
  readonly timeNs: Ns;
  readonly snapshot: RecorderSnapshot;
  /** Datagrams lost by the runtime itself, by reason. */
  readonly losses: Readonly<Record<string, number>>;
  /** Which implementation computed each primitive. */
  readonly cryptoBackends: Readonly<Record<string, string>>;
  /** Why the capture ended early, when it did. */
  readonly captureFailure?: string;
}

/** How a worker's task ended. */
export type ShardOutcome =
  | { readonly type: 'report'; readonly report: ShardReport }
  /** The code of a peer or of this program threw an error in the midst of the run. */
  | { readonly type: 'crashed'; readonly message: string; readonly report: ShardReport }
  /** The system refused something that the run needs, say a UDP port; the run did not begin. */
  | { readonly type: 'refused'; readonly message: string; readonly hint: string }
  /** The run was ended before it began. */
  | { readonly type: 'not-begun' };

/** Sent about once a second while a worker runs, so that a worker that dies takes little with it. */
export interface ShardMessage {
  readonly type: 'shard.report';
  readonly report: ShardReport;
}
