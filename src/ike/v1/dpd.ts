/** Dead peer detection: R-U-THERE and its answer (RFC 3706 §5.3, §6.1). */
import type { NotificationPayload, Payload, VendorIdPayload } from '../wire/message.ts';
import { Doi, NotifyType, ProtocolId } from '../wire/numbers.ts';
import { concatOctets, equalOctets, fromHex, uint32At, uint32Octets } from '../wire/octets.ts';
import type { IsakmpSa } from './isakmp-sa.ts';

const SEQUENCE_LENGTH = 4;
const HALF_OF_SEQUENCES = 0x8000_0000;

/** Major version 1, minor version 0 (RFC 3706 §5.1). */
export const deadPeerDetectionVendorId: VendorIdPayload = {
  kind: 'vendor-id',
  data: fromHex('afcad71368a1f1c96b8696fc77570100'),
};

function notification(sa: IsakmpSa, notifyType: number, sequence: number): NotificationPayload {
  return {
    kind: 'notification',
    doi: Doi.ipsec,
    protocolId: ProtocolId.isakmp,
    spi: concatOctets(sa.initiatorCookie, sa.responderCookie),
    notifyType,
    data: uint32Octets(sequence),
  };
}

export function areYouThere(sa: IsakmpSa, sequence: number): NotificationPayload {
  return notification(sa, NotifyType.rUThere, sequence);
}

export function areYouThereAck(sa: IsakmpSa, sequence: number): NotificationPayload {
  return notification(sa, NotifyType.rUThereAck, sequence);
}

/** Whether a notification of DPD names the SA by its cookies (RFC 3706 §5.3). */
export function isAboutSa(sa: IsakmpSa, { spi }: NotificationPayload): boolean {
  return equalOctets(spi, concatOctets(sa.initiatorCookie, sa.responderCookie));
}

/** Whether sequence number `a` comes before `b`; they begin again after 2^32 - 1. */
export function isSequenceBefore(a: number, b: number): boolean {
  return a !== b && (b - a) >>> 0 < HALF_OF_SEQUENCES;
}

export type DpdMessage = { readonly type: 'are-you-there' | 'ack'; readonly sequence: number };

/** What a notification of DPD says; undefined for other payloads and malformed sequence numbers. */
export function parseDpd(payload: Payload): DpdMessage | undefined {
  if (payload.kind !== 'notification' || payload.data.length !== SEQUENCE_LENGTH) return undefined;
  const sequence = uint32At(payload.data, 0);
  if (payload.notifyType === NotifyType.rUThere) return { type: 'are-you-there', sequence };
  return payload.notifyType === NotifyType.rUThereAck ? { type: 'ack', sequence } : undefined;
}
