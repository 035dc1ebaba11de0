import { describe, expect, it } from 'vitest';
import { encodeBody } from '../../../../src/ike/wire/encode.ts';
import { bodyError, expectBody, layout } from '../layout.ts';

const none = new Uint8Array(0);

describe('notification payload', () => {
  it('holds SPI and data', () => {
    const body = layout(
      ['00 00 00 01', 'DOI: IPsec'],
      ['03', 'ESP'],
      ['04', 'SPI of four octets'],
      ['60 00', 'RESPONDER-LIFETIME'],
      ['de ad be ef', 'SPI'],
      ['80 01 00 01 80 02 0e 10', 'seconds, 3600'],
    );
    expectBody(0x0b, body, {
      kind: 'notification',
      doi: 1,
      protocolId: 3,
      spi: Uint8Array.of(0xde, 0xad, 0xbe, 0xef),
      notifyType: 0x6000,
      data: Uint8Array.of(0x80, 1, 0, 1, 0x80, 2, 0x0e, 0x10),
    });
  });

  it('needs neither', () => {
    const body = layout(
      ['00 00 00 00', 'DOI: ISAKMP'],
      ['01 00 00 0e', 'ISAKMP, no SPI, NO-PROPOSAL-CHOSEN'],
    );
    expectBody(0x0b, body, {
      kind: 'notification',
      doi: 0,
      protocolId: 1,
      spi: none,
      notifyType: 14,
      data: none,
    });
  });

  it('is refused when the SPI is longer than the payload', () => {
    const body = layout(['00 00 00 01 01 10 60 02', 'SPI of sixteen octets'], ['01 02 03', 'three of them']);
    expect(bodyError(0x0b, body)).toMatchObject({ reason: 'truncated', offset: 12 });
  });

  it('cannot be written with an SPI of more than 255 octets', () => {
    const spi = new Uint8Array(256);
    expect(() =>
      encodeBody({ kind: 'notification', doi: 1, protocolId: 1, spi, notifyType: 1, data: none }),
    ).toThrow(RangeError);
  });
});
