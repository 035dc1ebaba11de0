/** What proposals of both phases have in common (RFC 2408 §4.2). */
import type { Attribute, Proposal, SecurityAssociationPayload, Transform } from './wire/message.ts';
import { Doi, Situation } from './wire/numbers.ts';
import { equalOctets } from './wire/octets.ts';

/** Value of the first attribute of a type as a number; variable ones of up to 6 octets count as big-endian numbers. */
export function attributeNumber(transform: Transform, type: number): number | undefined {
  const attribute = transform.attributes.find((candidate) => candidate.type === type);
  if (attribute === undefined) return undefined;
  if (typeof attribute.value === 'number') return attribute.value;
  if (attribute.value.length > 6) return undefined;
  let value = 0;
  for (const octet of attribute.value) value = value * 256 + octet;
  return value;
}

/** The SA payload around proposals (RFC 2407 §4.6.1). */
export function saPayload(proposals: Proposal[]): SecurityAssociationPayload {
  return { kind: 'security-association', doi: Doi.ipsec, situation: Situation.identityOnly, proposals };
}

/** The transform of an answer that is one proposal of that protocol with one transform; otherwise undefined. */
export function onlyTransform(answer: SecurityAssociationPayload, protocolId: number): Transform | undefined {
  const [proposal, another] = answer.proposals;
  if (proposal === undefined || another !== undefined || proposal.protocolId !== protocolId) return undefined;
  return proposal.transforms.length === 1 ? proposal.transforms[0] : undefined;
}

/** Every answered attribute was offered with that value; a life duration may come in the other form. */
export function hasOnlyOffered(
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
