/**
 * Proposals, the substructures of an SA payload (RFC 2408 §3.5).
 *
 * ```text
 *  0                   1                   2                   3
 *  0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 * +---------------+---------------+-------------------------------+
 * | 2, last: 0    |   RESERVED    |        proposal length        |
 * +---------------+---------------+---------------+---------------+
 * | proposal no.  |  protocol ID  |   SPI size    | transforms    |
 * +---------------+---------------+---------------+---------------+
 * |                  SPI, then the transforms                     .
 * +---------------------------------------------------------------+
 * ```
 */
import { MAXIMUM_PROPOSALS, MAXIMUM_TRANSFORMS } from '../limits.ts';
import type { Proposal } from '../message.ts';
import { PayloadType } from '../numbers.ts';
import type { Reader } from '../reader.ts';
import { WireError } from '../wire-error.ts';
import type { Writer } from '../writer.ts';
import { decodeSubstructures } from './substructure.ts';
import { decodeTransforms, encodeTransforms, transformLength } from './transform.ts';

const PROPOSAL_HEADER_LENGTH = 8;

/**
 * Reads all proposals up to the end of `reader`.
 * @throws WireError for anything but a list of proposals, or more than the limits allow.
 */
export function decodeProposals(reader: Reader): Proposal[] {
  let transformsLeft = MAXIMUM_TRANSFORMS;
  return decodeSubstructures(
    reader,
    {
      type: PayloadType.proposal,
      name: 'proposal',
      headerLength: PROPOSAL_HEADER_LENGTH,
      maximum: MAXIMUM_PROPOSALS,
      limit: 'limit-proposals',
    },
    (part, reserved) => {
      const proposal = decodeProposal(part, reserved, transformsLeft);
      transformsLeft -= proposal.transforms.length;
      return proposal;
    },
  );
}

function decodeProposal(part: Reader, reserved: number, maximumTransforms: number): Proposal {
  const number = part.readUint8('proposal number');
  const protocolId = part.readUint8('protocol ID');
  const spiLength = part.readUint8('SPI size');
  const countOffset = part.offset;
  const count = part.readUint8('transform count');
  const spi = part.readOctets(spiLength, 'SPI');
  const transforms = decodeTransforms(part, maximumTransforms);
  if (transforms.length !== count) {
    throw new WireError(
      'transform-count',
      countOffset,
      `a proposal announces ${count} transforms and has ${transforms.length}`,
    );
  }
  const proposal: Proposal = { number, protocolId, spi, transforms };
  if (reserved !== 0) proposal.reserved = reserved;
  return proposal;
}

/** Octets of one proposal with its own header. */
export function proposalLength(proposal: Proposal): number {
  let length = PROPOSAL_HEADER_LENGTH + proposal.spi.length;
  for (const transform of proposal.transforms) length += transformLength(transform);
  return length;
}

/** @throws RangeError for a number that does not fit its field, so for more than 255 transforms or SPI octets. */
export function encodeProposals(proposals: readonly Proposal[], writer: Writer): void {
  let left = proposals.length;
  for (const proposal of proposals) {
    left--;
    writer.writeUint8(left === 0 ? PayloadType.none : PayloadType.proposal);
    writer.writeUint8(proposal.reserved ?? 0);
    writer.writeUint16(proposalLength(proposal));
    writer.writeUint8(proposal.number);
    writer.writeUint8(proposal.protocolId);
    writer.writeUint8(proposal.spi.length);
    writer.writeUint8(proposal.transforms.length);
    writer.writeOctets(proposal.spi);
    encodeTransforms(proposal.transforms, writer);
  }
}
