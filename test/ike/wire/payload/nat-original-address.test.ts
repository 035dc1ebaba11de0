import { describe, expect, it } from 'vitest';
import { bodyError, expectBody, layout } from '../layout.ts';

const address = Uint8Array.of(192, 0, 2, 1);

describe('NAT original address payload', () => {
  it('holds an address and its type', () => {
    const body = layout(['01', 'ID_IPV4_ADDR'], ['00 00 00', 'RESERVED'], ['c0 00 02 01', '192.0.2.1']);
    expectBody(0x15, body, { kind: 'nat-original-address', idType: 1, address });
  });

  it('keeps the number of the drafts and RESERVED', () => {
    const body = layout(['01', 'ID_IPV4_ADDR'], ['fa 00 0d', 'RESERVED'], ['c0 00 02 01', '192.0.2.1']);
    expectBody(0x83, body, {
      kind: 'nat-original-address',
      idType: 1,
      address,
      draft: true,
      reserved2: 0xfa000d,
    });
  });

  it('is refused with less than four octets', () => {
    expect(bodyError(0x15, layout(['01 00 00', 'RESERVED of two octets'])).reason).toBe('truncated');
  });
});
