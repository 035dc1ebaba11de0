import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  highestOfCellNs,
  LATENCY_CELLS,
  latencyCell,
  percentileOfCellsNs,
} from '../../src/measure/latency-cells.ts';

describe('latency cells', () => {
  it('cover all latencies without gap or overlap', () => {
    for (let cell = 0; cell < LATENCY_CELLS; cell++) {
      expect(latencyCell(highestOfCellNs(cell))).toBe(cell);
      expect(latencyCell(highestOfCellNs(cell) + 1)).toBe(Math.min(cell + 1, LATENCY_CELLS - 1));
    }
  });

  it('are at most an eighth of the value wide', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 4_000_000_000_000 }), (latencyNs) => {
        const highestNs = highestOfCellNs(latencyCell(latencyNs));
        expect(highestNs).toBeGreaterThanOrEqual(latencyNs);
        expect(highestNs).toBeLessThanOrEqual(latencyNs * 1.125 + 1000);
      }),
    );
  });

  it('take negative and huge values at their ends', () => {
    expect(latencyCell(-1)).toBe(0);
    expect(latencyCell(Number.POSITIVE_INFINITY)).toBe(LATENCY_CELLS - 1);
  });

  it('give percentiles, or none when nothing was counted', () => {
    const cells = new Float64Array(LATENCY_CELLS);
    expect(percentileOfCellsNs(cells, 50)).toBeUndefined();
    cells[3] = 99;
    cells[5] = 1;
    expect(percentileOfCellsNs(cells, 99)).toBe(3000);
    expect(percentileOfCellsNs(cells, 99.9)).toBe(5000);
  });
});
