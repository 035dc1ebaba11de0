/** Largest values that a scenario may ask for. Far above what one machine can do; they catch typing errors. */
import { NS_PER_S } from '../peer/timer.ts';

export const PEERS_MAXIMUM = 10_000_000;
export const GROUPS_MAXIMUM = 256;
export const CONNECTIONS_MAXIMUM = 256;
export const THRESHOLDS_MAXIMUM = 256;
export const STAGES_MAXIMUM = 1_000;
export const PROPOSALS_MAXIMUM = 32;
/** What the four octets of an attribute hold. */
export const KILOBYTES_MAXIMUM = 0xffff_ffff;
export const CHILDREN_MAXIMUM = 1_000;
export const WORKERS_MAXIMUM = 256;
export const ITERATIONS_MAXIMUM = 1_000_000;
export const HALF_OPEN_MAXIMUM = 10_000_000;
export const MODE_WEIGHT_MAXIMUM = 1_000;
export const RETRANSMIT_TRIES_MAXIMUM = 20;
export const RETRANSMIT_FACTOR_MAXIMUM = 10;
/** A margin of rekeying may be spread over this many times itself. */
export const REKEY_FUZZ_MAXIMUM = 10;
export const REPEATED_ANSWERS_MAXIMUM = 1_000;
export const VENDOR_IDS_MAXIMUM = 16;
/** Octets of one vendor ID. */
export const VENDOR_ID_LENGTH_MAXIMUM = 64;
export const PORT_MAXIMUM = 65_535;
/** Starts a second. */
export const RATE_MAXIMUM_HZ = 10_000_000;
/** Starts that one run may plan. */
export const PLANNED_STARTS_MAXIMUM = 1_000_000_000;
/** 30 days; sums of a few stay exact in integer nanoseconds (2^53 ns are 104 days). */
export const DURATION_MAXIMUM_NS = 30 * 86_400 * NS_PER_S;

export const NAME_LENGTH_MAXIMUM = 64;
export const TEXT_LENGTH_MAXIMUM = 1_000;
export const FILE_LENGTH_MAXIMUM = 1_048_576;
/** Values in a scenario after aliases are expanded. */
export const VALUES_MAXIMUM = 100_000;
/** How often aliases of a YAML file may be expanded in all (guards against alias bombs). */
export const ALIASES_MAXIMUM = 1_000;
export const SETTINGS_MAXIMUM = 256;
/** Errors listed for one file; the rest are counted. */
export const PROBLEMS_MAXIMUM = 50;

/** Users written out in one group. */
export const USERS_MAXIMUM = 1000;

/** Authorities between a root and its peers. */
export const INTERMEDIATES_MAXIMUM = 5;

/** Networks of one segment. */
export const NETWORKS_MAXIMUM = 1000;

/** Sequence numbers of ICMP have 16 bits. */
export const PINGS_MAXIMUM = 65_535;
/** Octets of data in an echo request: room for a timestamp, and no more than a link carries in one piece. */
export const PING_OCTETS_MINIMUM = 8;
export const PING_OCTETS_MAXIMUM = 1_300;
/** SPIs below are reserved (RFC 4303 §2.1). */
export const SPI_MINIMUM = 0x100;
export const SPI_MAXIMUM = 0xffff_ffff;
/** Of one key of ESP: more than any algorithm takes. */
export const KEY_OCTETS_MAXIMUM = 128;
/** As many as Linux takes. */
export const REPLAY_WINDOW_MAXIMUM = 4_096;

/** Keys of one peer. */
export const KEYS_MAXIMUM = 8;

/** Links, NAT boxes or firewalls that are described. */
export const NETWORK_PARTS_MAXIMUM = 256;
export const OUTAGES_MAXIMUM = 1000;
export const RULES_MAXIMUM = 1000;
/** Octets of the largest IP packet. */
export const MTU_MAXIMUM = 65_535;
export const RATE_BURST_MAXIMUM = 1_000_000;
/** Connections that a firewall remembers. */
export const TRACKED_MAXIMUM = 100_000_000;
/** Bits a second. */
export const BANDWIDTH_MAXIMUM_HZ = 1e12;

/** Of a simulated gateway. */
export const CORES_MAXIMUM = 1_024;
export const THREADS_MAXIMUM = 1_024;
export const JOB_LIMIT_MAXIMUM = 1_000_000;
export const LOCK_SEGMENTS_MAXIMUM = 1_024;

/** A hundred days: what doubles hold exactly in nanoseconds. */
export const CLOCK_STEP_MAXIMUM_NS = 100 * 86_400 * NS_PER_S;
export const FAULTS_MAXIMUM = 1_000;
/** Misdeeds of one group, and how often a peer is told to do one. */
export const MISBEHAVIOURS_MAXIMUM = 100;
export const MISDEED_TIMES_MAXIMUM = 1_000_000_000;
/** Attempts of one initiator in a row. */
export const RETRY_TRIES_MAXIMUM = 1_000_000;
export const RETRY_FACTOR_MAXIMUM = 100;

/** Revocation lists of one authority in a run, and peers of one group on them: what is signed, and goes in one datagram. */
export const LISTS_MAXIMUM = 1_000;
export const REVOKED_MAXIMUM = 1_000;

/** Questions to a server, and what such a server is like. */
export const LOGIN_TRIES_MAXIMUM = 100;
export const SERVER_CAPACITY_MAXIMUM = 65_536;
export const SERVER_QUEUE_MAXIMUM = 1_000_000;
export const SLOWNESS_MAXIMUM = 1_000_000;
