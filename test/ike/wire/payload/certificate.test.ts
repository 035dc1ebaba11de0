import { describe, expect, it } from 'vitest';
import { bodyError, expectBody, layout } from '../layout.ts';

describe('certificate payload', () => {
  it('holds an encoding and data', () => {
    const body = layout(['04', 'X.509 certificate for signatures'], ['30 03 02 01 00', 'DER']);
    expectBody(0x06, body, { kind: 'certificate', encoding: 4, data: Uint8Array.of(0x30, 3, 2, 1, 0) });
  });

  it('is refused without an encoding', () => {
    expect(bodyError(0x06, new Uint8Array(0)).reason).toBe('truncated');
  });
});
