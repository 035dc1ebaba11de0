import { describe, expect, it } from 'vitest';
import { measureDatagrams } from '../../../src/runtime/udp/datagram-cost.ts';

describe('measureDatagrams', () => {
  it('gets every datagram back from the loopback interface', async () => {
    const rounds = await measureDatagrams(100, 50, 3);
    expect(rounds.length).toBe(3);
    for (const roundNs of rounds) expect(roundNs).toBeGreaterThanOrEqual(0);
    expect(Math.max(...rounds)).toBeGreaterThan(0);
  });
});
