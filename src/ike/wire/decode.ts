/**
 * Octets into payloads. Each payload begins with the generic header (RFC 2408 §3.2):
 *
 * ```text
 *  0                   1                   2                   3
 *  0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 * +---------------+---------------+-------------------------------+
 * | next payload  |   RESERVED    | length, this header included  |
 * +---------------+---------------+-------------------------------+
 * ```
 */
import { decodeHeader } from './header.ts';
import { MAXIMUM_PAYLOADS } from './limits.ts';
import type { Header, Payload, PayloadChain } from './message.ts';
import { GENERIC_HEADER_LENGTH, HEADER_LENGTH, HeaderFlag, PayloadType } from './numbers.ts';
import { decodeAttributesPayload } from './payload/attributes.ts';
import { decodeCertificateRequest } from './payload/certificate-request.ts';
import { decodeCertificate } from './payload/certificate.ts';
import { decodeDelete } from './payload/delete.ts';
import { decodeFragment } from './payload/fragment.ts';
import { decodeHash } from './payload/hash.ts';
import { decodeIdentification } from './payload/identification.ts';
import { decodeKeyExchange } from './payload/key-exchange.ts';
import { decodeNatDiscovery } from './payload/nat-discovery.ts';
import { decodeNatOriginalAddress } from './payload/nat-original-address.ts';
import { decodeNonce } from './payload/nonce.ts';
import { decodeNotification } from './payload/notification.ts';
import { decodeSecurityAssociation } from './payload/security-association.ts';
import { decodeSignature } from './payload/signature.ts';
import { decodeUnknown } from './payload/unknown.ts';
import { decodeVendorId } from './payload/vendor-id.ts';
import { Reader } from './reader.ts';
import { WireError } from './wire-error.ts';

/** A clear message. */
export interface DecodedMessage extends PayloadChain {
  header: Header;
}

/** Payload types whose bodies are encrypted one by one, under generic headers in clear (RFC 2409 §5.2, §5.3). */
export type OpaqueTypes = ReadonlySet<number>;
export const NONE_OPAQUE: OpaqueTypes = new Set();

/**
 * Reads a message whose payloads are clear, without its non-ESP marker. All octet strings in the
 * result are views of `octets`. `consumed` counts from the end of the header; octets between the
 * last payload and the end of the message are the caller's to judge. `opaque` as in `decodePayloads`;
 * `header` is that of `octets` where it was decoded before.
 * @throws WireError as `decodeHeader` and `decodePayloads`; `encrypted` when the encryption flag is set.
 *   Offsets count from the start of the message.
 */
export function decodeMessage(
  octets: Uint8Array,
  opaque: OpaqueTypes = NONE_OPAQUE,
  header: Header = decodeHeader(octets),
): DecodedMessage {
  if ((header.flags & HeaderFlag.encryption) !== 0) {
    throw new WireError('encrypted', HEADER_LENGTH, 'the payloads are encrypted');
  }
  const reader = new Reader(octets, HEADER_LENGTH, header.length);
  const payloads = decodeChain(header.nextPayload, reader, opaque);
  return { header, payloads, consumed: reader.offset - HEADER_LENGTH };
}

/**
 * Walks a chain of payloads that begins with one of type `firstType` at the start of `octets`
 * and ends with the payload that names no next one. What follows is padding and may be anything:
 * `consumed` tells where it begins. Octet strings in the result are views of `octets`. Bodies of
 * types in `opaque` are not looked into and come as payloads of kind `unknown`.
 * @throws WireError when a payload is broken or a limit of `limits.ts` is passed; offsets count from
 *   the start of `octets`.
 */
export function decodePayloads(
  firstType: number,
  octets: Uint8Array,
  opaque: OpaqueTypes = NONE_OPAQUE,
): PayloadChain {
  const reader = new Reader(octets);
  const payloads = decodeChain(firstType, reader, opaque);
  return { payloads, consumed: reader.offset };
}

/**
 * The payload that a body of the given type is, as if it had come in a chain.
 * @throws WireError when the body is broken; offsets count from its start.
 */
export function decodePayload(type: number, body: Uint8Array): Payload {
  const payload = decodeBody(type, new Reader(body));
  payload.raw = body;
  return payload;
}

function decodeChain(firstType: number, reader: Reader, opaque: OpaqueTypes): Payload[] {
  const payloads: Payload[] = [];
  let type = firstType;
  while (type !== PayloadType.none) {
    if (payloads.length === MAXIMUM_PAYLOADS) {
      throw new WireError('limit-payloads', reader.offset, `more than ${MAXIMUM_PAYLOADS} payloads`);
    }
    const start = reader.offset;
    const next = reader.readUint8('next payload');
    const reserved = reader.readUint8('RESERVED');
    const length = reader.readUint16('payload length');
    if (length < GENERIC_HEADER_LENGTH) {
      throw new WireError('length-too-small', start, `payload length ${length} is less than its header's 4`);
    }
    const body = reader.readPart(length - GENERIC_HEADER_LENGTH, 'payload');
    const payload = opaque.has(type) ? decodeUnknown(body, type) : decodeBody(type, body);
    payload.raw = reader.octets.subarray(start + GENERIC_HEADER_LENGTH, start + length);
    if (reserved !== 0) payload.reserved = reserved;
    payloads.push(payload);
    type = next;
  }
  return payloads;
}

function decodeBody(type: number, body: Reader): Payload {
  switch (type) {
    case PayloadType.securityAssociation:
      return decodeSecurityAssociation(body);
    case PayloadType.keyExchange:
      return decodeKeyExchange(body);
    case PayloadType.identification:
      return decodeIdentification(body);
    case PayloadType.certificate:
      return decodeCertificate(body);
    case PayloadType.certificateRequest:
      return decodeCertificateRequest(body);
    case PayloadType.hash:
      return decodeHash(body);
    case PayloadType.signature:
      return decodeSignature(body);
    case PayloadType.nonce:
      return decodeNonce(body);
    case PayloadType.notification:
      return decodeNotification(body);
    case PayloadType.delete:
      return decodeDelete(body);
    case PayloadType.vendorId:
      return decodeVendorId(body);
    case PayloadType.attributes:
      return decodeAttributesPayload(body);
    case PayloadType.natDiscovery:
    case PayloadType.natDiscoveryDraft:
      return decodeNatDiscovery(body, type === PayloadType.natDiscoveryDraft);
    case PayloadType.natOriginalAddress:
    case PayloadType.natOriginalAddressDraft:
      return decodeNatOriginalAddress(body, type === PayloadType.natOriginalAddressDraft);
    case PayloadType.fragment:
      return decodeFragment(body);
    default:
      return decodeUnknown(body, type);
  }
}
