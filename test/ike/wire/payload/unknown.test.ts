import { describe, expect, it } from 'vitest';
import { decodePayloads } from '../../../../src/ike/wire/decode.ts';
import { encodePayloads } from '../../../../src/ike/wire/encode.ts';
import { asChain, layout } from '../layout.ts';

describe('payload of an unknown type', () => {
  it.each([0x02, 0x03, 0x0f, 0x29, 0xff])('survives a round trip under number %i', (type) => {
    const raw = layout(['00 01 02 03 04', 'whatever']);
    const { payloads } = decodePayloads(type, asChain(raw));
    expect(payloads).toEqual([{ kind: 'unknown', type, raw }]);
    expect(encodePayloads(payloads)).toEqual(asChain(raw));
  });
});
