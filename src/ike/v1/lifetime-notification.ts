/**
 * RESPONDER-LIFETIME (RFC 2407 §4.6.3.1): tells the initiator that an SA lives shorter than it offered.
 * Its data are the attributes of a lifetime, of phase 1 with the numbers of phase 1.
 */
import {
  IKE_LIFETIME,
  IPSEC_LIFETIME,
  lifetimeAttributes,
  readLifetime,
  type Lifetime,
  type LifetimeAttributes,
} from '../lifetime.ts';
import type { NotificationPayload } from '../wire/message.ts';
import { Doi, NotifyType, ProtocolId } from '../wire/numbers.ts';
import { concatOctets, equalOctets } from '../wire/octets.ts';
import { attributesLength, decodeAttributes, encodeAttributes } from '../wire/payload/attribute.ts';
import { Reader } from '../wire/reader.ts';
import { WireError } from '../wire/wire-error.ts';
import { Writer } from '../wire/writer.ts';
import type { IsakmpSa } from './isakmp-sa.ts';

const ATTRIBUTES_MAX = 8;

/** About the phase 1 SA, which its cookies name. */
export function phase1LifetimeNotify(sa: IsakmpSa): NotificationPayload {
  return notification(ProtocolId.isakmp, cookiesOf(sa), IKE_LIFETIME, sa.lifetime);
}

/** About a child SA, which the SPI of its sender names. */
export function childLifetimeNotify(spi: Uint8Array, lifetime: Lifetime): NotificationPayload {
  return notification(ProtocolId.esp, spi, IPSEC_LIFETIME, lifetime);
}

function notification(
  protocolId: number,
  spi: Uint8Array,
  numbers: LifetimeAttributes,
  lifetime: Lifetime,
): NotificationPayload {
  const attributes = lifetimeAttributes(numbers, lifetime);
  const writer = new Writer(attributesLength(attributes));
  encodeAttributes(attributes, writer);
  const data = writer.octets;
  return {
    kind: 'notification',
    doi: Doi.ipsec,
    protocolId,
    spi,
    notifyType: NotifyType.responderLifetime,
    data,
  };
}

/** The lifetime of the phase 1 SA that a notification tells; undefined when it tells none. */
export function readPhase1Lifetime(sa: IsakmpSa, payload: NotificationPayload): Lifetime | undefined {
  const isIt = payload.protocolId === ProtocolId.isakmp && equalOctets(payload.spi, cookiesOf(sa));
  return isIt ? read(payload) : undefined;
}

/** The lifetime of the child SA that sends to `spi`; undefined when the notification tells none. */
export function readChildLifetime(spi: Uint8Array, payload: NotificationPayload): Lifetime | undefined {
  const isIt = payload.protocolId === ProtocolId.esp && equalOctets(payload.spi, spi);
  return isIt ? read(payload) : undefined;
}

function read({ notifyType, protocolId, data }: NotificationPayload): Lifetime | undefined {
  if (notifyType !== NotifyType.responderLifetime) return undefined;
  try {
    const attributes = decodeAttributes(new Reader(data), ATTRIBUTES_MAX);
    if (protocolId === ProtocolId.esp) return readLifetime(IPSEC_LIFETIME, attributes);
    // Some use the numbers of phase 2 for phase 1 too.
    const isOfPhase1 = attributes.some(({ type }) => type === IKE_LIFETIME.lifeType);
    return readLifetime(isOfPhase1 ? IKE_LIFETIME : IPSEC_LIFETIME, attributes);
  } catch (error) {
    if (error instanceof WireError) return undefined;
    throw error;
  }
}

function cookiesOf({ initiatorCookie, responderCookie }: IsakmpSa): Uint8Array {
  return concatOctets(initiatorCookie, responderCookie);
}
