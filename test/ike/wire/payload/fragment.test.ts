import { describe, expect, it } from 'vitest';
import { bodyError, expectBody, layout } from '../layout.ts';

describe('fragment payload', () => {
  it('holds id, number, the mark of the last one and data', () => {
    const body = layout(['00 01', 'fragment ID'], ['02', 'number'], ['01', 'last'], ['ab cd', 'data']);
    expectBody(0x84, body, {
      kind: 'fragment',
      fragmentId: 1,
      number: 2,
      isLast: true,
      data: Uint8Array.of(0xab, 0xcd),
    });
  });

  it('keeps other flags', () => {
    const body = layout(['ff ff', 'fragment ID'], ['01', 'number'], ['f0', 'not last, unknown flags']);
    expectBody(0x84, body, {
      kind: 'fragment',
      fragmentId: 0xffff,
      number: 1,
      isLast: false,
      data: new Uint8Array(0),
      reserved2: 0xf0,
    });
  });

  it('is refused without flags', () => {
    expect(bodyError(0x84, layout(['00 01 01', 'no flags'])).reason).toBe('truncated');
  });
});
