import { describe, it } from 'vitest';
import { expectBody, layout } from '../layout.ts';

describe('signature payload', () => {
  it('is nothing but its data', () => {
    const data = layout(['af ca d7 13 68 a1 f1 c9 6b 86 96 fc 77 57 01 00', 'sixteen octets']);
    expectBody(0x09, data, { kind: 'signature', data });
  });

  it('may be empty', () => {
    expectBody(0x09, new Uint8Array(0), { kind: 'signature', data: new Uint8Array(0) });
  });
});
