/** Misdeeds done to the payloads of a message, before it is hashed and encrypted. */
import { decodePayloads } from '../../ike/wire/decode.ts';
import { encodePayloads, opaquePayload, payloadNumber } from '../../ike/wire/encode.ts';
import type { Payload, SecurityAssociationPayload } from '../../ike/wire/message.ts';
import { IkeAttribute, IpsecAttribute, PayloadType, ProtocolId } from '../../ike/wire/numbers.ts';
import { WireError } from '../../ike/wire/wire-error.ts';
import { type MessageMisdeed, type MisusedPayload, type PayloadMisdeed, TYPE_OF_PAYLOAD } from './rule.ts';

/** An integer from 0 to bound - 1. */
export type DrawBelow = (bound: number) => number;

/** Reserved to IANA (RFC 2408 §3.1), and no draft of NAT traversal ever took it. */
const UNKNOWN_TYPE = 0x40;
const UNKNOWN_OCTETS = 16;
const RESERVED_OCTET = 0xff;
/** Bits that no cipher has. */
const WRONG_KEY_BITS = 77;

/** Octets in place of the body of a payload, once or several times. */
export function misusedBodies(
  misdeed: PayloadMisdeed,
  body: Uint8Array,
  drawBelow: DrawBelow,
): readonly Uint8Array[] {
  switch (misdeed) {
    case 'omit-payload':
      return [];
    case 'empty-payload':
      return [new Uint8Array(0)];
    case 'zero-payload':
      return [new Uint8Array(body.length)];
    case 'wrong-payload':
      return [withOneWrongBit(body, 0, drawBelow)];
    case 'duplicate-payload':
      return [body, body];
  }
}

/** Whether a message has payloads of a kind, be they written out or opaque. */
export function hasPayload(payloads: readonly Payload[], kind: MisusedPayload): boolean {
  return payloads.some((payload) => payloadNumber(payload) === TYPE_OF_PAYLOAD[kind]);
}

/** The payloads with all of one kind misused. */
export function misusePayloads(
  misdeed: PayloadMisdeed,
  kind: MisusedPayload,
  payloads: readonly Payload[],
  drawBelow: DrawBelow,
): Payload[] {
  const type = TYPE_OF_PAYLOAD[kind];
  return payloads.flatMap((payload): readonly Payload[] => {
    if (payloadNumber(payload) !== type) return [payload];
    const { raw: body } = opaquePayload(payload);
    return misusedBodies(misdeed, body, drawBelow).map((raw) => ({ kind: 'unknown', type, raw }));
  });
}

/** Whether there is anything in a message that a misdeed could be done to. */
export function canMisuse(misdeed: MessageMisdeed, payloads: readonly Payload[]): boolean {
  switch (misdeed) {
    case 'unknown-payload':
      return true;
    case 'reserved-field':
      return payloads.length > 0;
    case 'wrong-key-length':
      return payloads.some((payload) => {
        const offer = writtenOut(payload);
        return offer !== undefined && hasKeyLength(offer);
      });
  }
}

export function misuseMessage(misdeed: MessageMisdeed, payloads: readonly Payload[]): readonly Payload[] {
  switch (misdeed) {
    case 'unknown-payload':
      return [...payloads, { kind: 'unknown', type: UNKNOWN_TYPE, raw: new Uint8Array(UNKNOWN_OCTETS) }];
    case 'reserved-field':
      return payloads.map((payload, index) =>
        index === 0 ? { ...payload, reserved: RESERVED_OCTET } : payload,
      );
    case 'wrong-key-length':
      return payloads.map((payload) => {
        const offer = writtenOut(payload);
        return offer === undefined ? payload : withWrongKeyLengths(offer);
      });
  }
}

/** A copy in which one bit of the octets from `start` on is not what it was; what has no octets stays as it is. */
export function withOneWrongBit(octets: Uint8Array, start: number, drawBelow: DrawBelow): Uint8Array {
  const wrong = octets.slice();
  if (octets.length <= start) return wrong;
  const bit = drawBelow((octets.length - start) * 8);
  const index = start + (bit >>> 3);
  wrong[index] = wrong[index]! ^ (1 << (bit & 7));
  return wrong;
}

/** An SA payload, also one whose body is octets already, as that of an answer; undefined for one that was misused before. */
function writtenOut(payload: Payload): SecurityAssociationPayload | undefined {
  if (payloadNumber(payload) !== PayloadType.securityAssociation) return undefined;
  try {
    const [decoded] = decodePayloads(PayloadType.securityAssociation, encodePayloads([payload])).payloads;
    return decoded?.kind === 'security-association' ? decoded : undefined;
  } catch (error) {
    if (error instanceof WireError) return undefined;
    throw error;
  }
}

function isKeyLength(protocolId: number, type: number): boolean {
  return type === (protocolId === ProtocolId.isakmp ? IkeAttribute.keyLength : IpsecAttribute.keyLength);
}

function hasKeyLength({ proposals }: SecurityAssociationPayload): boolean {
  return proposals.some(({ protocolId, transforms }) =>
    transforms.some(({ attributes }) => attributes.some(({ type }) => isKeyLength(protocolId, type))),
  );
}

function withWrongKeyLengths(payload: SecurityAssociationPayload): SecurityAssociationPayload {
  return {
    ...payload,
    proposals: payload.proposals.map((proposal) => ({
      ...proposal,
      transforms: proposal.transforms.map((transform) => ({
        ...transform,
        attributes: transform.attributes.map((attribute) =>
          isKeyLength(proposal.protocolId, attribute.type)
            ? { ...attribute, value: WRONG_KEY_BITS }
            : attribute,
        ),
      })),
    })),
  };
}
