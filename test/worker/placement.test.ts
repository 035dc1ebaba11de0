import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { placePeers } from '../../src/worker/placement.ts';

const countsOf = (placement: Iterable<number>, workers: number): number[] => {
  const counts = Array.from({ length: workers }, () => 0);
  for (const worker of placement) counts[worker]! += 1;
  return counts;
};

describe('the placement of peers', () => {
  it('spreads initiators and the others evenly over all workers', () => {
    const sizes = fc.tuple(fc.integer({ min: 1, max: 300 }), fc.integer({ min: 1, max: 40 }));
    fc.assert(
      fc.property(sizes, fc.integer({ min: 1, max: 16 }), ([hosts, gateways], workers) => {
        const groups = [
          { count: hosts, isInitiator: true },
          { count: gateways, isInitiator: false },
        ];
        const placement = placePeers(groups, workers);
        expect(placement.length).toBe(hosts + gateways);
        for (const part of [placement.slice(0, hosts), placement.slice(hosts)]) {
          const counts = countsOf(part, workers);
          expect(Math.max(...counts) - Math.min(...counts)).toBeLessThanOrEqual(1);
        }
      }),
    );
  });

  it.each([
    [2, 2],
    [2, 4],
    [3, 3],
    [4, 8],
  ])(
    'lets tunnels run inside one worker and between workers (%i workers, %i gateways)',
    (workers, gateways) => {
      const placement = placePeers(
        [
          { count: gateways, isInitiator: false },
          { count: 240, isInitiator: true },
        ],
        workers,
      );
      const together = Array.from(
        { length: 240 },
        (_, index) => placement[gateways + index] === placement[index % gateways],
      );
      expect(together).toContain(true);
      expect(together).toContain(false);
    },
  );
});
