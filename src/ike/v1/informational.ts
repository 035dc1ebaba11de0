/** Informational exchanges: notifications and deletes, with HASH(1) once keys are there (RFC 2409 §5.7). */
import { decodePayloads } from '../wire/decode.ts';
import { encodeMessage, encodePayloads, firstPayloadType } from '../wire/encode.ts';
import type { DeletePayload, NotificationPayload, Payload, PayloadChain } from '../wire/message.ts';
import {
  Doi,
  ExchangeType,
  GENERIC_HEADER_LENGTH,
  HEADER_LENGTH,
  PayloadType,
  ProtocolId,
  VERSION_1_0,
} from '../wire/numbers.ts';
import { concatOctets, equalOctets } from '../wire/octets.ts';
import { WireError } from '../wire/wire-error.ts';
import { openMessage, sealHashed } from './envelope.ts';
import type { Incoming } from './incoming.ts';
import { cipherOf, hashOf, keysOf, type IsakmpSa } from './isakmp-sa.ts';
import { derivePhase2Iv } from './keymat.ts';
import { informationalName } from './message-name.ts';
import { saidPayloads } from './misbehaviour.ts';
import { checkLeadingHash, hashOver } from './quick-mode.ts';

const NO_OCTETS = new Uint8Array(0);
/** The type of the first payload is in the spoilt block. What reads as a delete with its SPIs is one, though its count reads as a notify type. */
const INFORMATIONAL_TYPES = [PayloadType.delete, PayloadType.notification];

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
  const said = saidPayloads(sa, informationalName(payloads), messageId, payloads);
  const rest = encodePayloads(said);
  const iv = derivePhase2Iv(hashOf(sa), lastBlock, messageId, cipherOf(sa).blockLength);
  const input = { exchangeType: ExchangeType.informational, messageId, iv };
  const hash = hashOver(sa, messageId, NO_OCTETS, rest);
  return sealHashed(sa, input, hash, firstPayloadType(said), rest).octets;
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

/**
 * The payloads of an encrypted informational message that was made with the keys of this SA, though with an IV that this
 * end does not know; undefined for any other. Another IV spoils the first block that CBC decrypts and nothing else, so
 * HASH(1) still proves the rest.
 */
export function readUnderOtherIv(sa: IsakmpSa, { header, octets }: Incoming): readonly Payload[] | undefined {
  const cipher = cipherOf(sa);
  const body = octets.subarray(HEADER_LENGTH, header.length);
  if (body.length === 0 || body.length % cipher.blockLength !== 0) return undefined;
  const plaintext = cipher.decrypt(keysOf(sa).cipherKey, new Uint8Array(cipher.blockLength), body);
  const hashEnd = GENERIC_HEADER_LENGTH + hashOf(sa).digestLength;
  const readable = plaintext.subarray(cipher.blockLength, hashEnd);
  const content = plaintext.subarray(hashEnd);
  for (const type of INFORMATIONAL_TYPES) {
    const chain = chainAt(content, type);
    if (chain === undefined || chain.payloads.some(isEmptyDelete)) continue;
    const hash = hashOver(sa, header.messageId, NO_OCTETS, content.subarray(0, chain.consumed));
    if (equalOctets(readable, hash.subarray(cipher.blockLength - GENERIC_HEADER_LENGTH)))
      return chain.payloads;
  }
  return undefined;
}

function isEmptyDelete(payload: Payload): boolean {
  return payload.kind === 'delete' && !payload.spis.some(({ length }) => length > 0);
}

/** A chain that begins with a payload of `type`; undefined when there is none. */
function chainAt(octets: Uint8Array, type: number): PayloadChain | undefined {
  try {
    return decodePayloads(type, octets);
  } catch (error) {
    if (error instanceof WireError) return undefined;
    throw error;
  }
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
