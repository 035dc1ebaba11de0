/**
 * Transaction exchanges (draft-dukes-ike-mode-cfg-02 §3.1), which carry mode-config and XAUTH; either end may begin one:
 *
 *     1  ->  HDR*, HASH, ATTR    REQUEST or SET
 *     2  <-  HDR*, HASH, ATTR    REPLY or ACK
 *
 * HASH = prf(SKEYID_a, M-ID | ATTR), the payload with its generic header. IVs begin as those of
 * phase 2 do, with the message ID, and chain within the exchange.
 */
import { encodePayloads, firstPayloadType } from '../wire/encode.ts';
import type { AttributesPayload } from '../wire/message.ts';
import { ExchangeType } from '../wire/numbers.ts';
import { openMessage, sealHashed } from './envelope.ts';
import { requirePayload, type Incoming } from './incoming.ts';
import { cipherOf, hashOf, type IsakmpSa } from './isakmp-sa.ts';
import { derivePhase2Iv } from './keymat.ts';
import { saidPayloads } from './misbehaviour.ts';
import { checkLeadingHash, hashOver } from './quick-mode.ts';

/** Message types of the attributes payload (draft-dukes-ike-mode-cfg-02 §3.3). */
export const ConfigurationType = { request: 0x01, reply: 0x02, set: 0x03, ack: 0x04 } as const;

const NO_OCTETS = new Uint8Array(0);

/** The state of one transaction exchange, of either end. */
export interface Transaction {
  readonly messageId: number;
  /** Of the next message in either direction. */
  iv: Uint8Array;
}

/** Phase 1 must be established. */
export function createTransaction(sa: IsakmpSa, messageId: number): Transaction {
  return { messageId, iv: derivePhase2Iv(hashOf(sa), sa.iv, messageId, cipherOf(sa).blockLength) };
}

/** Encrypts the next message of the exchange. */
export function sealTransaction(
  sa: IsakmpSa,
  transaction: Transaction,
  payload: AttributesPayload,
): Uint8Array {
  const { messageId, iv } = transaction;
  const isFirst =
    payload.messageType === ConfigurationType.request || payload.messageType === ConfigurationType.set;
  const payloads = saidPayloads(sa, isFirst ? 'transaction-1' : 'transaction-2', messageId, [payload]);
  const rest = encodePayloads(payloads);
  const hash = hashOver(sa, messageId, NO_OCTETS, rest);
  const input = { exchangeType: ExchangeType.transaction, messageId, iv };
  const sealed = sealHashed(sa, input, hash, firstPayloadType(payloads), rest);
  transaction.iv = sealed.nextIv;
  return sealed.octets;
}

export interface OpenedTransaction {
  /** Octet strings in it are views of fresh memory. */
  readonly payload: AttributesPayload;
  readonly nextIv: Uint8Array;
}

/**
 * Decrypts the next message of the exchange, whose IV moves on only when the caller takes `nextIv`.
 * @throws Discard when the message cannot be read, its hash is wrong, or there is no attributes payload.
 */
export function openTransaction(
  sa: IsakmpSa,
  transaction: Transaction,
  message: Incoming,
): OpenedTransaction {
  const opened = openMessage(sa, message.header, message.octets, transaction.iv);
  const payloads = checkLeadingHash(sa, opened, transaction.messageId, NO_OCTETS);
  return { payload: requirePayload(payloads, 'attributes'), nextIv: opened.nextIv };
}
