/** What a peer does wrong on purpose, as data: kinds of misdeeds, and when each is done. */
import type { MessageName } from '../../ike/v1/message-name.ts';
import { PayloadType } from '../../ike/wire/numbers.ts';
import type { Ns } from '../timer.ts';

/** Done to datagrams that the peer sends. */
export const DATAGRAM_MISDEEDS = [
  'drop',
  'no-retransmission',
  'duplicate',
  'corrupt',
  'truncate',
  'major-version',
  'minor-version',
  'reserved-flags',
  'zero-cookie',
  'wrong-cookie',
] as const;
/** Done to datagrams that the peer sends, after a time. */
export const LATE_MISDEEDS = ['replay', 'delay'] as const;
/** Done to one kind of payload before the message is hashed and encrypted. */
export const PAYLOAD_MISDEEDS = [
  'omit-payload',
  'empty-payload',
  'zero-payload',
  'wrong-payload',
  'duplicate-payload',
] as const;
/** Done to a message before it is hashed and encrypted. */
export const MESSAGE_MISDEEDS = ['unknown-payload', 'reserved-field', 'wrong-key-length'] as const;

export type DatagramMisdeed = (typeof DATAGRAM_MISDEEDS)[number];
export type LateMisdeed = (typeof LATE_MISDEEDS)[number];
export type PayloadMisdeed = (typeof PAYLOAD_MISDEEDS)[number];
export type MessageMisdeed = (typeof MESSAGE_MISDEEDS)[number];

/** Payloads that something can be done to, and their numbers. */
export const TYPE_OF_PAYLOAD = {
  'security-association': PayloadType.securityAssociation,
  'key-exchange': PayloadType.keyExchange,
  nonce: PayloadType.nonce,
  identification: PayloadType.identification,
  hash: PayloadType.hash,
  signature: PayloadType.signature,
  certificate: PayloadType.certificate,
  'nat-discovery': PayloadType.natDiscovery,
  'vendor-id': PayloadType.vendorId,
  notification: PayloadType.notification,
  delete: PayloadType.delete,
  attributes: PayloadType.attributes,
} as const;
export type MisusedPayload = keyof typeof TYPE_OF_PAYLOAD;

export type Misdeed =
  | { readonly type: DatagramMisdeed | MessageMisdeed }
  | { readonly type: LateMisdeed; readonly afterNs: Ns }
  | { readonly type: PayloadMisdeed; readonly payload: MisusedPayload }
  /** What comes is not heard. */
  | { readonly type: 'ignore' };

/** One misdeed and its occasions. */
export interface MisbehaviourRule {
  readonly misdeed: Misdeed;
  /** Absent: any message of IKE. */
  readonly messages?: readonly MessageName[];
  /** From the beginning of the run. */
  readonly fromNs: Ns;
  /** Absent: to the end. */
  readonly forNs?: Ns;
  /** Of each occasion: 0 to 1. */
  readonly chance: number;
  /** At most so often by one peer; absent: no limit. */
  readonly times?: number;
}
