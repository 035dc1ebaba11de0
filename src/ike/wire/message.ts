/**
 * ISAKMP messages as values: what `decode.ts` makes of octets and `encode.ts` turns into octets.
 * Payload contents are plain data; octet strings are `Uint8Array` views that may share the
 * datagram's memory and must not be written to.
 */
import type { PayloadType } from './numbers.ts';

/** The fixed header (RFC 2408 §3.1). `length` is that of the whole message, in octets. */
export interface Header {
  initiatorCookie: Uint8Array;
  responderCookie: Uint8Array;
  nextPayload: number;
  /** Major version in the high four bits, minor in the low four. */
  version: number;
  exchangeType: number;
  flags: number;
  /** Unsigned 32 bits; 0 in phase 1. */
  messageId: number;
  length: number;
}

/** Fields that every payload carries. */
interface PayloadBase {
  /**
   * Octets of the body as they came (without the generic header); what the RFC calls `<P>_b`.
   * Set by the decoder; the encoder ignores it, except for payloads of kind `unknown`.
   */
  raw?: Uint8Array;
  /** The RESERVED octet of the generic header when it was not zero, so that re-encoding is exact. */
  reserved?: number;
}

/** A data attribute (RFC 2408 §3.3): a number in the basic form (AF = 1), octets in the variable form (AF = 0). */
export interface Attribute {
  /** 15 bits, without the AF bit. */
  type: number;
  value: number | Uint8Array;
}

/** RFC 2408 §3.6. */
export interface Transform {
  number: number;
  transformId: number;
  attributes: Attribute[];
  /** RESERVED octet of its generic header, when not zero. */
  reserved?: number;
  /** The 16 bits of RESERVED2, when not zero. */
  reserved2?: number;
}

/** RFC 2408 §3.5. Several proposals with one number are one AND-ed suite. */
export interface Proposal {
  number: number;
  protocolId: number;
  spi: Uint8Array;
  transforms: Transform[];
  /** RESERVED octet of its generic header, when not zero. */
  reserved?: number;
}

/** RFC 2408 §3.4, RFC 2407 §4.6.1. */
export interface SecurityAssociationPayload extends PayloadBase {
  kind: 'security-association';
  doi: number;
  situation: number;
  proposals: Proposal[];
}
/** RFC 2408 §3.7. */
export interface KeyExchangePayload extends PayloadBase {
  kind: 'key-exchange';
  data: Uint8Array;
}
/** RFC 2408 §3.8, RFC 2407 §4.6.2. */
export interface IdentificationPayload extends PayloadBase {
  kind: 'identification';
  idType: number;
  protocolId: number;
  port: number;
  data: Uint8Array;
}
/** RFC 2408 §3.9. */
export interface CertificatePayload extends PayloadBase {
  kind: 'certificate';
  encoding: number;
  data: Uint8Array;
}
/** RFC 2408 §3.10. */
export interface CertificateRequestPayload extends PayloadBase {
  kind: 'certificate-request';
  encoding: number;
  authority: Uint8Array;
}
/** RFC 2408 §3.11. */
export interface HashPayload extends PayloadBase {
  kind: 'hash';
  data: Uint8Array;
}
/** RFC 2408 §3.12. */
export interface SignaturePayload extends PayloadBase {
  kind: 'signature';
  data: Uint8Array;
}
/** RFC 2408 §3.13. */
export interface NoncePayload extends PayloadBase {
  kind: 'nonce';
  data: Uint8Array;
}
/** RFC 2408 §3.14. */
export interface NotificationPayload extends PayloadBase {
  kind: 'notification';
  doi: number;
  protocolId: number;
  spi: Uint8Array;
  notifyType: number;
  data: Uint8Array;
}
/** RFC 2408 §3.15. All SPIs have one length. */
export interface DeletePayload extends PayloadBase {
  kind: 'delete';
  doi: number;
  protocolId: number;
  spis: Uint8Array[];
  /** SPI size field; needed when `spis` is empty, otherwise equal to the SPIs' length. */
  spiLength: number;
}
/** RFC 2408 §3.16. */
export interface VendorIdPayload extends PayloadBase {
  kind: 'vendor-id';
  data: Uint8Array;
}
/** Mode-config and XAUTH attributes (draft-dukes-ike-mode-cfg-02 §3.2). */
export interface AttributesPayload extends PayloadBase {
  kind: 'attributes';
  /** 1 request, 2 reply, 3 set, 4 ack. */
  messageType: number;
  identifier: number;
  attributes: Attribute[];
  /** Zero octets after the last attribute but inside the payload length (libreswan 4.10 pads so); at most 3. */
  trailing?: number;
  /** RESERVED octet after the message type, when not zero. */
  reserved2?: number;
}
/** RFC 3947 §3.2; `draft` when it came under the number of the drafts (0x82). */
export interface NatDiscoveryPayload extends PayloadBase {
  kind: 'nat-discovery';
  data: Uint8Array;
  draft?: boolean;
}
/** RFC 3947 §5.2; `draft` when it came under the number of the drafts (0x83). */
export interface NatOriginalAddressPayload extends PayloadBase {
  kind: 'nat-original-address';
  idType: number;
  address: Uint8Array;
  draft?: boolean;
  /** The 24 RESERVED bits after the ID type, when not zero. */
  reserved2?: number;
}
/** The IKE fragment payload (type 0x84): a piece of a whole ISAKMP message. */
export interface FragmentPayload extends PayloadBase {
  kind: 'fragment';
  fragmentId: number;
  /** Counts from 1. */
  number: number;
  isLast: boolean;
  data: Uint8Array;
  /** Bits of the flags octet other than `isLast`, when not zero. */
  reserved2?: number;
}
/** Any other payload type; survives a round trip untouched. */
export interface UnknownPayload extends PayloadBase {
  kind: 'unknown';
  type: number;
  raw: Uint8Array;
}

export type Payload =
  | SecurityAssociationPayload
  | KeyExchangePayload
  | IdentificationPayload
  | CertificatePayload
  | CertificateRequestPayload
  | HashPayload
  | SignaturePayload
  | NoncePayload
  | NotificationPayload
  | DeletePayload
  | VendorIdPayload
  | AttributesPayload
  | NatDiscoveryPayload
  | NatOriginalAddressPayload
  | FragmentPayload
  | UnknownPayload;

export type PayloadKind = Payload['kind'];

/** A decoded chain of payloads and how many octets it took; what follows is padding. */
export interface PayloadChain {
  payloads: Payload[];
  consumed: number;
}

/** Wire number of each kind but `unknown` (draft NAT payloads have their own, see `encode.ts`). */
export type KnownPayloadNumber = PayloadType;
