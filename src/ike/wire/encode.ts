/**
 * Payloads into octets. Lengths are computed first, so that a whole message takes one allocation
 * and every octet is written once.
 */
import { writeHeader } from './header.ts';
import type { Header, Payload, UnknownPayload } from './message.ts';
import { GENERIC_HEADER_LENGTH, HEADER_LENGTH, PayloadType } from './numbers.ts';
import { attributesPayloadLength, encodeAttributesPayload } from './payload/attributes.ts';
import { certificateRequestLength, encodeCertificateRequest } from './payload/certificate-request.ts';
import { certificateLength, encodeCertificate } from './payload/certificate.ts';
import { deleteLength, encodeDelete } from './payload/delete.ts';
import { encodeFragment, fragmentLength } from './payload/fragment.ts';
import { encodeHash, hashLength } from './payload/hash.ts';
import { encodeIdentification, identificationLength } from './payload/identification.ts';
import { encodeKeyExchange, keyExchangeLength } from './payload/key-exchange.ts';
import { encodeNatDiscovery, natDiscoveryLength } from './payload/nat-discovery.ts';
import { encodeNatOriginalAddress, natOriginalAddressLength } from './payload/nat-original-address.ts';
import { encodeNonce, nonceLength } from './payload/nonce.ts';
import { encodeNotification, notificationLength } from './payload/notification.ts';
import { encodeSecurityAssociation, securityAssociationLength } from './payload/security-association.ts';
import { encodeSignature, signatureLength } from './payload/signature.ts';
import { encodeUnknown, unknownLength } from './payload/unknown.ts';
import { encodeVendorId, vendorIdLength } from './payload/vendor-id.ts';
import { Writer } from './writer.ts';

/** What a sender says of a message; next payload and length follow from the payloads. */
export type HeaderFields = Omit<Header, 'nextPayload' | 'length'>;

/**
 * A whole clear message with its header, without a non-ESP marker. The octets are fresh.
 * @throws RangeError for a value that does not fit its field, so for a payload of more than 65535 octets.
 */
export function encodeMessage(fields: HeaderFields, payloads: readonly Payload[]): Uint8Array {
  const length = HEADER_LENGTH + payloadsLength(payloads);
  const writer = new Writer(length);
  writeHeader(writer, fields, firstPayloadType(payloads), length);
  writeChain(writer, payloads);
  return writer.octets;
}

/**
 * A message whose body is octets already: the encrypted payloads, the first of which was of type `firstType`.
 * @throws RangeError for a value that does not fit its field.
 */
export function encodeMessageWithBody(fields: HeaderFields, firstType: number, body: Uint8Array): Uint8Array {
  const length = HEADER_LENGTH + body.length;
  const writer = new Writer(length);
  writeHeader(writer, fields, firstType, length);
  writer.writeOctets(body);
  return writer.octets;
}

/**
 * The chain of payloads with their generic headers, filled with zero octets to a multiple of
 * `blockLength` (RFC 2409 Appendix B pads so; 1: no padding). The octets are fresh and the caller's own.
 * @throws RangeError for a value that does not fit its field.
 */
export function encodePayloads(payloads: readonly Payload[], blockLength = 1): Uint8Array {
  const length = payloadsLength(payloads);
  const writer = new Writer(Math.ceil(length / blockLength) * blockLength);
  writeChain(writer, payloads);
  return writer.octets;
}

/**
 * The body of one payload without its generic header: what RFC 2409 writes as `SAi_b` or `IDii_b`.
 * @throws RangeError for a value that does not fit its field.
 */
export function encodeBody(payload: Payload): Uint8Array {
  const writer = new Writer(bodyLength(payload));
  writeBody(payload, writer);
  return writer.octets;
}

/**
 * The payload as a type and a body that nobody looks into, ready to be encrypted or decrypted by
 * itself (RFC 2409 §5.2, §5.3): the body as it came, or as it would be encoded.
 * @throws RangeError for a value that does not fit its field.
 */
export function opaquePayload(payload: Payload): UnknownPayload {
  return { kind: 'unknown', type: payloadNumber(payload), raw: payload.raw ?? encodeBody(payload) };
}

/** Octets of the chain with its generic headers, without padding. */
export function payloadsLength(payloads: readonly Payload[]): number {
  let length = payloads.length * GENERIC_HEADER_LENGTH;
  for (const payload of payloads) length += bodyLength(payload);
  return length;
}

/** Wire number of the first payload, 0 when there is none. */
export function firstPayloadType(payloads: readonly Payload[]): number {
  const first = payloads[0];
  return first === undefined ? PayloadType.none : payloadNumber(first);
}

function writeChain(writer: Writer, payloads: readonly Payload[]): void {
  for (let i = 0; i < payloads.length; i++) {
    const payload = payloads[i] as Payload;
    const next = payloads[i + 1];
    writer.writeUint8(next === undefined ? PayloadType.none : payloadNumber(next));
    writer.writeUint8(payload.reserved ?? 0);
    writer.writeUint16(GENERIC_HEADER_LENGTH + bodyLength(payload));
    writeBody(payload, writer);
  }
}

/** Number that announces the payload; that of the NAT traversal drafts where it is marked so. */
export function payloadNumber(payload: Payload): number {
  switch (payload.kind) {
    case 'security-association':
      return PayloadType.securityAssociation;
    case 'key-exchange':
      return PayloadType.keyExchange;
    case 'identification':
      return PayloadType.identification;
    case 'certificate':
      return PayloadType.certificate;
    case 'certificate-request':
      return PayloadType.certificateRequest;
    case 'hash':
      return PayloadType.hash;
    case 'signature':
      return PayloadType.signature;
    case 'nonce':
      return PayloadType.nonce;
    case 'notification':
      return PayloadType.notification;
    case 'delete':
      return PayloadType.delete;
    case 'vendor-id':
      return PayloadType.vendorId;
    case 'attributes':
      return PayloadType.attributes;
    case 'nat-discovery':
      return payload.draft === true ? PayloadType.natDiscoveryDraft : PayloadType.natDiscovery;
    case 'nat-original-address':
      return payload.draft === true ? PayloadType.natOriginalAddressDraft : PayloadType.natOriginalAddress;
    case 'fragment':
      return PayloadType.fragment;
    case 'unknown':
      return payload.type;
  }
}

function bodyLength(payload: Payload): number {
  switch (payload.kind) {
    case 'security-association':
      return securityAssociationLength(payload);
    case 'key-exchange':
      return keyExchangeLength(payload);
    case 'identification':
      return identificationLength(payload);
    case 'certificate':
      return certificateLength(payload);
    case 'certificate-request':
      return certificateRequestLength(payload);
    case 'hash':
      return hashLength(payload);
    case 'signature':
      return signatureLength(payload);
    case 'nonce':
      return nonceLength(payload);
    case 'notification':
      return notificationLength(payload);
    case 'delete':
      return deleteLength(payload);
    case 'vendor-id':
      return vendorIdLength(payload);
    case 'attributes':
      return attributesPayloadLength(payload);
    case 'nat-discovery':
      return natDiscoveryLength(payload);
    case 'nat-original-address':
      return natOriginalAddressLength(payload);
    case 'fragment':
      return fragmentLength(payload);
    case 'unknown':
      return unknownLength(payload);
  }
}

function writeBody(payload: Payload, writer: Writer): void {
  switch (payload.kind) {
    case 'security-association':
      return encodeSecurityAssociation(payload, writer);
    case 'key-exchange':
      return encodeKeyExchange(payload, writer);
    case 'identification':
      return encodeIdentification(payload, writer);
    case 'certificate':
      return encodeCertificate(payload, writer);
    case 'certificate-request':
      return encodeCertificateRequest(payload, writer);
    case 'hash':
      return encodeHash(payload, writer);
    case 'signature':
      return encodeSignature(payload, writer);
    case 'nonce':
      return encodeNonce(payload, writer);
    case 'notification':
      return encodeNotification(payload, writer);
    case 'delete':
      return encodeDelete(payload, writer);
    case 'vendor-id':
      return encodeVendorId(payload, writer);
    case 'attributes':
      return encodeAttributesPayload(payload, writer);
    case 'nat-discovery':
      return encodeNatDiscovery(payload, writer);
    case 'nat-original-address':
      return encodeNatOriginalAddress(payload, writer);
    case 'fragment':
      return encodeFragment(payload, writer);
    case 'unknown':
      return encodeUnknown(payload, writer);
  }
}
