import { describe, it } from 'vitest';
import { expectBody, layout } from '../layout.ts';

describe('hash payload', () => {
  it('is nothing but its data', () => {
    const data = layout(['af ca d7 13 68 a1 f1 c9 6b 86 96 fc 77 57 01 00', 'sixteen octets']);
    expectBody(0x08, data, { kind: 'hash', data });
  });

  it('may be empty', () => {
    expectBody(0x08, new Uint8Array(0), { kind: 'hash', data: new Uint8Array(0) });
  });
});
