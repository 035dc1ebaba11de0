/** Informational exchanges: notifications and deletes, with HASH(1) once keys are there (RFC 2409 §5.7). */
import { encodeMessage, encodePayloads, firstPayloadType } from '../wire/encode.ts';
import type { DeletePayload, NotificationPayload, Payload } from '../wire/message.ts';
import { Doi, ExchangeType, ProtocolId, VERSION_1_0 } from '../wire/numbers.ts';
import { concatOctets } from '../wire/octets.ts';
import { openMessage, sealHashed } from './envelope.ts';
import type { Incoming } from './incoming.ts';
import { cipherOf, hashOf, type IsakmpSa } from './isakmp-sa.ts';
import { derivePhase2Iv } from './keymat.ts';
import { checkLeadingHash, hashOver } from './quick-mode.ts';

const NO_OCTETS = new Uint8Array(0);

/**
 * Encrypts payloads as an informational message of its own message ID. Phase 1 keys must be there.
 * `lastBlock` is the last ciphertext block of phase 1 that the other end knows.
 */
export function buildInformational(
  sa: IsakmpSa,
  messageId: number,
  payloads: readonly Payload[],
  lastBlock: Uint8Array = sa.iv,
): Uint8Array {
  const rest = encodePayloads(payloads);
  const iv = derivePhase2Iv(hashOf(sa), lastBlock, messageId, cipherOf(sa).blockLength);
  const input = { exchangeType: ExchangeType.informational, messageId, iv };
  const hash = hashOver(sa, messageId, NO_OCTETS, rest);
  return sealHashed(sa, input, hash, firstPayloadType(payloads), rest).octets;
}

/** A notification in clear, for errors before there are keys. `messageId` may be 0. */
export function buildClearNotify(
  cookies: { readonly initiatorCookie: Uint8Array; readonly responderCookie: Uint8Array },
  messageId: number,
  notifyType: number,
): Uint8Array {
  return encodeMessage(
    {
      initiatorCookie: cookies.initiatorCookie,
      responderCookie: cookies.responderCookie,
      version: VERSION_1_0,
      exchangeType: ExchangeType.informational,
      flags: 0,
      messageId,
    },
    [
      {
        kind: 'notification',
        doi: Doi.ipsec,
        protocolId: ProtocolId.isakmp,
        spi: NO_OCTETS,
        notifyType,
        data: NO_OCTETS,
      },
    ],
  );
}

/**
 * The payloads of an encrypted informational message after its HASH(1).
 * @throws Discard when the message cannot be read or the hash is wrong.
 */
export function acceptInformational(sa: IsakmpSa, message: Incoming): readonly Payload[] {
  const { messageId } = message.header;
  const iv = derivePhase2Iv(hashOf(sa), sa.iv, messageId, cipherOf(sa).blockLength);
  const opened = openMessage(sa, message.header, message.octets, iv);
  return checkLeadingHash(sa, opened, messageId, NO_OCTETS);
}

/** Delete of a phase 1 SA: the SPI is the pair of cookies (RFC 2408 §3.15). */
export function deletePhase1(sa: IsakmpSa): DeletePayload {
  const spi = concatOctets(sa.initiatorCookie, sa.responderCookie);
  return {
    kind: 'delete',
    doi: Doi.ipsec,
    protocolId: ProtocolId.isakmp,
    spis: [spi],
    spiLength: spi.length,
  };
}

/** Delete of ESP SAs, named by the SPIs that the sender receives on. */
export function deleteChildren(spis: readonly Uint8Array[]): DeletePayload {
  return { kind: 'delete', doi: Doi.ipsec, protocolId: ProtocolId.esp, spis: [...spis], spiLength: 4 };
}

/** A notification about a phase 1 SA. */
export function phase1Notify(sa: IsakmpSa, notifyType: number): NotificationPayload {
  return {
    kind: 'notification',
    doi: Doi.ipsec,
    protocolId: ProtocolId.isakmp,
    spi: concatOctets(sa.initiatorCookie, sa.responderCookie),
    notifyType,
    data: NO_OCTETS,
  };
}
