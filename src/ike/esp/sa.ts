/**
 * One direction of a pair of ESP SAs at work: protection, sequence numbers, counters and limits
 * (RFC 4301 §4.4.2.1). A peer owns it and changes it in place.
 */
import type { CryptoSuite } from '../suite.ts';
import type { EspTransform } from '../transform.ts';
import type { EspKeys } from '../v1/child-sa.ts';
import { uint32At } from '../wire/octets.ts';
import { createEspProtection } from './protection.ts';
import type { EspProtection } from './protection.ts';
import { ReplayWindow } from './replay-window.ts';
import { SEQUENCE_NONE, nextSequence } from './sequence-number.ts';
import type { SequenceNumber } from './sequence-number.ts';

/** Why a received packet was dropped; the first that is true, in the order of the checks. */
export const ESP_DROP_REASONS = [
  /** Fewer octets than header, IV, the smallest plaintext and ICV take. */
  'too-short',
  /** The packet is of another SA. */
  'wrong-spi',
  /** What is encrypted is no whole number of blocks, or does not end on a 4-octet boundary. */
  'misaligned',
  /** The SA has reached a hard limit. */
  'expired',
  /** The sequence number is below the replay window. */
  'too-old',
  /** A packet of this number was received before, or the number is 0. */
  'replayed',
  /** The integrity check failed: forged, damaged, or made with another key. */
  'wrong-icv',
  /** The packet is authentic, but its padding is not 1, 2, 3, ... or longer than the packet. */
  'wrong-padding',
] as const;
export type EspDropReason = (typeof ESP_DROP_REASONS)[number];

/** Why a packet was not sent. */
export const ESP_REFUSAL_REASONS = [
  /** All sequence numbers are used; only new keys help (RFC 4303 §3.3.3). */
  'exhausted',
  /** The SA has reached a hard limit. */
  'expired',
] as const;
export type EspRefusalReason = (typeof ESP_REFUSAL_REASONS)[number];

/** Absent: no such limit. A soft one calls for new keys, a hard one ends the SA. */
export interface EspLimits {
  readonly softOctets?: number;
  readonly hardOctets?: number;
  readonly softPackets?: number;
  readonly hardPackets?: number;
}

export interface EspCounters {
  /** Packets sealed or opened, dummies included. */
  packets: number;
  /** Octets of their payloads, without what ESP adds. */
  octets: number;
  /** Those with the next header 59 (RFC 4303 §2.6). */
  dummyPackets: number;
  readonly drops: Record<EspDropReason, number>;
  readonly refusals: Record<EspRefusalReason, number>;
}

export interface EspSaSetup {
  readonly keys: EspKeys;
  readonly transform: EspTransform;
  /** Numbers; 0 for a receiver that does not look for replays. Of no meaning to a sender. */
  readonly replayWindow: number;
  /** Extended sequence numbers. */
  readonly esn: boolean;
  readonly limits?: EspLimits;
  /** Last number sent or highest received, for an SA that was in use before. */
  readonly sequence?: SequenceNumber;
  /** Sequence numbers start again at 0 after the last: the receiver does not look for replays. */
  readonly mayCycle?: boolean;
}

export interface EspSaState {
  readonly spi: number;
  readonly transform: EspTransform;
  readonly esn: boolean;
  readonly mayCycle: boolean;
  readonly protection: EspProtection;
  /** Absent: replays are not looked for. */
  readonly replayWindow: ReplayWindow | undefined;
  readonly limits: EspLimits;
  readonly counters: EspCounters;
  /** Last sequence number sent. */
  sent: SequenceNumber;
}

const SPI_LENGTH = 4;

/**
 * @throws RangeError for keys that do not suit the transform, a transform that authenticates
 *   nothing, a window size out of range; extended numbers without a window, from which a receiver
 *   infers the high half (RFC 4303 §3.4.3); and numbers that cycle where each must serve once:
 *   extended ones, and those that are the nonces of AES-GCM.
 */
export function createEspSa(suite: CryptoSuite, setup: EspSaSetup): EspSaState {
  const { keys, transform, replayWindow, esn, limits = {}, mayCycle = false } = setup;
  const sequence = setup.sequence ?? SEQUENCE_NONE;
  if (keys.spi.length !== SPI_LENGTH) throw new RangeError(`an SPI has 4 octets, not ${keys.spi.length}`);
  if (esn && replayWindow === 0) throw new RangeError('extended sequence numbers need a replay window');
  if (mayCycle && (esn || transform.encryption === 'aes-gcm16')) {
    throw new RangeError('sequence numbers must not cycle with AES-GCM or when they are extended');
  }
  return {
    spi: uint32At(keys.spi, 0),
    transform,
    esn,
    mayCycle,
    protection: createEspProtection(suite, transform, keys, esn),
    replayWindow: replayWindow === 0 ? undefined : new ReplayWindow(replayWindow, sequence),
    limits,
    counters: {
      packets: 0,
      octets: 0,
      dummyPackets: 0,
      drops: zeroFor(ESP_DROP_REASONS),
      refusals: zeroFor(ESP_REFUSAL_REASONS),
    },
    sent: sequence,
  };
}

function zeroFor<Reason extends string>(reasons: readonly Reason[]): Record<Reason, number> {
  return Object.fromEntries(reasons.map((reason) => [reason, 0])) as Record<Reason, number>;
}

/** How worn an SA is: `soft` asks for a rekey, `hard` means that nothing more goes over it. */
export type EspWear = 'fresh' | 'soft' | 'hard';

/** By octets, packets and, for a sender, sequence numbers. */
export function wearOf(sa: EspSaState): EspWear {
  if (isExpired(sa) || isExhausted(sa)) return 'hard';
  const { counters, limits } = sa;
  return reaches(counters.octets, limits.softOctets) || reaches(counters.packets, limits.softPackets)
    ? 'soft'
    : 'fresh';
}

/** Whether a hard limit of octets or packets is reached. */
export function isExpired({ counters, limits }: EspSaState): boolean {
  return reaches(counters.octets, limits.hardOctets) || reaches(counters.packets, limits.hardPackets);
}

/** Whether the last sequence number was sent and no other may follow. */
export function isExhausted({ sent, esn, mayCycle }: EspSaState): boolean {
  return !mayCycle && nextSequence(sent, esn) === undefined;
}

function reaches(count: number, limit: number | undefined): boolean {
  return limit !== undefined && count >= limit;
}
