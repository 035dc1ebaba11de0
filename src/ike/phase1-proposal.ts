/**
 * Making, choosing and checking proposals of phase 1 (RFC 2408 §4.2, RFC 2409 §5, Appendix A). The
 * responder answers with one transform, attributes as received; the initiator checks that it offered it.
 */
import { AUTHENTICATION_NUMBER, authenticationOfNumber, type Authentication } from './authentication.ts';
import { IKE_LIFETIME, lifetimeAttributes, readLifetime, type Lifetime } from './lifetime.ts';
import { attributeNumber, hasOnlyOffered, onlyTransform, saPayload } from './proposal.ts';
import { IKE_ENCRYPTION_NUMBER, IKE_HASH_NUMBER, type IkeTransform } from './transform.ts';
import type { Attribute, SecurityAssociationPayload, Transform } from './wire/message.ts';
import { Doi, IkeAttribute, ProtocolId, TRANSFORM_KEY_IKE } from './wire/numbers.ts';

const NO_SPI = new Uint8Array(0);

/** The SA payload of a phase 1 initiator: one proposal, one transform for each choice, in order. */
export function offerPhase1(
  transforms: readonly IkeTransform[],
  authentication: Authentication,
  lifetimeS: number,
  lifetimeKilobytes = Infinity,
): SecurityAssociationPayload {
  const lifetime = { seconds: lifetimeS, kilobytes: lifetimeKilobytes };
  return saPayload([
    {
      number: 1,
      protocolId: ProtocolId.isakmp,
      spi: NO_SPI,
      transforms: transforms.map((transform, i) => ({
        number: i + 1,
        transformId: TRANSFORM_KEY_IKE,
        attributes: phase1Attributes(transform, authentication, lifetime),
      })),
    },
  ]);
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
        answer: { ...saPayload([{ ...proposal, transforms: [offered] }]), doi: offer.doi },
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
