/**
 * A scenario after it was checked: units resolved, defaults filled in, keywords parsed. What
 * `load.ts` returns, what a run is planned from, and plain data, so that it can be sent to
 * workers as it is.
 */
import type { Authentication, CertificateKey } from '../ike/authentication.ts';
import type { Protection } from '../ike/protection-bundle.ts';
import type { EspKeys } from '../ike/v1/child-sa.ts';
import type { EncryptionProfile } from '../ike/v1/encryption-quirks.ts';
import type { ServerModel } from '../network/server.ts';
import type { NetworkSettings } from '../network/network-settings.ts';
import type { Phase1Mode } from '../peer/fact.ts';
import type {
  TotpSecret,
  DpdPolicy,
  EspTransform,
  IkeTransform,
  RekeyPolicy,
  ResponderRetransmit,
  RetransmitSchedule,
} from '../peer/policy.ts';
import type { Ns } from '../peer/timer.ts';
import type { Fault, Misbehaviour } from './fault.ts';

export type RuntimeName = 'memory' | 'udp';
export type ClockName = 'real' | 'virtual';
export type PeerRole = 'host' | 'gateway' | 'server';
export type CryptoBackend = 'fastest' | 'native' | 'noble' | 'modelled';
/** Classes of jobs, the most urgent first. */
export type JobPriority = 'critical' | 'high' | 'medium' | 'low';
export type JobKind =
  | 'main'
  | 'aggressive'
  | 'quick'
  | 'transaction'
  | 'informational'
  | 'other'
  | 'timer'
  | 'command';

/** Addresses given one by one, in order, to the peers of a group. */
export interface AddressPool {
  /** As written: `10.1.0.0/16`, `127.1.0.1-127.1.0.200`, `192.0.2.1`, `fd00::/64`. */
  readonly text: string;
  /** First usable address (of a CIDR block: the one after the network address, unless it has a single one). */
  readonly first: string;
  /** How many addresses there are, at most 2^32. */
  readonly size: number;
}

/** Text with `{index}` (from 0), `{number}` (from 1), `{address}` and `{group}` in it. */
export type Template = string;

export interface Login {
  readonly user: Template;
  readonly password?: Template;
  /** One-time passwords; `secret` in hex. */
  readonly totp?: Omit<TotpSecret, 'key'> & { readonly secret: string };
}

/** What a gateway lends to its clients by mode-config. */
export interface LentNetwork {
  readonly addresses: AddressPool;
  readonly dns?: readonly string[];
}

/** What the peers of a group show to prove who they are. */
export type GroupCertificate =
  | {
      readonly type: 'issued';
      readonly authority: string;
      readonly key: CertificateKey;
      /** How many keys each peer has. */
      readonly keys: number;
      /** From the beginning of the run; absent: not in the run. */
      readonly expiresNs?: Ns;
      /** Peers whose certificates are on the authority's list, by number from 1; absent: none. */
      readonly revoked?: readonly number[];
    }
  /** PEM files, paths relative to the scenario file; `own` is absent for users of a hybrid method. */
  | {
      readonly type: 'files';
      readonly own?: { readonly chain: string; readonly privateKey: string };
      readonly trust: string;
      readonly revocations?: string;
    };

/** A certificate authority that is made for the run. */
export interface Authority {
  readonly name: string;
  readonly key: CertificateKey;
  readonly intermediates: number;
  readonly sharedKeys?: number;
  /** Its own certificates, from the beginning of the run; absent: not in the run. */
  readonly expiresNs?: Ns;
  /** How often a list of what it revoked is published, from the beginning of the run on, and how long each holds. */
  readonly lists: { readonly everyNs: Ns; readonly validNs: Ns };
}

/** A group of servers that peers of another one ask. */
export interface AskedGroup {
  readonly group: string;
  readonly timeoutNs: Ns;
  readonly tries: number;
}

/** How peers find out whether a certificate was revoked. */
export interface GroupRevocation {
  /** Refuse what nobody can tell of. */
  readonly isStrict: boolean;
  /** Absent: nobody is asked. */
  readonly server?: AskedGroup;
  /** Longest use of a fetched list; absent: until its next update. */
  readonly cacheNs?: Ns;
}

/** Echo requests of initiators. */
export interface Ping {
  readonly count: number;
  readonly intervalNs: Ns;
  readonly timeoutNs: Ns;
  readonly dataOctets: number;
  /** Absent: a host of the other side's network. */
  readonly to?: Template;
}

/** SAs by hand, without IKE: made from a secret, or given. */
export type StaticKeys = DerivedStaticKeys | GivenStaticKeys;

export interface DerivedStaticKeys {
  readonly type: 'derived';
  readonly secret: Template;
  /** Absent: never. */
  readonly changeEveryNs?: Ns;
  /** An initiator changes up to this much later than the end that it talks to. */
  readonly skewNs: Ns;
}

/** Of the one peer of its group. */
export interface GivenStaticKeys {
  readonly type: 'given';
  /** From the initiator, and towards it. */
  readonly out: EspKeys;
  readonly back: EspKeys;
}

/** The computer that each peer of a group runs on, in virtual time. */
export interface GroupComputer {
  /** One computer for all peers of the group. */
  readonly isShared: boolean;
  readonly cores: number;
  readonly threads: number;
  /** Of the threads, those that take no jobs. */
  readonly ownThreads: number;
  /** Path as written, or `reference`. */
  readonly card: string;
  readonly speed: number;
  readonly sharing: 'run-to-completion' | 'time-slices' | 'processor-sharing';
  /** Of time slices. */
  readonly sliceNs: Ns;
  readonly priorities: Readonly<Record<JobKind, JobPriority>>;
  readonly reservedThreads: Readonly<Partial<Record<JobPriority, number>>>;
  /** By operation. */
  readonly blockingNs: Readonly<Record<string, Ns>>;
  readonly receiveQueue: number;
  readonly jobLoadLimit?: number;
  readonly lockSegments: number;
  /** What a core that was idle takes to begin. */
  readonly wakeNs: Ns;
  /** Absent: no garbage is collected. */
  readonly garbage?: { readonly everyNs: Ns; readonly pauseNs: Ns };
}

/** The wait before attempt number k (from 1) to connect again, before jitter. */
export type RetryWait =
  /** Anything between, each equally likely. */
  | { readonly type: 'uniform'; readonly leastNs: Ns; readonly mostNs: Ns }
  /** first * factor^(k-1) + step * (k-1), at most maximum. */
  | {
      readonly type: 'growing';
      readonly firstNs: Ns;
      readonly factor: number;
      readonly stepNs: Ns;
      readonly maximumNs: Ns;
    };

/** How an initiator that failed or lost its tunnel comes back. */
export interface Retry {
  readonly wait: RetryWait;
  /** Largest random share by which a wait is shorter or longer. */
  readonly jitter: number;
  /** Attempts until it gives up; absent: no limit. */
  readonly tries?: number;
  /** It does not begin an attempt later than this after the failure or loss; absent: no limit. */
  readonly giveUpAfterNs?: Ns;
  /** Chance to give up instead of an attempt. */
  readonly giveUpChance: number;
  /** A negotiation that takes longer is broken off; absent: none is. */
  readonly patienceNs?: Ns;
}

export interface PeerGroup {
  readonly name: string;
  readonly role: PeerRole;
  /** Real device whose behaviour it has where the scenario says nothing else. */
  readonly profile?: string;
  readonly count: number;
  readonly addresses: AddressPool;
  /** UDP port of IKE; 0: any free one (only over UDP). */
  readonly port: number;
  readonly natPort: number;
  /** `fqdn`, `user-fqdn`, `key-id`: text is a template; `address`: the peer's own address, text unused. */
  readonly identity: { readonly type: 'fqdn' | 'user-fqdn' | 'key-id' | 'address'; readonly text: Template };
  /** Confined to the networks of this segment, as initiators. */
  readonly segment?: string;
  /** Pre-shared key; absent on a gateway: it knows the keys of the groups that connect to it, by address. */
  readonly psk?: Template;
  /** Offered by initiators; responders take it, and those of the groups that connect to them. */
  readonly authentication: Authentication;
  /** As responder; absent: its own method and those of the groups that connect to it. */
  readonly acceptedAuthentications?: readonly Authentication[];
  readonly certificate?: GroupCertificate;
  /** Absent: what given lists say counts, and nobody is asked. */
  readonly revocation?: GroupRevocation;
  /** Of public key encryption. */
  readonly encryptionProfile: EncryptionProfile;
  /** Answers of public key encryption tell faults apart: broken on purpose. */
  readonly oracle: boolean;
  readonly sendCertificate: boolean;
  /** Who logs in, with the XAUTH methods. */
  readonly login?: Login;
  /** Whom a responder lets in; absent: the logins of the groups that connect to it. */
  readonly users?: readonly Login[];
  /** Asked before a user is let in. */
  readonly loginServer?: AskedGroup;
  /** Of a group of servers. */
  readonly server?: Pick<ServerModel, 'service' | 'capacity' | 'queueLimit'>;
  readonly configuration?: 'pull' | 'push';
  readonly lend?: LentNetwork;
  /** Weighted when a group mixes modes: a share of 0..1 each, adding up to 1. */
  readonly mode: { readonly [Mode in Phase1Mode]: number };
  readonly acceptedModes: readonly Phase1Mode[];
  readonly ike: readonly IkeTransform[];
  readonly esp: readonly EspTransform[];
  /** Offered by initiators of quick mode. */
  readonly protections: readonly Protection[];
  readonly encapsulation: 'tunnel' | 'transport';
  readonly children: number;
  /** CIDR templates of the protected networks; absent: no ID payloads in quick mode. */
  readonly localNetwork?: Template;
  readonly remoteNetwork?: Template;
  /** As responder of quick mode. */
  readonly commitBit: boolean;
  readonly ikeLifetimeS: number;
  readonly espLifetimeS: number;
  readonly replayWindow: number;
  /** Absent: IKE agrees on keys. */
  readonly staticKeys?: StaticKeys;
  /** Absent: nothing goes through the tunnels. */
  readonly ping?: Ping;
  readonly ikeLifetimeKilobytes?: number;
  readonly espLifetimeKilobytes?: number;
  /** Absent: tunnels end with their lifetimes. */
  readonly rekey?: RekeyPolicy;
  /** Absent: the other end is never asked. */
  readonly dpd?: DpdPolicy;
  /** 0: none. */
  readonly natKeepaliveNs: Ns;
  readonly retransmit: RetransmitSchedule;
  /** Absent: an initiator that failed or lost its tunnel waits for the load to start it again. */
  readonly retry?: Retry;
  /** Absent: they behave. */
  readonly misbehaviour?: readonly Misbehaviour[];
  /** What it sends again by itself as responder. */
  readonly responderRetransmit: ResponderRetransmit;
  /** How often one message is sent again to an end that repeats itself; absent: always. */
  readonly repeatedAnswers?: number;
  readonly halfOpenTimeoutNs: Ns;
  readonly halfOpenLimit: number;
  /** For one address of initiators; absent: none but the one above. */
  readonly halfOpenLimitPerAddress?: number;
  /** In hex, besides those of what ikestorm can do. */
  readonly vendorIds?: readonly string[];
  readonly natTraversal: 'auto' | 'force' | 'off';
  readonly alwaysMarker: boolean;
  /** Absent: computing takes no time. */
  readonly cpu?: GroupComputer;
}

/** Who starts negotiations with whom: peers of `from` are initiators. */
export interface Connection {
  readonly from: string;
  readonly to: string;
  /** `round-robin`: initiator i goes to responder i mod count; `random`: drawn from the seed; `one-to-one`: same index. */
  readonly spread: 'round-robin' | 'random' | 'one-to-one';
}

export interface RampStage {
  readonly durationNs: Ns;
  /** Rate reached at the end of the stage, negotiations started a second. */
  readonly targetHz: number;
}

/** One load executor with its settings; rates are of negotiations started. */
export type Executor =
  | { readonly type: 'storm'; /** Starts spread evenly over this; 0: all at once. */ readonly spreadNs: Ns }
  | { readonly type: 'constant-arrival-rate'; readonly rateHz: number }
  | { readonly type: 'ramping-arrival-rate'; readonly startHz: number; readonly stages: readonly RampStage[] }
  | {
      readonly type: 'poisson';
      readonly rateHz: number;
      /** Until the measure window begins; absent: the same rate. */
      readonly warmUpRateHz?: number;
    }
  | { readonly type: 'constant-peers'; readonly peers: number; readonly thinkTimeNs: Ns }
  | {
      readonly type: 'per-peer-iterations';
      readonly peers: number;
      readonly iterations: number;
      readonly thinkTimeNs: Ns;
    };

export interface Load {
  readonly executor: Executor;
  /** Negotiations planned before the end of it do not count. */
  readonly warmUpNs: Ns;
  /** Length of the measure window; for `storm` and `per-peer-iterations`, which end by themselves, an upper bound. */
  readonly measureNs: Ns;
  /** Longest wait, after the last planned start, for what is in flight. */
  readonly drainNs: Ns;
  /** Tunnels are deleted this long after success so that the host can start again; absent: kept until the host is needed again. */
  readonly holdNs?: Ns;
  /** 99th percentile of (actual - planned start) above which the generator counts as saturated. */
  readonly sendLagLimitNs: Ns;
}

export type Comparison = '<' | '<=' | '>' | '>=';

/**
 * `latency p(99) < 250ms`, `failed rate < 1%`, `succeeded count >= 2000`, `throughput > 500/s`,
 * optionally of one group: `latency{remote-workers} p(95) < 1s`.
 */
export interface Threshold {
  readonly text: string;
  readonly metric: string;
  readonly group?: string;
  /** Percentile 0..100, or an aggregate. */
  readonly statistic: { readonly percentile: number } | 'mean' | 'max' | 'count' | 'rate';
  readonly comparison: Comparison;
  /** Nanoseconds for latencies, a share of 1 for rates of failure, 1/s for throughput, else a number. */
  readonly value: number;
}

/** What lies between the peers. */
export interface ScenarioNetwork extends NetworkSettings {
  /** Outer addresses of the boxes, by place in `nats`. */
  readonly natAddresses: readonly AddressPool[];
}

export interface Scenario {
  readonly name: string;
  readonly description?: string;
  readonly runtime: RuntimeName;
  readonly clock: ClockName;
  /** Milliseconds since 1970 at time 0 of the virtual clock; in real time it is the time of the machine that counts. */
  readonly epochMs: number;
  /** Absent: drawn at the start of the run and written to the manifest. */
  readonly seed?: number;
  /** Worker threads; absent: one for each core, at most the number of initiators. */
  readonly workers?: number;
  readonly crypto: CryptoBackend;
  /** In order of the file; peer ids are given group by group in this order. */
  readonly groups: readonly PeerGroup[];
  readonly authorities: readonly Authority[];
  /** Networks by segment. */
  readonly segments: Readonly<Record<string, readonly string[]>>;
  readonly connections: readonly Connection[];
  /** Absent: nothing. */
  readonly network?: ScenarioNetwork;
  readonly load: Load;
  readonly faults: readonly Fault[];
  readonly thresholds: readonly Threshold[];
  readonly capture: boolean;
  /** Every peer reports the keys that it agrees on; without this, initiators do for a capture. */
  readonly reportsAllKeys?: boolean;
}

/** A scenario with the text it came from, for the manifest. */
export interface LoadedScenario {
  readonly scenario: Scenario;
  /** Path as given; `-` for standard input. */
  readonly file: string;
  readonly text: string;
  /** `path=value` settings applied on top. */
  readonly settings: readonly string[];
}
