import { describe, expect, it } from 'vitest';
import { measureDatagrams } from '../../../src/runtime/udp/datagram-cost.ts';

describe('measureDatagrams', () => {
  it('gets every datagram back from the loopback interface', async () => {
    const { roundNs } = await measureDatagrams(100, 50);
    expect(roundNs).toBeGreaterThan(0);
  });
});
