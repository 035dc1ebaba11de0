import { describe, it } from 'vitest';
import { expectBody, layout } from '../layout.ts';

describe('key exchange payload', () => {
  it('is nothing but its data', () => {
    const data = layout(['af ca d7 13 68 a1 f1 c9 6b 86 96 fc 77 57 01 00', 'sixteen octets']);
    expectBody(0x04, data, { kind: 'key-exchange', data });
  });

  it('may be empty', () => {
    expectBody(0x04, new Uint8Array(0), { kind: 'key-exchange', data: new Uint8Array(0) });
  });
});
