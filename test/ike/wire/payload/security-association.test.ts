import { describe, expect, it } from 'vitest';
import { encodeBody } from '../../../../src/ike/wire/encode.ts';
import type { Proposal, SecurityAssociationPayload, Transform } from '../../../../src/ike/wire/message.ts';
import { concatOctets } from '../../../../src/ike/wire/octets.ts';
import { bodyError, expectBody, layout } from '../layout.ts';

const SA = 0x01;

function sa(...proposals: Proposal[]): SecurityAssociationPayload {
  return { kind: 'security-association', doi: 1, situation: 1, proposals };
}

function transform(number: number): Transform {
  return { number, transformId: 1, attributes: [] };
}

const situation = layout(['00 00 00 01', 'DOI: IPsec'], ['00 00 00 01', 'situation: identity only']);

describe('security association payload', () => {
  it('holds an IKE proposal with two transforms', () => {
    const body = layout(
      ['00 00 00 01', 'DOI: IPsec'],
      ['00 00 00 01', 'situation: identity only'],
      ['00 00 00 24', 'last proposal, 36 octets'],
      ['01 01 00 02', 'number 1, protocol ISAKMP, no SPI, two transforms'],
      ['03 00 00 10', 'another transform follows, 16 octets'],
      ['00 01 00 00', 'number 0, KEY_IKE'],
      ['80 01 00 07 80 0e 00 80', 'AES-CBC, 128 bits'],
      ['00 00 00 0c', 'last transform, 12 octets'],
      ['01 01 00 00', 'number 1, KEY_IKE'],
      ['80 01 00 05', '3DES-CBC'],
    );
    expectBody(
      SA,
      body,
      sa({
        number: 1,
        protocolId: 1,
        spi: new Uint8Array(0),
        transforms: [
          {
            number: 0,
            transformId: 1,
            attributes: [
              { type: 1, value: 7 },
              { type: 14, value: 128 },
            ],
          },
          { number: 1, transformId: 1, attributes: [{ type: 1, value: 5 }] },
        ],
      }),
    );
  });

  it('holds two proposals with SPIs', () => {
    const body = layout(
      ['00 00 00 01 00 00 00 01', 'DOI and situation'],
      ['02 00 00 14', 'another proposal follows, 20 octets'],
      ['01 02 04 01 c0 ff ee 01', 'number 1, AH, SPI of four octets, one transform'],
      ['00 00 00 08 01 03 00 00', 'transform 1: AH_SHA'],
      ['00 00 00 14', 'last proposal, 20 octets'],
      ['01 03 04 01 c0 ff ee 02', 'number 1, ESP, SPI of four octets, one transform'],
      ['00 00 00 08 01 0c 00 00', 'transform 1: ESP_AES'],
    );
    expectBody(
      SA,
      body,
      sa(
        {
          number: 1,
          protocolId: 2,
          spi: Uint8Array.of(0xc0, 0xff, 0xee, 1),
          transforms: [{ number: 1, transformId: 3, attributes: [] }],
        },
        {
          number: 1,
          protocolId: 3,
          spi: Uint8Array.of(0xc0, 0xff, 0xee, 2),
          transforms: [{ number: 1, transformId: 12, attributes: [] }],
        },
      ),
    );
  });

  it('keeps RESERVED fields of proposals and transforms', () => {
    const body = layout(
      ['00 00 00 01 00 00 00 01', 'DOI and situation'],
      ['00 aa 00 10', 'last proposal, RESERVED 0xaa'],
      ['01 01 00 01', 'one transform'],
      ['00 bb 00 08', 'last transform, RESERVED 0xbb'],
      ['01 01 cc dd', 'RESERVED2 0xccdd'],
    );
    expectBody(
      SA,
      body,
      sa({
        number: 1,
        protocolId: 1,
        spi: new Uint8Array(0),
        transforms: [{ number: 1, transformId: 1, attributes: [], reserved: 0xbb, reserved2: 0xccdd }],
        reserved: 0xaa,
      }),
    );
  });

  it('may hold no proposal, and a proposal no transform', () => {
    expectBody(SA, situation, sa());
    expectBody(
      SA,
      concatOctets(situation, layout(['00 00 00 08 01 01 00 00', 'proposal without transforms'])),
      sa({ number: 1, protocolId: 1, spi: new Uint8Array(0), transforms: [] }),
    );
  });

  it.each([
    ['unsupported-doi', 4, '00 00 00 02 00 00 00 01'],
    ['unsupported-situation', 8, '00 00 00 01 00 00 00 03'],
    ['truncated', 8, '00 00 00 01 00 00 00'],
    ['length-too-small', 12, '00 00 00 01 00 00 00 01 00 00 00 07 01 01 00 00'],
    ['truncated', 16, '00 00 00 01 00 00 00 01 00 00 00 09 01 01 00 00'],
    ['unexpected-substructure', 12, '00 00 00 01 00 00 00 01 03 00 00 08 01 01 00 00'],
    [
      'unexpected-substructure',
      20,
      '00 00 00 01 00 00 00 01 00 00 00 10 01 01 00 01 02 00 00 08 01 01 00 00',
    ],
    ['trailing-octets', 20, '00 00 00 01 00 00 00 01 00 00 00 08 01 01 00 00 00'],
    ['truncated', 20, '00 00 00 01 00 00 00 01 02 00 00 08 01 01 00 00'],
    ['transform-count', 19, '00 00 00 01 00 00 00 01 00 00 00 10 01 01 00 02 00 00 00 08 01 01 00 00'],
    ['truncated', 20, '00 00 00 01 00 00 00 01 00 00 00 08 01 03 04 00'],
    ['trailing-octets', 28, '00 00 00 01 00 00 00 01 00 00 00 12 01 01 00 01 00 00 00 0a 01 01 00 00 80 01'],
  ])('is refused as %s at octet %i', (reason, offset, hex) => {
    expect(bodyError(SA, layout([hex, 'broken']))).toMatchObject({ reason, offset });
  });

  it('has limits on proposals, transforms and attributes', () => {
    const proposal: Proposal = { number: 1, protocolId: 1, spi: new Uint8Array(0), transforms: [] };
    const many = (count: number): Transform[] => Array.from({ length: count }, (_, i) => transform(i & 0xff));
    const attributes = Array.from({ length: 33 }, () => ({ type: 1, value: 1 }));
    const reasonOf = (payload: SecurityAssociationPayload): string =>
      bodyError(SA, encodeBody(payload)).reason;

    expect(reasonOf(sa(...Array.from({ length: 65 }, () => proposal)))).toBe('limit-proposals');
    expect(
      reasonOf(
        sa(
          { ...proposal, transforms: many(255) },
          { ...proposal, transforms: many(255) },
          { ...proposal, transforms: many(3) },
        ),
      ),
    ).toBe('limit-transforms');
    expect(reasonOf(sa({ ...proposal, transforms: [{ ...transform(1), attributes }] }))).toBe(
      'limit-attributes',
    );
  });

  it('cannot be written with more than 255 transforms in a proposal', () => {
    const transforms = Array.from({ length: 256 }, () => transform(1));
    expect(() => encodeBody(sa({ number: 1, protocolId: 1, spi: new Uint8Array(0), transforms }))).toThrow(
      RangeError,
    );
  });
});
