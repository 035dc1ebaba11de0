/** Numbers assigned for ISAKMP and IKEv1 (RFC 2407, 2408, 2409, IANA "ipsec-registry"), in hex, under their RFC names. */

export const NON_ESP_MARKER_LENGTH = 4;
export const HEADER_LENGTH = 28;
export const GENERIC_HEADER_LENGTH = 4;
export const COOKIE_LENGTH = 8;
/** Major version 1, minor version 0 (RFC 2408 §3.1). */
export const VERSION_1_0 = 0x10;

/** Where the fields of the fixed header begin, after the initiator's cookie (RFC 2408 §3.1). */
export const HeaderOffset = {
  responderCookie: 8,
  nextPayload: 16,
  version: 17,
  exchangeType: 18,
  flags: 19,
  messageId: 20,
  length: 24,
} as const;

/** RFC 2408 §3.1, RFC 3947 §3.2 and §5.2; 0x84 is the private fragment payload of Cisco and Microsoft. */
export const PayloadType = {
  none: 0x00,
  securityAssociation: 0x01,
  proposal: 0x02,
  transform: 0x03,
  keyExchange: 0x04,
  identification: 0x05,
  certificate: 0x06,
  certificateRequest: 0x07,
  hash: 0x08,
  signature: 0x09,
  nonce: 0x0a,
  notification: 0x0b,
  delete: 0x0c,
  vendorId: 0x0d,
  attributes: 0x0e,
  natDiscovery: 0x14,
  natOriginalAddress: 0x15,
  natDiscoveryDraft: 0x82,
  natOriginalAddressDraft: 0x83,
  fragment: 0x84,
} as const;
export type PayloadType = (typeof PayloadType)[keyof typeof PayloadType];

/** RFC 2408 §3.1, RFC 2409 Appendix A; transaction is mode-config (draft-dukes-ike-mode-cfg). */
export const ExchangeType = {
  base: 0x01,
  identityProtection: 0x02,
  authenticationOnly: 0x03,
  aggressive: 0x04,
  informational: 0x05,
  transaction: 0x06,
  quickMode: 0x20,
  newGroupMode: 0x21,
} as const;

/** RFC 2408 §3.1. */
export const HeaderFlag = { encryption: 0x01, commit: 0x02, authenticationOnly: 0x04 } as const;

export const Doi = { isakmp: 0x00, ipsec: 0x01 } as const;
/** RFC 2407 §4.2. */
export const Situation = { identityOnly: 0x01, secrecy: 0x02, integrity: 0x04 } as const;

/** RFC 2407 §4.4.1. */
export const ProtocolId = { isakmp: 0x01, ah: 0x02, esp: 0x03, ipcomp: 0x04 } as const;

/** Transform identifier of phase 1 (RFC 2407 §4.4.2). */
export const TRANSFORM_KEY_IKE = 0x01;

/** RFC 2407 §4.4.3, RFC 4868 §2.6. */
export const AhTransform = { md5: 0x02, sha1: 0x03, sha256: 0x05, sha384: 0x06, sha512: 0x07 } as const;
/** RFC 2407 §4.4.5. */
export const IpcompTransform = { oui: 0x01, deflate: 0x02, lzs: 0x03 } as const;

/** RFC 2407 §4.4.4 and later registrations. */
export const EspTransform = {
  des: 0x02,
  tripleDes: 0x03,
  null: 0x0b,
  aesCbc: 0x0c,
  aesCtr: 0x0d,
  aesCcm8: 0x0e,
  aesCcm12: 0x0f,
  aesCcm16: 0x10,
  aesGcm8: 0x12,
  aesGcm12: 0x13,
  aesGcm16: 0x14,
} as const;

/** Attributes of a phase 1 transform (RFC 2409 Appendix A). */
export const IkeAttribute = {
  encryptionAlgorithm: 0x01,
  hashAlgorithm: 0x02,
  authenticationMethod: 0x03,
  groupDescription: 0x04,
  groupType: 0x05,
  lifeType: 0x0b,
  lifeDuration: 0x0c,
  prf: 0x0d,
  keyLength: 0x0e,
} as const;

export const IkeEncryption = { desCbc: 0x01, tripleDesCbc: 0x05, aesCbc: 0x07 } as const;
export const IkeHash = { md5: 0x01, sha1: 0x02, sha256: 0x04, sha384: 0x05, sha512: 0x06 } as const;
export const AuthenticationMethod = {
  preSharedKey: 0x01,
  dssSignature: 0x02,
  rsaSignature: 0x03,
  rsaEncryption: 0x04,
  rsaRevisedEncryption: 0x05,
  ecdsaSha256: 0x09,
  ecdsaSha384: 0x0a,
  ecdsaSha512: 0x0b,
  /** draft-ietf-ipsec-isakmp-hybrid-auth-05; "init": the initiator is the user, "resp": the responder is. */
  hybridInitRsaSignature: 0xfadd,
  hybridRespRsaSignature: 0xfade,
  /** draft-ietf-ipsec-isakmp-xauth-06. */
  xauthInitPreSharedKey: 0xfde9,
  xauthRespPreSharedKey: 0xfdea,
  xauthInitRsaSignature: 0xfded,
  xauthRespRsaSignature: 0xfdee,
} as const;
export const LifeType = { seconds: 0x01, kilobytes: 0x02 } as const;

/** Attributes of a phase 2 transform (RFC 2407 §4.5). */
export const IpsecAttribute = {
  lifeType: 0x01,
  lifeDuration: 0x02,
  groupDescription: 0x03,
  encapsulationMode: 0x04,
  authenticationAlgorithm: 0x05,
  keyLength: 0x06,
  keyRounds: 0x07,
  extendedSequenceNumber: 0x0b,
} as const;
/** RFC 2407 §4.5 and RFC 3947 §5.1. */
export const EncapsulationMode = {
  tunnel: 0x01,
  transport: 0x02,
  udpTunnel: 0x03,
  udpTransport: 0x04,
} as const;
/** RFC 4304; no attribute at all means 32 bits. */
export const SequenceNumberLength = { extended: 0x01 } as const;
/** RFC 2407 §4.5, RFC 4868 §2.6. */
export const EspAuthentication = {
  hmacMd5: 0x01,
  hmacSha1: 0x02,
  hmacSha256: 0x05,
  hmacSha384: 0x06,
  hmacSha512: 0x07,
} as const;

/** RFC 2407 §4.6.2.1. */
export const IdentificationType = {
  ipv4Address: 0x01,
  fqdn: 0x02,
  userFqdn: 0x03,
  ipv4Subnet: 0x04,
  ipv6Address: 0x05,
  ipv6Subnet: 0x06,
  ipv4Range: 0x07,
  ipv6Range: 0x08,
  derAsn1Dn: 0x09,
  derAsn1Gn: 0x0a,
  keyId: 0x0b,
} as const;

/** RFC 2408 §3.9. */
export const CertificateEncoding = {
  pkcs7: 0x01,
  x509Signature: 0x04,
  x509KeyExchange: 0x05,
  crl: 0x07,
} as const;

/** RFC 2408 §3.14.1, RFC 2407 §4.6.3, RFC 3706 §5.3. */
export const NotifyType = {
  invalidPayloadType: 0x0001,
  doiNotSupported: 0x0002,
  situationNotSupported: 0x0003,
  invalidCookie: 0x0004,
  invalidMajorVersion: 0x0005,
  invalidMinorVersion: 0x0006,
  invalidExchangeType: 0x0007,
  invalidFlags: 0x0008,
  invalidMessageId: 0x0009,
  invalidProtocolId: 0x000a,
  invalidSpi: 0x000b,
  invalidTransformId: 0x000c,
  attributesNotSupported: 0x000d,
  noProposalChosen: 0x000e,
  badProposalSyntax: 0x000f,
  payloadMalformed: 0x0010,
  invalidKeyInformation: 0x0011,
  invalidIdInformation: 0x0012,
  invalidCertEncoding: 0x0013,
  invalidCertificate: 0x0014,
  certTypeUnsupported: 0x0015,
  invalidCertAuthority: 0x0016,
  invalidHashInformation: 0x0017,
  authenticationFailed: 0x0018,
  invalidSignature: 0x0019,
  addressNotification: 0x001a,
  notifySaLifetime: 0x001b,
  certificateUnavailable: 0x001c,
  unsupportedExchangeType: 0x001d,
  unequalPayloadLengths: 0x001e,
  connected: 0x4000,
  responderLifetime: 0x6000,
  replayStatus: 0x6001,
  initialContact: 0x6002,
  rUThere: 0x8d28,
  rUThereAck: 0x8d29,
} as const;

/** Diffie-Hellman groups that the project implements, with their IANA numbers. */
export const Group = {
  modp768: 1,
  modp1024: 2,
  modp1536: 5,
  modp2048: 14,
  modp3072: 15,
  modp4096: 16,
  ecp256: 19,
  ecp384: 20,
  ecp521: 21,
  x25519: 31,
} as const;
