/** A peer as its runtime sees it: events in, effects out, nothing else. */
import type { Endpoint } from '../ike/endpoint.ts';
import type { CertificateSetting } from '../ike/v1/isakmp-sa.ts';
import type { Misbehaviour } from '../ike/v1/misbehaviour.ts';
import type { PermittedNetworks } from '../ike/v1/quick-mode.ts';
import type { CryptoSuite, RandomOctets } from '../ike/suite.ts';
import type { StaticKeying } from './data/static-tunnel.ts';
import type { Effect } from './effect.ts';
import type { PeerEvent } from './event.ts';
import type { RecordArena } from './parking/record-arena.ts';
import type { PeerPolicy, PreSharedKeyLookup } from './policy.ts';
import type { Ns } from './timer.ts';

export interface Peer {
  readonly id: number;
  readonly endpoint: Endpoint;
  /**
   * Feeds one event at time `nowNs`. What the peer wants of the world is appended to `effects`, in
   * order; the caller carries it out and empties the list. Never throws for input from outside.
   */
  handle(event: PeerEvent, nowNs: Ns, effects: Effect[]): void;
  /** Phase 1 SAs held, established or not. */
  readonly phase1Count: number;
  /** Child SA pairs held. */
  readonly childCount: number;
  /** Phase 1 SAs that the end at an address began with this peer and did not finish. */
  halfOpenCountOf(address: string): number;
}

/** What a peer agreed on by hand with those who call it; pairs have the numbers of the callers. */
export interface StaticCallers {
  /** The pair that an SPI of ours belongs to; undefined or without keying for none. */
  pairOf(spi: number): number | undefined;
  keyingOf(pair: number): StaticKeying | undefined;
}

export interface PeerSetup {
  readonly id: number;
  /** A `host` initiates and may respond; a `gateway` responds to many and may initiate. */
  readonly role: 'host' | 'gateway';
  readonly endpoint: Endpoint;
  readonly policy: PeerPolicy;
  readonly preSharedKey: PreSharedKeyLookup;
  readonly suite: CryptoSuite;
  readonly random: RandomOctets;
  /** Present at a peer that has SAs instead of IKE. */
  readonly staticKeying?: StaticKeying;
  /** Present at a peer with IKE that others call without. */
  readonly staticCallers?: StaticCallers;
  /** Segments of the other ends; absent: nobody is confined to one. */
  readonly permittedNetworks?: PermittedNetworks;
  /** What the peer does wrong on purpose; absent: nothing. */
  readonly misbehaviour?: Misbehaviour;
  /** For authentication by signatures. */
  readonly certificates?: CertificateSetting;
  /** Wall-clock time at the runtime's time 0, milliseconds since 1970; only certificates depend on it. */
  readonly epochMs?: number;
  /** Where a peer with many tunnels parks those that are at rest; absent: it does not. */
  readonly arena?: RecordArena;
}
