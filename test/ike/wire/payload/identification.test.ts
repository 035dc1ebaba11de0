import { describe, expect, it } from 'vitest';
import { bodyError, expectBody, layout } from '../layout.ts';

describe('identification payload', () => {
  it('holds type, protocol, port and data', () => {
    const body = layout(
      ['04', 'ID_IPV4_ADDR_SUBNET'],
      ['11', 'UDP'],
      ['06 a5', 'port 1701'],
      ['0a 01 00 00 ff ff 00 00', '10.1.0.0/16'],
    );
    expectBody(0x05, body, {
      kind: 'identification',
      idType: 4,
      protocolId: 17,
      port: 1701,
      data: Uint8Array.of(10, 1, 0, 0, 255, 255, 0, 0),
    });
  });

  it('is refused without a port', () => {
    expect(bodyError(0x05, layout(['01 00 00', 'a port of one octet']))).toMatchObject({
      reason: 'truncated',
      offset: 6,
    });
  });
});
