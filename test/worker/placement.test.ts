import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseScenario } from '../../src/scenario/load.ts';
import { placePeers, placePopulation } from '../../src/worker/placement.ts';

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

  it('keeps peers together that share a computer, wherever the others are put', () => {
    const { scenario } = parseScenario(
      `name: shared
clock: virtual
peers:
  hosts: { count: 20, addresses: 10.1.0.0/16, psk: x, cpu: { cores: 1, shared: true } }
  others: { count: 20, addresses: 10.2.0.0/16, psk: x }
  gateways: { role: gateway, count: 3, addresses: 10.3.0.0/16, psk: x, cpu: { cores: 1 } }
connections: [{ from: hosts, to: gateways }, { from: others, to: gateways }]
load: { executor: storm }
`,
      'shared.yaml',
    );
    for (const seed of [undefined, 1, 2]) {
      const placement = placePopulation(scenario, 3, { seed });
      expect(new Set(placement.slice(0, 20)).size).toBe(1);
      expect(new Set(placement.slice(20, 40)).size).toBe(3);
    }
  });
});
