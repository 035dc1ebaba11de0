/**
 * Security association payload (RFC 2408 §3.4, RFC 2407 §4.6.1); body after the generic header:
 *
 * ```text
 *  0                   1                   2                   3
 *  0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 * +---------------------------------------------------------------+
 * |                  DOI: 0 ISAKMP, 1 IPsec                       |
 * +---------------------------------------------------------------+
 * |                  situation: 1 SIT_IDENTITY_ONLY               |
 * +---------------------------------------------------------------+
 * |                         proposals                             .
 * +---------------------------------------------------------------+
 * ```
 */
import type { SecurityAssociationPayload } from '../message.ts';
import { Doi, Situation } from '../numbers.ts';
import type { Reader } from '../reader.ts';
import { WireError } from '../wire-error.ts';
import type { Writer } from '../writer.ts';
import { decodeProposals, encodeProposals, proposalLength } from './proposal.ts';

/**
 * Reads an SA body.
 * @throws WireError `unsupported-doi`, `unsupported-situation` (labelled domains), or as the proposals are broken.
 */
export function decodeSecurityAssociation(body: Reader): SecurityAssociationPayload {
  const doiOffset = body.offset;
  const doi = body.readUint32('DOI');
  if (doi !== Doi.isakmp && doi !== Doi.ipsec) {
    throw new WireError('unsupported-doi', doiOffset, `DOI ${doi} is not known`);
  }
  const situationOffset = body.offset;
  const situation = body.readUint32('situation');
  if ((situation & (Situation.secrecy | Situation.integrity)) !== 0) {
    throw new WireError(
      'unsupported-situation',
      situationOffset,
      `situation ${situation} has labelled domains`,
    );
  }
  return { kind: 'security-association', doi, situation, proposals: decodeProposals(body) };
}

/** Octets of the body. */
export function securityAssociationLength(payload: SecurityAssociationPayload): number {
  let length = 8;
  for (const proposal of payload.proposals) length += proposalLength(proposal);
  return length;
}

/** Writes the body. @throws RangeError for a number that does not fit its field. */
export function encodeSecurityAssociation(payload: SecurityAssociationPayload, writer: Writer): void {
  writer.writeUint32(payload.doi);
  writer.writeUint32(payload.situation);
  encodeProposals(payload.proposals, writer);
}
