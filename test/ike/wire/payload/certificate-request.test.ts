import { describe, expect, it } from 'vitest';
import { bodyError, expectBody, layout } from '../layout.ts';

describe('certificate request payload', () => {
  it('holds an encoding and an authority', () => {
    const body = layout(['04', 'X.509 certificate for signatures'], ['30 00', 'empty DN in DER']);
    expectBody(0x07, body, { kind: 'certificate-request', encoding: 4, authority: Uint8Array.of(0x30, 0) });
  });

  it('may ask for any authority', () => {
    expectBody(0x07, Uint8Array.of(4), {
      kind: 'certificate-request',
      encoding: 4,
      authority: new Uint8Array(0),
    });
  });

  it('is refused without an encoding', () => {
    expect(bodyError(0x07, new Uint8Array(0)).reason).toBe('truncated');
  });
});
