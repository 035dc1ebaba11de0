import { describe, expect, it } from 'vitest';
import { decodeMessage, decodePayload, decodePayloads } from '../../../src/ike/wire/decode.ts';
import { encodePayloads } from '../../../src/ike/wire/encode.ts';
import { concatOctets } from '../../../src/ike/wire/octets.ts';
import { layout, wireErrorOf } from './layout.ts';

const chain = layout(
  ['05 00 00 06 aa bb', 'hash, an identification follows'],
  ['00 5a 00 0c', 'identification, the last one, RESERVED 0x5a'],
  ['01 00 00 00 c0 00 02 01', '192.0.2.1'],
);

function message(flags: string, length: string): Uint8Array {
  return layout(
    ['01 01 01 01 01 01 01 01 02 02 02 02 02 02 02 02', 'cookies'],
    [`08 10 02 ${flags} 00 00 00 00`, 'hash first, version 1.0, main mode'],
    [`00 00 00 ${length}`, 'length'],
    ['00 00 00 06 aa bb', 'hash'],
    ['00 00', 'two octets of no payload'],
  );
}

describe('chain of payloads', () => {
  it('is walked to the payload that names no next one', () => {
    expect(decodePayloads(8, chain)).toEqual({
      payloads: [
        { kind: 'hash', data: Uint8Array.of(0xaa, 0xbb), raw: Uint8Array.of(0xaa, 0xbb) },
        {
          kind: 'identification',
          idType: 1,
          protocolId: 0,
          port: 0,
          data: Uint8Array.of(192, 0, 2, 1),
          raw: Uint8Array.of(1, 0, 0, 0, 192, 0, 2, 1),
          reserved: 0x5a,
        },
      ],
      consumed: 18,
    });
  });

  it('leaves padding to the caller, whatever it is', () => {
    const { payloads, consumed } = decodePayloads(8, concatOctets(chain, Uint8Array.of(9, 9, 9, 5)));
    expect(payloads).toHaveLength(2);
    expect(consumed).toBe(chain.length);
  });

  it('is empty when the first type is none', () => {
    expect(decodePayloads(0, chain)).toEqual({ payloads: [], consumed: 0 });
  });

  it('gives views of the octets', () => {
    const [first] = decodePayloads(8, chain).payloads;
    expect(first?.raw?.buffer).toBe(chain.buffer);
    expect(first?.raw?.byteOffset).toBe(4);
  });

  it.each([
    ['length-too-small', 0, '00 00 00 03'],
    ['length-too-small', 0, '08 00 00 00'],
    ['truncated', 4, '00 00 00 05'],
    ['truncated', 2, '00 00 00'],
    ['truncated', 4, '08 00 00 04'],
  ])('is refused as %s at octet %i', (reason, offset, hex) => {
    expect(wireErrorOf(() => decodePayloads(8, layout([hex, 'broken'])))).toMatchObject({ reason, offset });
  });

  it('has at most 64 payloads', () => {
    const empty = layout(['0d 00 00 04', 'empty vendor ID, another follows']);
    const last = layout(['00 00 00 04', 'empty vendor ID, the last one']);
    const many = (count: number): Uint8Array =>
      concatOctets(...Array.from({ length: count - 1 }, () => empty), last);
    expect(decodePayloads(0x0d, many(64)).payloads).toHaveLength(64);
    expect(wireErrorOf(() => decodePayloads(0x0d, many(65)))).toMatchObject({
      reason: 'limit-payloads',
      offset: 256,
    });
  });
});

describe('clear message', () => {
  it('has a header and payloads; octets after the last one are counted out', () => {
    const { header, payloads, consumed } = decodeMessage(message('00', '24'));
    expect(header.length).toBe(36);
    expect(payloads.map(({ kind }) => kind)).toEqual(['hash']);
    expect(consumed).toBe(6);
  });

  it('ends where the header says, even if the datagram goes on', () => {
    expect(wireErrorOf(() => decodeMessage(message('00', '21')))).toMatchObject({
      reason: 'truncated',
      offset: 32,
    });
  });

  it('is not read when it is encrypted', () => {
    expect(wireErrorOf(() => decodeMessage(message('01', '24'))).reason).toBe('encrypted');
  });
});

describe('payloads with encrypted bodies', () => {
  const encrypted = layout(
    ['0b 00 00 05 aa', 'identification of one octet, a notification follows'],
    ['05 00 00 05 bb', 'notification of one octet, an identification follows'],
    ['00 5a 00 0c', 'identification, RESERVED 0x5a'],
    ['01 00 00 00 c0 00 02 01', '192.0.2.1'],
  );

  it('are not looked into', () => {
    const { payloads, consumed } = decodePayloads(5, encrypted, new Set([5, 11]));
    expect(payloads).toEqual([
      { kind: 'unknown', type: 5, raw: Uint8Array.of(0xaa) },
      { kind: 'unknown', type: 11, raw: Uint8Array.of(0xbb) },
      { kind: 'unknown', type: 5, raw: Uint8Array.of(1, 0, 0, 0, 192, 0, 2, 1), reserved: 0x5a },
    ]);
    expect(consumed).toBe(encrypted.length);
    expect(encodePayloads(payloads)).toEqual(encrypted);
  });

  it('are looked into when their types are not among the opaque ones', () => {
    expect(wireErrorOf(() => decodePayloads(5, encrypted, new Set([11]))).reason).toBe('truncated');
    const { payloads } = decodeMessage(message('00', '24'), new Set([5]));
    expect(payloads).toMatchObject([{ kind: 'hash' }]);
  });

  it('of a message come as they are', () => {
    const { payloads } = decodeMessage(message('00', '24'), new Set([8]));
    expect(payloads).toEqual([{ kind: 'unknown', type: 8, raw: Uint8Array.of(0xaa, 0xbb) }]);
  });

  it('decode one by one', () => {
    const body = Uint8Array.of(1, 0, 0, 0, 192, 0, 2, 1);
    expect(decodePayload(5, body)).toEqual({
      kind: 'identification',
      idType: 1,
      protocolId: 0,
      port: 0,
      data: Uint8Array.of(192, 0, 2, 1),
      raw: body,
    });
    expect(wireErrorOf(() => decodePayload(5, body.subarray(0, 3))).reason).toBe('truncated');
    expect(decodePayload(0xfe, body)).toEqual({ kind: 'unknown', type: 0xfe, raw: body });
  });
});
