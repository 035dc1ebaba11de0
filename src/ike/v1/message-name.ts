/** Messages by name: which one of its exchange, and of informational ones what they are for. */
import type { Payload } from '../wire/message.ts';
import { ExchangeType, HeaderFlag, PayloadType } from '../wire/numbers.ts';
import { parseDpd } from './dpd.ts';

export const MESSAGE_NAMES = [
  'main-1',
  'main-2',
  'main-3',
  'main-4',
  'main-5',
  'main-6',
  'aggressive-1',
  'aggressive-2',
  'aggressive-3',
  'quick-1',
  'quick-2',
  'quick-3',
  /** Mode-config and XAUTH: request or set, and reply or acknowledgement. */
  'transaction-1',
  'transaction-2',
  'notify',
  'delete',
  /** R-U-THERE and its answer (RFC 3706). */
  'dpd-ask',
  'dpd-answer',
] as const;
export type MessageName = (typeof MESSAGE_NAMES)[number];

/** The header's fields that a name depends on. */
export interface NamedHeader {
  readonly exchangeType: number;
  readonly flags: number;
  readonly nextPayload: number;
  /** Whether the responder's cookie is all zeros. */
  readonly isFirst: boolean;
}

/** Name of an informational message by its first payload that says something. */
export function informationalName(payloads: readonly Payload[]): MessageName {
  for (const payload of payloads) {
    if (payload.kind === 'delete') return 'delete';
    const dpd = parseDpd(payload);
    if (dpd !== undefined) return dpd.type === 'ack' ? 'dpd-answer' : 'dpd-ask';
  }
  return 'notify';
}

/**
 * Name of a message of phase 1, or of one in clear, by what its header alone tells; undefined for any other.
 * `isInitiators`: sent by the end that began the SA.
 */
export function nameByHeader(header: NamedHeader, isInitiators: boolean): MessageName | undefined {
  const isEncrypted = (header.flags & HeaderFlag.encryption) !== 0;
  switch (header.exchangeType) {
    case ExchangeType.identityProtection:
      if (isEncrypted) return isInitiators ? 'main-5' : 'main-6';
      if (header.isFirst) return 'main-1';
      if (header.nextPayload === PayloadType.securityAssociation) return 'main-2';
      return isInitiators ? 'main-3' : 'main-4';
    case ExchangeType.aggressive:
      if (header.isFirst) return 'aggressive-1';
      return isInitiators ? 'aggressive-3' : 'aggressive-2';
    case ExchangeType.informational:
      return isEncrypted ? undefined : 'notify';
    default:
      return undefined;
  }
}
