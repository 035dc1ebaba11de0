/** Facts that peers report for measurement. Plain data: no text is made, nothing is looked up on the hot path. */
import type { Ns } from './timer.ts';

export type Phase1Mode = 'main' | 'aggressive';

/** Why a negotiation did not succeed; the words of reports and results. */
export const FAILURE_CAUSES = [
  'timeout-phase1',
  'timeout-phase2',
  'no-proposal-chosen',
  'authentication-failed',
  'invalid-id',
  'certificate-untrusted',
  'certificate-expired',
  'certificate-revoked',
  /** Nobody could say whether it was. */
  'revocation-unknown',
  'certificate-identity',
  /** The other end did not like ours. */
  'certificate-rejected',
  'payload-malformed',
  'invalid-key',
  'answer-not-offered',
  /** The responder chose AH or a bundle, which are offered but not run. */
  'protection-unsupported',
  'rejected',
  'unreachable',
  'deleted-by-peer',
  'aborted',
  'internal-error',
  /** The user could not log in. */
  'xauth-failed',
  'timeout-xauth',
  /** The gateway gave no address, or none in time. */
  'no-address',
  /** The initiator's own machine crashed, or was down. */
  'crashed',
  /** Whoever wanted the tunnel did not want to wait any longer. */
  'impatient',
] as const;
export type FailureCause = (typeof FAILURE_CAUSES)[number];

/** Why a datagram was not acted upon. */
export const DROP_REASONS = [
  'too-short',
  'malformed',
  'not-ikev1',
  'unknown-sa',
  'unexpected-exchange',
  'unexpected-state',
  'duplicate',
  'decryption-failed',
  'bad-hash',
  'zero-cookie',
  'limit-half-open',
  'limit-exchanges',
  'not-encrypted',
  'no-policy',
  /** A fragment that cannot be part of a message, or of an SA that is not known. */
  'bad-fragment',
  'network-queue-full',
  'no-such-peer',
  /** Too many unfinished phase 1 SAs of one address. */
  'limit-per-address',
  /** Too many child SAs under one phase 1. */
  'limit-children',
  /** A mistake of our own kept an event from being handled. */
  'internal-error',
  /** The machine that it was for had crashed. */
  'peer-down',
  /** A peer that misbehaves did not want to hear it. */
  'ignored',
  /** Nobody waits for this answer of a server. */
  'late-answer',
  /** The server has too much to do. */
  'server-queue-full',
  /** ESP whose SPI belongs to no SA that is held. */
  'esp-unknown-sa',
  /** ESP that is cut, not made of whole blocks, or wrongly padded. */
  'esp-malformed',
  'esp-replayed',
  /** ESP with a number below the replay window. */
  'esp-too-old',
  'esp-wrong-icv',
  /** ESP of an SA that has carried all that it may. */
  'esp-expired',
  /** Authentic, but from or to an address that the SA does not protect. */
  'esp-outside-selectors',
  /** Authentic, but neither an echo request nor an answer that is waited for. */
  'esp-unexpected',
] as const;
export type DropReason = (typeof DROP_REASONS)[number];

/** What happens to SAs after they are set up. */
export const LIFECYCLE_EVENTS = [
  'phase1-rekeyed',
  'phase2-rekeyed',
  /** A rekeying that did not succeed; the tunnel is lost with it. */
  'rekey-failed',
  /** R-U-THERE sent. */
  'liveness-asked',
  /** No answer for as long as the policy waits: the SA is given up. */
  'peer-dead',
  'lifetime-over',
  /** The peer's machine stopped, and started again. */
  'crashed',
  'restarted',
  /** A question was sent to the server of users, and one was never answered. */
  'server-asked',
  'server-silent',
  /** The same of a server of revocation lists. */
  'list-asked',
  'list-silent',
  /** A certificate was judged by a list that was fetched before, or waited with others for one. */
  'list-cached',
  'list-shared',
  /** Nobody could say whether a certificate was revoked, and it was taken, or refused. */
  'revocation-soft-failed',
  'revocation-refused',
] as const;
export type LifecycleEvent = (typeof LIFECYCLE_EVENTS)[number];

/**
 * The request whose answer closes the round trip; of XAUTH it is the user's credentials, answered by
 * the status. An address that the gateway sets unasked closes none.
 */
export const ROUND_TRIPS = [
  'main-1',
  'main-3',
  'main-5',
  'aggressive-1',
  'quick-1',
  'xauth-1',
  'configuration-1',
] as const;
export type RoundTrip = (typeof ROUND_TRIPS)[number];

/** Keys of a phase 1, for key logs and decryption tables; reported only by peers told to (`policy.reportKeys`). */
export interface Phase1Keys {
  readonly initiatorCookie: Uint8Array;
  readonly responderCookie: Uint8Array;
  readonly skeyid: Uint8Array;
  readonly skeyidD: Uint8Array;
  readonly skeyidA: Uint8Array;
  readonly skeyidE: Uint8Array;
  /** Final cipher key Ka (RFC 2409 Appendix B), what tshark's ikev1_decryption_table wants. */
  readonly cipherKey: Uint8Array;
}

/** Keys of one direction of a child SA. */
export interface ChildKeys {
  readonly spi: Uint8Array;
  readonly source: string;
  readonly destination: string;
  /** Keywords as in a scenario: `aes128`, `sha256`. */
  readonly encryption: string;
  readonly integrity: string;
  /** Extended sequence numbers. */
  readonly esn: boolean;
  readonly encryptionKey: Uint8Array;
  readonly integrityKey: Uint8Array;
}

export type Fact =
  | {
      readonly type: 'negotiation.started';
      readonly negotiation: number;
      readonly mode: Phase1Mode;
      readonly plannedNs: Ns;
      readonly startedNs: Ns;
    }
  /** First request of the exchange sent to answer accepted, retransmissions included. */
  | { readonly type: 'round-trip'; readonly name: RoundTrip; readonly plannedNs: Ns; readonly elapsedNs: Ns }
  /** Initiator's phase 1 done; `elapsedNs` from the actual start. */
  | { readonly type: 'phase1.established'; readonly plannedNs: Ns; readonly elapsedNs: Ns }
  /** The address that the gateway gave this initiator, of 4 or 16 octets. */
  | { readonly type: 'address.assigned'; readonly negotiation: number; readonly address: Uint8Array }
  /** One quick mode done; `elapsedNs` from its first message. */
  | { readonly type: 'phase2.established'; readonly plannedNs: Ns; readonly elapsedNs: Ns }
  | {
      readonly type: 'negotiation.succeeded';
      readonly negotiation: number;
      readonly plannedNs: Ns;
      readonly startedNs: Ns;
      readonly finishedNs: Ns;
      /** True when no message of it had to be sent twice by us. */
      readonly firstTry: boolean;
    }
  | {
      readonly type: 'negotiation.failed';
      readonly negotiation: number;
      readonly cause: FailureCause;
      readonly plannedNs: Ns;
      readonly startedNs: Ns;
      readonly finishedNs: Ns;
    }
  /** An echo request went into the tunnel of a negotiation, or could not for want of an SA. */
  | { readonly type: 'ping.sent'; readonly plannedNs: Ns }
  /** `elapsedNs` from request to reply. */
  | { readonly type: 'ping.answered'; readonly plannedNs: Ns; readonly elapsedNs: Ns }
  /** No reply in time, or the tunnel was lost before. */
  | { readonly type: 'ping.lost'; readonly plannedNs: Ns }
  /** The first reply of a negotiation's pings; `elapsedNs` from its planned start, `sinceSaNs` from its SAs. */
  | { readonly type: 'first-packet'; readonly plannedNs: Ns; readonly elapsedNs: Ns; readonly sinceSaNs: Ns }
  /** All pings of a negotiation were answered or given up. */
  | { readonly type: 'pings.finished'; readonly negotiation: number }
  /** An established tunnel ended: taken down on purpose by this (initiating) peer or, where `wasLost`, against its will. */
  | { readonly type: 'negotiation.closed'; readonly negotiation: number; readonly wasLost?: true }
  | { readonly type: 'responder.phase1.established' }
  | { readonly type: 'responder.phase2.established' }
  | { readonly type: 'responder.failed'; readonly cause: FailureCause }
  /** An echo request came through a tunnel, and was answered. */
  | { readonly type: 'responder.echo' }
  | { readonly type: 'lifecycle'; readonly event: LifecycleEvent }
  /** A peer did something wrong on purpose; `rule`: place in its list of what it does wrong. */
  | { readonly type: 'misbehaved'; readonly rule: number }
  | { readonly type: 'retransmitted' }
  | { readonly type: 'dropped'; readonly reason: DropReason }
  | { readonly type: 'keys.phase1'; readonly keys: Phase1Keys }
  | {
      readonly type: 'keys.child';
      readonly initiatorCookie: Uint8Array;
      readonly messageId: number;
      readonly keys: readonly ChildKeys[];
    };
