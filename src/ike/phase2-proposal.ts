/**
 * Making, choosing and checking proposals of phase 2 (RFC 2408 §4.2, RFC 2407 §4.5). The responder
 * answers with one ESP transform, attributes as received; the initiator checks that it offered it.
 */
import {
  IPSEC_LIFETIME,
  IPSEC_LIFETIME_DEFAULT_S,
  lifetimeAttributes,
  readLifetime,
  type Lifetime,
} from './lifetime.ts';
import { attributeNumber, hasOnlyOffered, onlyTransform, saPayload } from './proposal.ts';
import type { HashName } from './suite.ts';
import {
  ESP_AUTHENTICATION_NUMBER,
  ESP_TRANSFORM_NUMBER,
  type EspEncryption,
  type EspTransform,
} from './transform.ts';
import type { Attribute, Proposal, SecurityAssociationPayload, Transform } from './wire/message.ts';
import { EncapsulationMode, IpsecAttribute, ProtocolId, SequenceNumberLength } from './wire/numbers.ts';

export interface Phase2Offer {
  readonly transforms: readonly EspTransform[];
  readonly spi: Uint8Array;
  readonly lifetimeS: number;
  /** Absent: no limit. */
  readonly lifetimeKilobytes?: number;
  readonly encapsulation: 'tunnel' | 'transport';
  /** Behind a NAT the encapsulation modes are those of RFC 3947 §5.1. */
  readonly isNatted: boolean;
}

/** The encapsulation mode attribute for a wish and a NAT situation. */
export function encapsulationMode(encapsulation: 'tunnel' | 'transport', isNatted: boolean): number {
  if (encapsulation === 'tunnel') return isNatted ? EncapsulationMode.udpTunnel : EncapsulationMode.tunnel;
  return isNatted ? EncapsulationMode.udpTransport : EncapsulationMode.transport;
}

/**
 * The transforms of an ESP proposal. All must ask for one PFS group, because there is one KE payload;
 * see `transformsOfOneGroup`.
 */
export function espTransforms(offer: Omit<Phase2Offer, 'spi'>): Transform[] {
  return offer.transforms.map((transform, i) => ({
    number: i + 1,
    transformId: ESP_TRANSFORM_NUMBER[transform.encryption],
    attributes: phase2Attributes(transform, offer),
  }));
}

/** The transforms that share the PFS group (or its absence) of the first one. */
export function transformsOfOneGroup(transforms: readonly EspTransform[]): readonly EspTransform[] {
  const group = transforms[0]?.group;
  return transforms.filter((transform) => transform.group === group);
}

/** Attributes that transforms of every protocol have: lifetimes and encapsulation mode. */
export function commonAttributes(offer: OfferedTerms): Attribute[] {
  const { encapsulation, isNatted, lifetimeS: seconds, lifetimeKilobytes: kilobytes = Infinity } = offer;
  return [
    ...lifetimeAttributes(IPSEC_LIFETIME, { seconds, kilobytes }),
    { type: IpsecAttribute.encapsulationMode, value: encapsulationMode(encapsulation, isNatted) },
  ];
}

type OfferedTerms = Omit<Phase2Offer, 'spi' | 'transforms'>;

function phase2Attributes(transform: EspTransform, offer: OfferedTerms): Attribute[] {
  const attributes = commonAttributes(offer);
  if (transform.integrity !== undefined) {
    const value = ESP_AUTHENTICATION_NUMBER[transform.integrity];
    attributes.push({ type: IpsecAttribute.authenticationAlgorithm, value });
  }
  if (hasKeyLength(transform.encryption)) {
    attributes.push({ type: IpsecAttribute.keyLength, value: transform.keyBits });
  }
  if (transform.group !== undefined) {
    attributes.push({ type: IpsecAttribute.groupDescription, value: transform.group });
  }
  attributes.push(...sequenceNumberAttributes(transform));
  return attributes;
}

/** One attribute for extended sequence numbers, none without: absence means 32 bits (RFC 4304). */
export function sequenceNumberAttributes({ esn }: EspTransform): Attribute[] {
  if (esn !== true) return [];
  return [{ type: IpsecAttribute.extendedSequenceNumber, value: SequenceNumberLength.extended }];
}

function sequenceNumberLength({ esn }: EspTransform): number | undefined {
  return esn === true ? SequenceNumberLength.extended : undefined;
}

function hasKeyLength(encryption: EspEncryption): boolean {
  return encryption === 'aes-cbc' || encryption === 'aes-gcm16';
}

function authenticationNumber(integrity: HashName | undefined): number | undefined {
  return integrity === undefined ? undefined : ESP_AUTHENTICATION_NUMBER[integrity];
}

function matchesPhase2(offered: Transform, wanted: EspTransform, mode: number): boolean {
  const keyLength = attributeNumber(offered, IpsecAttribute.keyLength);
  // An offer without the attribute leaves the mode to the system (RFC 2407 §4.5).
  const offeredMode = attributeNumber(offered, IpsecAttribute.encapsulationMode) ?? mode;
  return (
    offered.transformId === ESP_TRANSFORM_NUMBER[wanted.encryption] &&
    (hasKeyLength(wanted.encryption) ? keyLength === wanted.keyBits : keyLength === undefined) &&
    attributeNumber(offered, IpsecAttribute.authenticationAlgorithm) ===
      authenticationNumber(wanted.integrity) &&
    attributeNumber(offered, IpsecAttribute.groupDescription) === wanted.group &&
    attributeNumber(offered, IpsecAttribute.extendedSequenceNumber) === sequenceNumberLength(wanted) &&
    offeredMode === mode
  );
}

export interface Phase2Choice {
  readonly transform: EspTransform;
  /** As it was offered. */
  readonly lifetime: Lifetime;
  /** Proposal number and transform to repeat in the answer. */
  readonly proposal: Proposal;
  /** SPI of the initiator's inbound SA. */
  readonly peerSpi: Uint8Array;
}

export interface Phase2Acceptance {
  readonly accepted: readonly EspTransform[];
  readonly encapsulation: 'tunnel' | 'transport';
  readonly isNatted: boolean;
  /** Group of the KE payload that came with the offer is judged by its presence alone. */
  readonly hasKeyExchange: boolean;
}

/** The first offered ESP transform that the responder's policy has, in the initiator's order. Undefined: none. */
export function selectPhase2(
  offer: SecurityAssociationPayload,
  acceptance: Phase2Acceptance,
): Phase2Choice | undefined {
  const mode = encapsulationMode(acceptance.encapsulation, acceptance.isNatted);
  for (const proposal of offer.proposals) {
    // Proposals of one number are one bundle, such as ESP with IPComp, which nobody here runs.
    if (offer.proposals.some((other) => other !== proposal && other.number === proposal.number)) continue;
    if (proposal.protocolId !== ProtocolId.esp || proposal.spi.length !== 4) continue;
    for (const offered of proposal.transforms) {
      const transform = acceptance.accepted.find(
        (wanted) =>
          matchesPhase2(offered, wanted, mode) && acceptance.hasKeyExchange === (wanted.group !== undefined),
      );
      const lifetime = phase2Lifetime(offered);
      if (transform === undefined || lifetime === undefined) continue;
      return { transform, lifetime, proposal: { ...proposal, transforms: [offered] }, peerSpi: proposal.spi };
    }
  }
  return undefined;
}

/** Undefined when the attributes break the format. */
function phase2Lifetime({ attributes }: Transform): Lifetime | undefined {
  const lifetime = readLifetime(IPSEC_LIFETIME, attributes);
  if (lifetime === undefined || lifetime.seconds < Infinity) return lifetime;
  return { ...lifetime, seconds: IPSEC_LIFETIME_DEFAULT_S };
}

/** The SA payload that answers a phase 2 offer. */
export function answerPhase2(choice: Phase2Choice, ownSpi: Uint8Array): SecurityAssociationPayload {
  return saPayload([{ ...choice.proposal, spi: ownSpi }]);
}

export interface Phase2Answer {
  readonly transform: EspTransform;
  readonly lifetime: Lifetime;
  /** SPI of the responder's inbound SA. */
  readonly peerSpi: Uint8Array;
}

/** What the quick mode responder chose, if it was offered; otherwise undefined. */
export function checkPhase2Answer(
  answer: SecurityAssociationPayload,
  offer: Omit<Phase2Offer, 'spi'>,
): Phase2Answer | undefined {
  const transform = onlyTransform(answer, ProtocolId.esp);
  const peerSpi = answer.proposals[0]?.spi;
  const lifetime = transform && phase2Lifetime(transform);
  if (transform === undefined || lifetime === undefined || peerSpi?.length !== 4) return undefined;
  const mode = encapsulationMode(offer.encapsulation, offer.isNatted);
  const chosen = offer.transforms.find(
    (candidate) =>
      matchesPhase2(transform, candidate, mode) &&
      hasOnlyOffered(transform.attributes, phase2Attributes(candidate, offer), IpsecAttribute.lifeDuration),
  );
  return chosen === undefined ? undefined : { transform: chosen, lifetime, peerSpi };
}
