/**
 * How real devices behave, as data: a profile says of one device what is known of it, and where that
 * is known from. What is not known is left out, and is then as any policy has it.
 */
import type { EspTransform, IkeTransform, RetransmitSchedule } from '../policy.ts';
import type { DpdPolicy, RekeyPolicy, ResponderRetransmit } from '../policy.ts';
import type { Ns } from '../timer.ts';

/** What a profile may say; the words and units are those of `PeerPolicy`. */
export interface ProfileValues {
  /** As initiator. */
  readonly retransmit: RetransmitSchedule;
  readonly responderRetransmit: ResponderRetransmit;
  readonly repeatedAnswers: number;
  readonly halfOpenTimeoutNs: Ns;
  readonly halfOpenLimit: number;
  readonly halfOpenLimitPerAddress: number;
  readonly ikeLifetimeS: number;
  readonly espLifetimeS: number;
  readonly rekey: RekeyPolicy | 'none';
  readonly dpd: DpdPolicy | 'none';
  readonly natKeepaliveNs: Ns;
  /** How an initiator comes back by itself: waits that grow by a step up to a longest one, for ever. */
  readonly retry: { readonly firstNs: Ns; readonly stepNs: Ns; readonly maximumNs: Ns };
  readonly ike: readonly IkeTransform[];
  readonly esp: readonly EspTransform[];
  readonly encapsulation: 'tunnel' | 'transport';
  /** Threads of the daemon, and the parts of its table of SAs that are locked one by one: for groups with `cpu`. */
  readonly computer: { readonly threads: number; readonly lockSegments: number };
  /** In hex, sent besides those of what ikestorm itself can do. */
  readonly vendorIds: readonly string[];
}

/** A value and the document or measurement that it comes from. */
export interface Sourced<Value> {
  readonly value: Value;
  readonly source: string;
}

export interface PeerProfile {
  /** Keyword in scenarios: `strongswan-5.9`. */
  readonly name: string;
  readonly device: string;
  readonly values: { readonly [Key in keyof ProfileValues]?: Sourced<ProfileValues[Key]> };
  /** What was not found out, or what the device does that a profile cannot say. */
  readonly gaps: readonly string[];
}

/** Makes a value of a profile. */
export function sourced<Value>(value: Value, source: string): Sourced<Value> {
  return { value, source };
}

/** Where the responders' schedules of devices that cannot be asked come from: main mode message 2, left without an answer. */
export const BACKOFF_PATTERNS = 'ike-scan 1.9.5, ike-backoff-patterns (measured on main mode message 2)';
export const VENDOR_ID_PATTERNS = 'ike-scan 1.9.5, ike-vendor-ids';
/** For schedules that were measured on a responder alone. */
export const AS_RESPONDER = 'assumed: the schedule that was measured as responder';
/** For a time limit that nobody measured. */
export const AS_LONG_AS_IT_SENDS = 'assumed: as long as its own retransmissions of main mode message 2 go on';
