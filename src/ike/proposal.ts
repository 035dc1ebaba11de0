/**
 * Making, choosing and checking proposals of phase 1 and phase 2 (RFC 2408 §4.2, RFC 2409 §5,
 * Appendix A; RFC 2407 §4.5). The responder answers with one transform, attributes as received;
 * the initiator checks that it offered it.
 */
import { AUTHENTICATION_NUMBER, authenticationOfNumber, type Authentication } from './authentication.ts';
import {
  IKE_LIFETIME,
  IPSEC_LIFETIME,
  IPSEC_LIFETIME_DEFAULT_S,
  lifetimeAttributes,
  readLifetime,
  type Lifetime,
} from './lifetime.ts';
import type { HashName } from './suite.ts';
import {
  ESP_AUTHENTICATION_NUMBER,
  ESP_TRANSFORM_NUMBER,
  IKE_ENCRYPTION_NUMBER,
  IKE_HASH_NUMBER,
  type EspEncryption,
  type EspTransform,
  type IkeTransform,
} from './transform.ts';
import type { Attribute, Proposal, SecurityAssociationPayload, Transform } from './wire/message.ts';
import {
  Doi,
  EncapsulationMode,
  IkeAttribute,
  IpsecAttribute,
  ProtocolId,
  Situation,
  TRANSFORM_KEY_IKE,
} from './wire/numbers.ts';
import { equalOctets } from './wire/octets.ts';

const NO_SPI = new Uint8Array(0);

/** Value of the first attribute of a type as a number; variable ones of up to 6 octets count as big-endian numbers. */
function attributeNumber(transform: Transform, type: number): number | undefined {
  const attribute = transform.attributes.find((candidate) => candidate.type === type);
  if (attribute === undefined) return undefined;
  if (typeof attribute.value === 'number') return attribute.value;
  if (attribute.value.length > 6) return undefined;
  let value = 0;
  for (const octet of attribute.value) value = value * 256 + octet;
  return value;
}

function saPayload(proposal: Proposal): SecurityAssociationPayload {
  return {
    kind: 'security-association',
    doi: Doi.ipsec,
    situation: Situation.identityOnly,
    proposals: [proposal],
  };
}

/** The SA payload of a phase 1 initiator: one proposal, one transform for each choice, in order. */
export function offerPhase1(
  transforms: readonly IkeTransform[],
  authentication: Authentication,
  lifetimeS: number,
  lifetimeKilobytes = Infinity,
): SecurityAssociationPayload {
  const lifetime = { seconds: lifetimeS, kilobytes: lifetimeKilobytes };
  return saPayload({
    number: 1,
    protocolId: ProtocolId.isakmp,
    spi: NO_SPI,
    transforms: transforms.map((transform, i) => ({
      number: i + 1,
      transformId: TRANSFORM_KEY_IKE,
      attributes: phase1Attributes(transform, authentication, lifetime),
    })),
  });
}

function phase1Attributes(
  transform: IkeTransform,
  authentication: Authentication,
  lifetime: Lifetime,
): Attribute[] {
  const attributes: Attribute[] = [
    { type: IkeAttribute.encryptionAlgorithm, value: IKE_ENCRYPTION_NUMBER[transform.cipher] },
  ];
  // A fixed-length cipher must not carry the attribute (RFC 2409 Appendix A).
  if (transform.cipher === 'aes-cbc')
    attributes.push({ type: IkeAttribute.keyLength, value: transform.keyBits });
  attributes.push(
    { type: IkeAttribute.hashAlgorithm, value: IKE_HASH_NUMBER[transform.hash] },
    { type: IkeAttribute.groupDescription, value: transform.group },
    { type: IkeAttribute.authenticationMethod, value: AUTHENTICATION_NUMBER[authentication] },
    ...lifetimeAttributes(IKE_LIFETIME, lifetime),
  );
  return attributes;
}

function matchesPhase1(offered: Transform, wanted: IkeTransform): boolean {
  const keyLength = attributeNumber(offered, IkeAttribute.keyLength);
  return (
    offered.transformId === TRANSFORM_KEY_IKE &&
    attributeNumber(offered, IkeAttribute.encryptionAlgorithm) === IKE_ENCRYPTION_NUMBER[wanted.cipher] &&
    (wanted.cipher === 'aes-cbc' ? keyLength === wanted.keyBits : keyLength === undefined) &&
    attributeNumber(offered, IkeAttribute.hashAlgorithm) === IKE_HASH_NUMBER[wanted.hash] &&
    attributeNumber(offered, IkeAttribute.groupDescription) === wanted.group &&
    attributeNumber(offered, IkeAttribute.prf) === undefined
  );
}

function authenticationOf(transform: Transform): Authentication | undefined {
  return authenticationOfNumber(attributeNumber(transform, IkeAttribute.authenticationMethod) ?? 0);
}

export interface Phase1Choice {
  readonly transform: IkeTransform;
  readonly authentication: Authentication;
  /** As it was offered. */
  readonly lifetime: Lifetime;
  /** The SA payload to answer with. */
  readonly answer: SecurityAssociationPayload;
}

/** The first offered transform that the responder's policy has; the initiator's order decides. Undefined: none. */
export function selectPhase1(
  offer: SecurityAssociationPayload,
  accepted: readonly IkeTransform[],
  authentications: readonly Authentication[],
): Phase1Choice | undefined {
  if (offer.doi !== Doi.ipsec && offer.doi !== Doi.isakmp) return undefined;
  for (const proposal of offer.proposals) {
    if (proposal.protocolId !== ProtocolId.isakmp) continue;
    for (const offered of proposal.transforms) {
      const transform = accepted.find((wanted) => matchesPhase1(offered, wanted));
      const authentication = authenticationOf(offered);
      if (transform === undefined || authentication === undefined) continue;
      if (!authentications.includes(authentication)) continue;
      const lifetime = readLifetime(IKE_LIFETIME, offered.attributes);
      if (lifetime === undefined) continue;
      return {
        transform,
        authentication,
        lifetime,
        answer: { ...saPayload({ ...proposal, transforms: [offered] }), doi: offer.doi },
      };
    }
  }
  return undefined;
}

export interface Phase1Answer {
  readonly transform: IkeTransform;
  readonly lifetime: Lifetime;
}

/**
 * What the responder chose, if it is a single transform that was offered, attribute by attribute;
 * otherwise undefined. `offered` are the choices given to `offerPhase1`. A lifetime may differ.
 */
export function checkPhase1Answer(
  answer: SecurityAssociationPayload,
  offered: readonly IkeTransform[],
  authentication: Authentication,
  lifetimeS: number,
  lifetimeKilobytes = Infinity,
): Phase1Answer | undefined {
  const transform = onlyTransform(answer, ProtocolId.isakmp);
  const lifetime = transform && readLifetime(IKE_LIFETIME, transform.attributes);
  if (transform === undefined || lifetime === undefined) return undefined;
  const ours = { seconds: lifetimeS, kilobytes: lifetimeKilobytes };
  const chosen = offered.find(
    (candidate) =>
      matchesPhase1(transform, candidate) &&
      hasOnlyOffered(
        transform.attributes,
        phase1Attributes(candidate, authentication, ours),
        IkeAttribute.lifeDuration,
      ),
  );
  return chosen && { transform: chosen, lifetime };
}

function onlyTransform(answer: SecurityAssociationPayload, protocolId: number): Transform | undefined {
  const [proposal, another] = answer.proposals;
  if (proposal === undefined || another !== undefined || proposal.protocolId !== protocolId) return undefined;
  return proposal.transforms.length === 1 ? proposal.transforms[0] : undefined;
}

/** Every answered attribute was offered with that value; a life duration may come in the other form. */
function hasOnlyOffered(
  answered: readonly Attribute[],
  offered: readonly Attribute[],
  lifeType: number,
): boolean {
  return answered.every((attribute) =>
    offered.some(
      (candidate) =>
        candidate.type === attribute.type && (attribute.type === lifeType || sameValue(candidate, attribute)),
    ),
  );
}

function sameValue(a: Attribute, b: Attribute): boolean {
  if (typeof a.value === 'number' || typeof b.value === 'number') return a.value === b.value;
  return equalOctets(a.value, b.value);
}

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
 * The SA payload of a quick mode initiator: one ESP proposal. All transforms must ask for one PFS
 * group, because there is one KE payload; see `transformsOfOneGroup`.
 */
export function offerPhase2(offer: Phase2Offer): SecurityAssociationPayload {
  return saPayload({
    number: 1,
    protocolId: ProtocolId.esp,
    spi: offer.spi,
    transforms: offer.transforms.map((transform, i) => ({
      number: i + 1,
      transformId: ESP_TRANSFORM_NUMBER[transform.encryption],
      attributes: phase2Attributes(transform, offer),
    })),
  });
}

/** The transforms that share the PFS group (or its absence) of the first one. */
export function transformsOfOneGroup(transforms: readonly EspTransform[]): readonly EspTransform[] {
  const group = transforms[0]?.group;
  return transforms.filter((transform) => transform.group === group);
}

function phase2Attributes(
  transform: EspTransform,
  offer: Omit<Phase2Offer, 'spi' | 'transforms'>,
): Attribute[] {
  const attributes: Attribute[] = [
    ...lifetimeAttributes(IPSEC_LIFETIME, {
      seconds: offer.lifetimeS,
      kilobytes: offer.lifetimeKilobytes ?? Infinity,
    }),
    { type: IpsecAttribute.encapsulationMode, value: encapsulationMode(offer.encapsulation, offer.isNatted) },
  ];
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
  return attributes;
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
    // Proposals of one number are one AND-ed bundle, such as ESP with IPComp, which nobody here offers alone.
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
  return saPayload({ ...choice.proposal, spi: ownSpi });
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
