/**
 * Offers of more than ESP: AH, and bundles of ESP with AH or IPComp. Proposal payloads of one number
 * are one bundle, all or nothing; different numbers are alternatives (RFC 2408 §4.2). Nobody here runs
 * AH (RFC 4302) or IPComp (RFC 3173): they are offered so that a responder can be seen to choose.
 */
import {
  commonAttributes,
  espTransforms,
  sequenceNumberAttributes,
  type Phase2Offer,
} from './phase2-proposal.ts';
import { hasOnlyOffered, saPayload } from './proposal.ts';
import { drawCpi, drawSpi } from './spi.ts';
import type { HashName, RandomOctets } from './suite.ts';
import { AH_TRANSFORM_NUMBER, ESP_AUTHENTICATION_NUMBER } from './transform.ts';
import type { Proposal, SecurityAssociationPayload, Transform } from './wire/message.ts';
import { IpcompTransform, IpsecAttribute, ProtocolId } from './wire/numbers.ts';

/** What protects the traffic; `+` joins what only stands together. */
export const PROTECTIONS = ['esp', 'ah', 'ah+esp', 'esp+ipcomp'] as const;
export type Protection = (typeof PROTECTIONS)[number];

/** What an initiator asks for that is told nothing else. */
export const ESP_ALONE: readonly Protection[] = ['esp'];

type Protocol = 'ah' | 'esp' | 'ipcomp';

const PROTOCOLS: Readonly<Record<Protection, readonly Protocol[]>> = {
  esp: ['esp'],
  ah: ['ah'],
  'ah+esp': ['ah', 'esp'],
  'esp+ipcomp': ['esp', 'ipcomp'],
};

type OfferWithoutSpi = Omit<Phase2Offer, 'spi'>;

/**
 * The SA payload of a quick mode initiator: proposal 1 for the first of `protections`, and so on. Every
 * ESP proposal has the SPI of the offer; those of AH and the CPI of IPComp are drawn when needed.
 * AH takes the integrity algorithms of the ESP transforms, of which at least one must have one.
 */
export function offerProtections(
  offer: Phase2Offer,
  protections: readonly Protection[],
  random: RandomOctets,
): SecurityAssociationPayload {
  const isOffered = (protocol: Protocol): boolean =>
    protections.some((protection) => PROTOCOLS[protection].includes(protocol));
  const spis: Readonly<Record<Protocol, Uint8Array>> = {
    esp: offer.spi,
    ah: isOffered('ah') ? drawSpi(random) : offer.spi,
    ipcomp: isOffered('ipcomp') ? drawCpi(random) : offer.spi,
  };
  const proposals: Proposal[] = [];
  let number = 0;
  for (const protection of protections) {
    number++;
    for (const protocol of PROTOCOLS[protection]) {
      const transforms = offeredTransforms(protocol, offer);
      proposals.push({ number, protocolId: ProtocolId[protocol], spi: spis[protocol], transforms });
    }
  }
  return saPayload(proposals);
}

/**
 * Which of `protections`, other than ESP alone, the responder chose: every protocol of it has come back
 * under one number, each with one transform that was offered. Otherwise undefined, also for a part of a bundle.
 */
export function chosenProtection(
  answer: SecurityAssociationPayload,
  offer: OfferWithoutSpi,
  protections: readonly Protection[],
): Protection | undefined {
  const [first] = answer.proposals;
  if (answer.proposals.some(({ number }) => number !== first?.number)) return undefined;
  return protections.find(
    (protection) => protection !== 'esp' && isAnswerTo(answer.proposals, PROTOCOLS[protection], offer),
  );
}

function isAnswerTo(
  answered: readonly Proposal[],
  protocols: readonly Protocol[],
  offer: OfferWithoutSpi,
): boolean {
  if (answered.length !== protocols.length) return false;
  return protocols.every((protocol) => {
    const proposal = answered.find(({ protocolId }) => protocolId === ProtocolId[protocol]);
    if (proposal === undefined || !isSpiLength(protocol, proposal.spi.length)) return false;
    const [transform, another] = proposal.transforms;
    if (transform === undefined || another !== undefined) return false;
    return offeredTransforms(protocol, offer).some(
      ({ transformId, attributes }) =>
        transformId === transform.transformId &&
        hasOnlyOffered(transform.attributes, attributes, IpsecAttribute.lifeDuration),
    );
  });
}

/** A CPI may also come as the lower half of four octets (RFC 3173 §4.1). */
function isSpiLength(protocol: Protocol, length: number): boolean {
  return length === 4 || (protocol === 'ipcomp' && length === 2);
}

function offeredTransforms(protocol: Protocol, offer: OfferWithoutSpi): Transform[] {
  switch (protocol) {
    case 'esp':
      return espTransforms(offer);
    case 'ah':
      return ahTransforms(offer);
    case 'ipcomp':
      return [{ number: 1, transformId: IpcompTransform.deflate, attributes: commonAttributes(offer) }];
  }
}

/** The algorithm stands in the transform and in its attribute, both in agreement (RFC 2407 §4.4.3). */
function ahTransforms(offer: OfferWithoutSpi): Transform[] {
  const integrities = new Map<HashName, (typeof offer.transforms)[number]>();
  for (const transform of offer.transforms) {
    const { integrity } = transform;
    if (integrity !== undefined && !integrities.has(integrity)) integrities.set(integrity, transform);
  }
  return [...integrities].map(([integrity, transform], i) => ({
    number: i + 1,
    transformId: AH_TRANSFORM_NUMBER[integrity],
    attributes: [
      // Though only ESP goes inside UDP: some responders take the mode of the first proposal for any.
      ...commonAttributes(offer),
      { type: IpsecAttribute.authenticationAlgorithm, value: ESP_AUTHENTICATION_NUMBER[integrity] },
      ...(transform.group === undefined
        ? []
        : [{ type: IpsecAttribute.groupDescription, value: transform.group }]),
      ...sequenceNumberAttributes(transform),
    ],
  }));
}
