/** Arbitrary ISAKMP messages: every payload that the codec can write, with odd but legal values. */
import fc from 'fast-check';
import type { HeaderFields } from '../../src/ike/wire/encode.ts';
import type { Attribute, Payload, Proposal, Transform } from '../../src/ike/wire/message.ts';
import { PayloadType } from '../../src/ike/wire/numbers.ts';

const KNOWN_TYPES: readonly number[] = [
  PayloadType.securityAssociation,
  PayloadType.keyExchange,
  PayloadType.identification,
  PayloadType.certificate,
  PayloadType.certificateRequest,
  PayloadType.hash,
  PayloadType.signature,
  PayloadType.nonce,
  PayloadType.notification,
  PayloadType.delete,
  PayloadType.vendorId,
  PayloadType.attributes,
  PayloadType.natDiscovery,
  PayloadType.natOriginalAddress,
  PayloadType.natDiscoveryDraft,
  PayloadType.natOriginalAddressDraft,
  PayloadType.fragment,
];
const LABELLED_DOMAINS = 0x06;

const uint8 = fc.integer({ min: 0, max: 0xff });
const uint16 = fc.integer({ min: 0, max: 0xffff });
const uint32 = fc.integer({ min: 0, max: 0xffffffff });
const nonZeroUint8 = fc.integer({ min: 1, max: 0xff });
const octets = fc.uint8Array({ maxLength: 40 });

/** A type number, mostly one that the codec knows. */
export const payloadType: fc.Arbitrary<number> = fc.oneof(
  { weight: 4, arbitrary: fc.constantFrom(...KNOWN_TYPES) },
  { weight: 1, arbitrary: uint8 },
);

const attribute: fc.Arbitrary<Attribute> = fc.record({
  type: fc.integer({ min: 0, max: 0x7fff }),
  value: fc.oneof(uint16, octets),
});

const transform: fc.Arbitrary<Transform> = fc.record(
  {
    number: uint8,
    transformId: uint8,
    attributes: fc.array(attribute, { maxLength: 6 }),
    reserved: nonZeroUint8,
    reserved2: fc.integer({ min: 1, max: 0xffff }),
  },
  { requiredKeys: ['number', 'transformId', 'attributes'] },
);

const proposal: fc.Arbitrary<Proposal> = fc.record(
  {
    number: uint8,
    protocolId: uint8,
    spi: fc.uint8Array({ maxLength: 16 }),
    transforms: fc.array(transform, { maxLength: 4 }),
    reserved: nonZeroUint8,
  },
  { requiredKeys: ['number', 'protocolId', 'spi', 'transforms'] },
);

const reserved = nonZeroUint8;
const draft = fc.constant(true as const);

function dataPayload<Kind extends 'key-exchange' | 'hash' | 'signature' | 'nonce' | 'vendor-id'>(
  kind: Kind,
): fc.Arbitrary<{ kind: Kind; data: Uint8Array; reserved?: number }> {
  return fc.record({ kind: fc.constant(kind), data: octets, reserved }, { requiredKeys: ['kind', 'data'] });
}

const deletePayload: fc.Arbitrary<Payload> = uint8.chain((spiLength) =>
  fc.record(
    {
      kind: fc.constant('delete' as const),
      doi: uint32,
      protocolId: uint8,
      spis: fc.array(fc.uint8Array({ minLength: spiLength, maxLength: spiLength }), { maxLength: 4 }),
      spiLength: fc.constant(spiLength),
      reserved,
    },
    { requiredKeys: ['kind', 'doi', 'protocolId', 'spis', 'spiLength'] },
  ),
);

/** One payload of any kind; optional fields are present only where they say something. */
export const payload: fc.Arbitrary<Payload> = fc.oneof<fc.Arbitrary<Payload>[]>(
  fc.record(
    {
      kind: fc.constant('security-association' as const),
      doi: fc.constantFrom(0, 1),
      situation: uint32.map((situation) => (situation & ~LABELLED_DOMAINS) >>> 0),
      proposals: fc.array(proposal, { maxLength: 3 }),
      reserved,
    },
    { requiredKeys: ['kind', 'doi', 'situation', 'proposals'] },
  ),
  dataPayload('key-exchange'),
  dataPayload('hash'),
  dataPayload('signature'),
  dataPayload('nonce'),
  dataPayload('vendor-id'),
  fc.record(
    {
      kind: fc.constant('identification' as const),
      idType: uint8,
      protocolId: uint8,
      port: uint16,
      data: octets,
      reserved,
    },
    { requiredKeys: ['kind', 'idType', 'protocolId', 'port', 'data'] },
  ),
  fc.record(
    { kind: fc.constant('certificate' as const), encoding: uint8, data: octets, reserved },
    { requiredKeys: ['kind', 'encoding', 'data'] },
  ),
  fc.record(
    { kind: fc.constant('certificate-request' as const), encoding: uint8, authority: octets, reserved },
    { requiredKeys: ['kind', 'encoding', 'authority'] },
  ),
  fc.record(
    {
      kind: fc.constant('notification' as const),
      doi: uint32,
      protocolId: uint8,
      spi: octets,
      notifyType: uint16,
      data: octets,
      reserved,
    },
    { requiredKeys: ['kind', 'doi', 'protocolId', 'spi', 'notifyType', 'data'] },
  ),
  deletePayload,
  fc.record(
    {
      kind: fc.constant('attributes' as const),
      messageType: uint8,
      identifier: uint16,
      attributes: fc.array(attribute, { maxLength: 6 }),
      trailing: fc.integer({ min: 1, max: 3 }),
      reserved2: nonZeroUint8,
      reserved,
    },
    { requiredKeys: ['kind', 'messageType', 'identifier', 'attributes'] },
  ),
  fc.record(
    { kind: fc.constant('nat-discovery' as const), data: octets, draft, reserved },
    { requiredKeys: ['kind', 'data'] },
  ),
  fc.record(
    {
      kind: fc.constant('nat-original-address' as const),
      idType: uint8,
      address: octets,
      draft,
      reserved2: fc.integer({ min: 1, max: 0xffffff }),
      reserved,
    },
    { requiredKeys: ['kind', 'idType', 'address'] },
  ),
  fc.record(
    {
      kind: fc.constant('fragment' as const),
      fragmentId: uint16,
      number: uint8,
      isLast: fc.boolean(),
      data: octets,
      reserved2: fc.integer({ min: 1, max: 0x7f }).map((flags) => flags << 1),
      reserved,
    },
    { requiredKeys: ['kind', 'fragmentId', 'number', 'isLast', 'data'] },
  ),
  fc.record(
    {
      kind: fc.constant('unknown' as const),
      type: nonZeroUint8.filter((type) => !KNOWN_TYPES.includes(type)),
      raw: octets,
      reserved,
    },
    { requiredKeys: ['kind', 'type', 'raw'] },
  ),
);

export const payloads: fc.Arbitrary<Payload[]> = fc.array(payload, { maxLength: 8 });

const cookie = fc.uint8Array({ minLength: 8, maxLength: 8 });

/** Header fields of a clear message. */
export const headerFields: fc.Arbitrary<HeaderFields> = fc.record({
  initiatorCookie: cookie,
  responderCookie: cookie,
  version: uint8,
  exchangeType: uint8,
  flags: uint8.map((flags) => flags & ~0x01),
  messageId: uint32,
});
