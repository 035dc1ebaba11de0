/** What kind of job an event is, which SA it belongs to, and how urgent it is. */
import { hasNonEspMarker, isNatKeepalive } from '../ike/wire/non-esp-marker.ts';
import { ExchangeType, HEADER_LENGTH, HeaderOffset, NON_ESP_MARKER_LENGTH } from '../ike/wire/numbers.ts';
import { uint32At } from '../ike/wire/octets.ts';
import type { PeerEvent } from '../peer/event.ts';
import type { JobKind, JobPriority } from './job.ts';

export type JobPriorities = Readonly<Record<JobKind, JobPriority>>;

const TWO_32 = 0x1_0000_0000;
/** What is left of a cookie in 53 bits. */
const HIGH_BITS = 0x1fffff;

const KIND_OF_EXCHANGE: Readonly<Record<number, JobKind>> = {
  [ExchangeType.identityProtection]: 'main',
  [ExchangeType.aggressive]: 'aggressive',
  [ExchangeType.quickMode]: 'quick',
  [ExchangeType.transaction]: 'transaction',
  [ExchangeType.informational]: 'informational',
};

/** What the first octets of a datagram say, without decoding it. */
export interface JobClass {
  readonly kind: JobKind;
  /** 53 bits of the initiator's cookie; -1 where there is no SA to lock. */
  readonly key: number;
  /** Whether it asks for a new phase 1: the responder's cookie is zero. */
  readonly isFirst: boolean;
}

const TIMER: JobClass = { kind: 'timer', key: -1, isFirst: false };
const COMMAND: JobClass = { kind: 'command', key: -1, isFirst: false };
const OTHER: JobClass = { kind: 'other', key: -1, isFirst: false };

/** The class of an event; of octets that are no IKE message, `other`. */
export function classOfEvent(event: PeerEvent): JobClass {
  if (event.type === 'timer.fired') return TIMER;
  if (event.type !== 'datagram.received') return COMMAND;
  const { octets } = event;
  const start = hasNonEspMarker(octets) ? NON_ESP_MARKER_LENGTH : 0;
  if (isNatKeepalive(octets) || octets.length < start + HEADER_LENGTH) return OTHER;
  const kind = KIND_OF_EXCHANGE[octets[start + HeaderOffset.exchangeType]!] ?? 'other';
  const key = (uint32At(octets, start) & HIGH_BITS) * TWO_32 + uint32At(octets, start + 4);
  const responder = start + HeaderOffset.responderCookie;
  const isFirst = uint32At(octets, responder) === 0 && uint32At(octets, responder + 4) === 0;
  return { kind, key, isFirst };
}
