import { describe, it } from 'vitest';
import { expectBody, layout } from '../layout.ts';

describe('vendor ID payload', () => {
  it('is nothing but its data', () => {
    const data = layout(['af ca d7 13 68 a1 f1 c9 6b 86 96 fc 77 57 01 00', 'sixteen octets']);
    expectBody(0x0d, data, { kind: 'vendor-id', data });
  });

  it('may be empty', () => {
    expectBody(0x0d, new Uint8Array(0), { kind: 'vendor-id', data: new Uint8Array(0) });
  });
});
