import { describe, expect, it } from 'vitest';
import { encodeBody } from '../../../../src/ike/wire/encode.ts';
import { bodyError, expectBody, layout } from '../layout.ts';

describe('delete payload', () => {
  it('holds SPIs of one length', () => {
    const body = layout(
      ['00 00 00 01', 'DOI: IPsec'],
      ['03', 'ESP'],
      ['04', 'SPIs of four octets'],
      ['00 02', 'two of them'],
      ['00 00 01 00', 'first'],
      ['00 00 01 01', 'second'],
    );
    expectBody(0x0c, body, {
      kind: 'delete',
      doi: 1,
      protocolId: 3,
      spis: [Uint8Array.of(0, 0, 1, 0), Uint8Array.of(0, 0, 1, 1)],
      spiLength: 4,
    });
  });

  it('keeps the SPI size when there is no SPI', () => {
    const body = layout(['00 00 00 01 01 10 00 00', 'ISAKMP, SPIs of sixteen octets, none']);
    expectBody(0x0c, body, { kind: 'delete', doi: 1, protocolId: 1, spis: [], spiLength: 16 });
  });

  it.each([
    ['truncated', 16, '00 00 00 01 03 04 00 02 00 00 01 00 00 00 01'],
    ['trailing-octets', 16, '00 00 00 01 03 04 00 01 00 00 01 00 00'],
    ['limit-spis', 10, '00 00 00 01 03 00 ff ff'],
  ])('is refused as %s at octet %i', (reason, offset, hex) => {
    expect(bodyError(0x0c, layout([hex, 'broken']))).toMatchObject({ reason, offset });
  });

  it('cannot be written with an SPI of another length', () => {
    const spis = [new Uint8Array(3)];
    expect(() => encodeBody({ kind: 'delete', doi: 1, protocolId: 3, spis, spiLength: 4 })).toThrow(
      RangeError,
    );
  });
});
