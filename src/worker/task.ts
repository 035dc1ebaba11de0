/** What the main thread tells a worker, and what a worker tells the main thread. Plain data and shared memory. */
import type { NetworkCounts } from '../network/network-counts.ts';
import type { CalibrationCard } from '../cpu/calibration-card.ts';
import type { ComputerSnapshot } from '../measure/computer-snapshot.ts';
import type { Ns } from '../peer/timer.ts';
import type { ConnectionSnapshot } from '../measure/connection-log.ts';
import type { RecorderSnapshot } from '../measure/snapshot.ts';
import type { ClockOrigin } from '../runtime/clock.ts';
import type { Checkpoint, Digest, PeerNotes } from '../runtime/virtual/trace-digest.ts';
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
  /** Of cookies, nonces and keys; in memory the seed. */
  readonly keySeed: number;
  /** Of the worker's peers, by group. */
  readonly certificates: ReadonlyMap<string, GroupCertificates>;
  /** Calibration cards, by group. */
  readonly cards: ReadonlyMap<string, CalibrationCard>;
  /** The system that is tested, in place of the simulated responders; only over UDP. */
  readonly target?: { readonly address: string; readonly port?: number };
  /** Mixes the placement of peers in another way; only for tests of virtual time, where it changes nothing. */
  readonly placementSeed?: number;
  /** False: peers and tunnels at rest stay objects; only for tests, where it changes nothing. Absent: they are parked. */
  readonly parks?: boolean;
  /** True: tunnels at real gateways are not deleted at the end. */
  readonly keepTunnels?: boolean;
  /** Virtual time only; absent: no digest is made. */
  readonly digest?: DigestTask;
  /** Folder for this worker's part of the capture and of the keys. */
  readonly captureFolder?: string;
}

export interface DigestTask {
  readonly coversOctets: boolean;
  readonly checkpointNs: Ns;
  readonly peersAtNs?: Ns;
}

/** What a worker measured up to `timeNs` of the run's clock. */
export interface ShardReport {
  readonly worker: number;
  readonly timeNs: Ns;
  readonly snapshot: RecorderSnapshot;
  /** Which peers came back after a disturbance. */
  readonly connections: ConnectionSnapshot;
  /** Datagrams lost by the runtime itself, by reason. */
  readonly losses: Readonly<Record<string, number>>;
  /** What went through the parts of the network. */
  readonly network?: NetworkCounts;
  /** Of simulated gateways, by group; only where there are models of them. */
  readonly computers?: Readonly<Record<string, ComputerSnapshot>>;
  /** In virtual time only. */
  readonly simulation?: ShardSimulation;
  /** By place in the scenario's list: peers that a fault has happened to. */
  readonly faults: readonly number[];
  /** Which implementation computed each primitive. */
  readonly cryptoBackends: Readonly<Record<string, string>>;
  /** Why the capture ended early, when it did. */
  readonly captureFailure?: string;
}

/** A worker's part of a simulation in virtual time. */
export interface ShardSimulation {
  readonly events: number;
  readonly datagrams: number;
  readonly windows: number;
  /** Real time since the run began. */
  readonly wallNs: Ns;
  /** How long windows may be; null with one worker. */
  readonly lookaheadNs: Ns | null;
  /** Sum over local peers. */
  readonly digest?: Digest;
  readonly checkpoints: readonly Checkpoint[];
  readonly peers?: PeerNotes;
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
