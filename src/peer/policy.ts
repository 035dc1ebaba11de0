/** What a peer is willing and able to do, as data: who it is, what it offers, how patient it is. Shared by all peers of a group where it can be. */
import type { Authentication } from '../ike/authentication.ts';
import type { Endpoint } from '../ike/endpoint.ts';
import type { Identity } from '../ike/identity.ts';
import type { Protection } from '../ike/protection-bundle.ts';
import type { RetransmitSchedule } from '../ike/retransmit.ts';
import type { Selector } from '../ike/selector.ts';
import type { EspTransform, IkeTransform } from '../ike/transform.ts';
import type { ClientNetwork } from '../ike/v1/mode-config.ts';
import type { EncryptionPolicy } from '../ike/v1/isakmp-sa.ts';
import type { UserSecret } from '../ike/v1/user-secret.ts';
import type { XauthFactor } from '../ike/v1/xauth.ts';
import type { AddressRange } from './address-pool.ts';
import type { Phase1Mode } from './fact.ts';
import type { Ns } from './timer.ts';

export type { Identity } from '../ike/identity.ts';
export type { RetransmitSchedule } from '../ike/retransmit.ts';
export type { Selector } from '../ike/selector.ts';
export type { EncryptionPolicy } from '../ike/v1/isakmp-sa.ts';
export type { ClientNetwork } from '../ike/v1/mode-config.ts';
export type { TotpSecret } from '../ike/v1/totp.ts';
export type { UserSecret } from '../ike/v1/user-secret.ts';
export type { XauthFactor } from '../ike/v1/xauth.ts';
export type { AddressRange } from './address-pool.ts';
export type { EspEncryption, EspTransform, IkeTransform } from '../ike/transform.ts';

export interface Limits {
  /** Phase 1 SAs that a responder holds unfinished at one time. */
  readonly halfOpen: number;
  /** The same for one address of the other end; absent: no limit but the one above. */
  readonly halfOpenPerAddress?: number;
  /**
   * How often one message is sent again to an end that repeats itself; the responder's first answer
   * of phase 1 always is. Absent: always.
   */
  readonly repeatedAnswers?: number;
  /** Quick modes in progress under one phase 1. */
  readonly exchangesPerSa: number;
  /** Established phase 1 SAs of one peer. */
  readonly established: number;
  /** Child SAs under one phase 1, and as many again while they are replaced. Absent: no limit. */
  readonly childrenPerSa?: number;
  /** Octets of incomplete messages that one peer keeps, in all. Absent: 1 MiB. */
  readonly fragmentOctets?: number;
}

/** Dead peer detection (RFC 3706): asks after `delayNs` of silence, again every `retryNs`, gives up after `timeoutNs`. */
export interface DpdPolicy {
  readonly delayNs: Ns;
  readonly retryNs: Ns;
  readonly timeoutNs: Ns;
}

/**
 * The initiator of a phase 1 SA replaces it and its child SAs at lifetime - margin * (1 + fuzz * random
 * share); the responder does so at half the margin, if the initiator has not. Never before half the lifetime.
 */
export interface RekeyPolicy {
  readonly marginNs: Ns;
  /** 0: no spread; 1: up to twice the margin. */
  readonly fuzz: number;
  /** The margin of limits by traffic. Absent: a tenth of the limit. */
  readonly marginKilobytes?: number;
}

/** Messages of a responder that wait for another one of the initiator. */
export const RESPONDER_MESSAGES = ['main-2', 'main-4', 'aggressive-2', 'quick-2'] as const;
export type ResponderMessage = (typeof RESPONDER_MESSAGES)[number];

export const TO_UNPROVEN = ['bounded', 'as-scheduled'] as const;

/** Which of its messages a responder sends again by itself when nothing comes. */
export interface ResponderRetransmit {
  readonly messages: readonly ResponderMessage[];
  readonly schedule: RetransmitSchedule;
  /**
   * To an address from which only a first message came: twice at most and no more than three times the
   * octets that came from there (`bounded`), or by the schedule as some devices do. Absent: bounded.
   */
  readonly toUnproven?: (typeof TO_UNPROVEN)[number];
}

/** Login of a user after phase 1, with the XAUTH and hybrid methods. */
export interface XauthPolicy {
  /** Who logs in, when this peer initiates. */
  readonly client?: XauthClient;
  /** Who may log in, when this peer responds; absent: nobody. */
  readonly server?: XauthServer;
}

export interface XauthClient {
  readonly user: Uint8Array;
  readonly secret: UserSecret;
}

export interface XauthServer {
  readonly users: UserLookup;
  /** What is asked for beside the name; a user's secret decides what is needed. */
  readonly factors: readonly XauthFactor[];
  /** For the user to read. */
  readonly message?: Uint8Array;
  /** Asked before a user is let in or not; absent: what the gateway knows is enough. */
  readonly remote?: AskedServer;
}

/** A server of users or of revocation lists, asked again after each timeout, so many times. */
export interface AskedServer {
  readonly server: Endpoint;
  readonly timeoutNs: Ns;
  readonly tries: number;
}

/** How an end finds out whether a certificate was revoked, of an end that has proven to hold it. */
export interface RevocationPolicy {
  /** Refuses what nobody can tell of; else it is taken. */
  readonly isStrict: boolean;
  /** Who has lists; absent: those that were given count alone. */
  readonly remote?: AskedServer;
  /** A fetched list is used for so long at most; absent: until its next update is due. */
  readonly cacheNs?: Ns;
}

/** The secret of a user; undefined for one who does not exist. */
export type UserLookup = (user: Uint8Array) => UserSecret | undefined;

export interface ClientNetworkPolicy extends ClientNetwork {
  /** Addresses to lend, all of one family. */
  readonly addresses: readonly AddressRange[];
}

/** Echo requests through a tunnel, from the moment that it stands. */
export interface PingPolicy {
  /** 1 to 65535, the sequence numbers of ICMP. */
  readonly count: number;
  /** From one request to the next. */
  readonly intervalNs: Ns;
  /** A reply that comes later is none. */
  readonly timeoutNs: Ns;
  /** Octets after the ICMP header, at least 8. */
  readonly dataOctets: number;
  /** Address to ping; absent: a host inside the selector of the other side. */
  readonly to?: Uint8Array;
}

export interface PeerPolicy {
  readonly identity: Identity;
  /** Offered (initiator, in order of preference) and accepted (responder). */
  readonly ike: readonly IkeTransform[];
  readonly esp: readonly EspTransform[];
  /** Offered in quick mode, in order of preference; absent: ESP alone. */
  readonly protections?: readonly Protection[];
  readonly encapsulation: 'tunnel' | 'transport';
  /** Offered as initiator. */
  readonly authentication: Authentication;
  /** Accepted as responder. */
  readonly acceptedAuthentications: readonly Authentication[];
  /** Of public key encryption; absent: as the RFC says, without an oracle. */
  readonly encryption?: EncryptionPolicy;
  /** Mode used as initiator. */
  readonly mode: Phase1Mode;
  /** Modes accepted as responder. */
  readonly acceptedModes: readonly Phase1Mode[];
  /** Quick modes run after phase 1; at least 1 for a full negotiation, 0 for phase 1 alone. */
  readonly children: number;
  /** Absent: no ID payloads in quick mode (host to host). The remote one is what the initiator asks for. */
  readonly localSelector?: Selector;
  readonly remoteSelector?: Selector;
  readonly ikeLifetimeS: number;
  readonly espLifetimeS: number;
  /** Limits by traffic, of 1,024 octets in one direction; absent: none. */
  readonly ikeLifetimeKilobytes?: number;
  readonly espLifetimeKilobytes?: number;
  /** Sets the commit bit of quick mode as responder (RFC 2408 §3.1). Absent: it does not. */
  readonly commitBit?: boolean;
  readonly retransmit: RetransmitSchedule;
  /** Absent: `aggressive-2` and `quick-2`, by `retransmit`. Other messages only answer duplicates. */
  readonly responderRetransmit?: ResponderRetransmit;
  /** A responder forgets an unfinished phase 1 after this. */
  readonly halfOpenTimeoutNs: Ns;
  readonly initialContact: boolean;
  /** Sent in the first message of either end, besides those of what the peer can do. */
  readonly vendorIds?: readonly Uint8Array[];
  /** Messages longer than this go in IKE fragments to those who take them; 0: never, nor taken. */
  readonly fragmentOctets: number;
  /** `auto`: NAT-D and float when a NAT is seen (RFC 3947); `force`: act as if there were one; `off`: no NAT-D. */
  readonly natTraversal: 'auto' | 'force' | 'off';
  /** Port to float to (4500). */
  readonly natPort: number;
  /** Put the non-ESP marker on every message from the first on (charon on ports of its own wants it). */
  readonly alwaysMarker: boolean;
  readonly limits: Limits;
  readonly xauth?: XauthPolicy;
  /** Absent: a certificate is revoked when a list that was given says so, and nobody is asked. */
  readonly revocation?: RevocationPolicy;
  /**
   * Mode-config. An initiator asks for an address after phase 1 (`pull`) or waits for one (`push`),
   * and uses it as its side of the child SAs. A responder answers who asks, and with `push` sets the
   * address unasked. Absent: the initiator wants none.
   */
  readonly configuration?: 'pull' | 'push';
  /** What a responder gives to those who ask or are set; absent: nothing. */
  readonly clientNetwork?: ClientNetworkPolicy;
  readonly dpd?: DpdPolicy;
  readonly rekey?: RekeyPolicy;
  /** Interval of NAT keepalives where a NAT was seen; 0: none. */
  readonly natKeepaliveNs: Ns;
  /** Tunnel kept up this long after success, then deleted; absent: kept to the end of the run. */
  readonly holdNs?: Ns;
  /** What an initiator sends through each tunnel that it set up; absent: nothing. */
  readonly ping?: PingPolicy;
  /** Sequence numbers in which ESP looks for replays; 0: it does not. Absent: 64. */
  readonly replayWindow?: number;
  /** Report `keys.*` facts. */
  readonly reportKeys: boolean;
}

/** Finds the pre-shared key for a remote end; the identity is known only in aggressive mode (RFC 2409 §5.4). */
export type PreSharedKeyLookup = (
  remoteAddress: string,
  remoteIdentity: Identity | undefined,
) => Uint8Array | undefined;
