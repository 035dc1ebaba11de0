import { describe, it } from 'vitest';
import { expectBody, layout } from '../layout.ts';

const data = layout(['00 11 22 33 44 55 66 77 88 99 aa bb cc dd ee ff 01 02 03 04', 'SHA-1 of an address']);

describe('NAT discovery payload', () => {
  it('is a hash under the number of the RFC', () => {
    expectBody(0x14, data, { kind: 'nat-discovery', data });
  });

  it('keeps the number of the drafts', () => {
    expectBody(0x82, data, { kind: 'nat-discovery', data, draft: true });
  });
});
