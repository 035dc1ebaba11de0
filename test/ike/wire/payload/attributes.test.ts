import { describe, expect, it } from 'vitest';
import { encodeBody } from '../../../../src/ike/wire/encode.ts';
import type { AttributesPayload } from '../../../../src/ike/wire/message.ts';
import { bodyError, expectBody, layout } from '../layout.ts';

const request: AttributesPayload = {
  kind: 'attributes',
  messageType: 1,
  identifier: 0x1234,
  attributes: [
    { type: 0x4089, value: Uint8Array.of(0x61) },
    { type: 1, value: new Uint8Array(0) },
  ],
};

describe('attributes payload of mode-config', () => {
  it('holds a message type, an identifier and attributes', () => {
    const body = layout(
      ['01 00 12 34', 'request, identifier 0x1234'],
      ['40 89 00 01 61', 'XAUTH user name "a"'],
      ['00 01 00 00', 'internal IPv4 address, asked for'],
    );
    expectBody(0x0e, body, request);
  });

  it('keeps RESERVED and up to three zero octets at the end', () => {
    const body = layout(
      ['01 07 12 34', 'request, RESERVED 7, identifier 0x1234'],
      ['40 89 00 01 61', 'XAUTH user name "a"'],
      ['00 01 00 00', 'internal IPv4 address, asked for'],
      ['00 00 00', 'padding to a multiple of four'],
    );
    expectBody(0x0e, body, { ...request, trailing: 3, reserved2: 7 });
  });

  it('is refused when what is left at the end is not zero', () => {
    expect(bodyError(0x0e, layout(['01 00 12 34', 'request'], ['00 01', 'half an attribute']))).toMatchObject(
      {
        reason: 'trailing-octets',
        offset: 8,
      },
    );
  });

  it('has a limit on attributes', () => {
    const attributes = Array.from({ length: 257 }, () => ({ type: 1, value: 1 }));
    expect(bodyError(0x0e, encodeBody({ ...request, attributes })).reason).toBe('limit-attributes');
  });

  it('cannot be written with four octets at the end, which would be one more attribute', () => {
    expect(() => encodeBody({ ...request, trailing: 4 })).toThrow(RangeError);
  });
});
