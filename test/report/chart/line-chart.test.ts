import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { chartSvg } from '../../../src/report/chart/line-chart.ts';
import { linearScale, logarithmicScale } from '../../../src/report/chart/scale.ts';

describe('a scale', () => {
  it('has round numbers around all values', () => {
    expect(linearScale(0, 97).ticks).toEqual([0, 20, 40, 60, 80, 100]);
    expect(linearScale(0, 0.3).ticks).toEqual([0, 0.05, 0.1, 0.15, 0.2, 0.25, 0.3]);
    expect(logarithmicScale(3, 4000).ticks).toEqual([1, 10, 100, 1000, 10_000]);
    expect(logarithmicScale(2, 9).ticks).toEqual([1, 2, 5, 10]);
  });

  it('places every value on the line, in order', () => {
    const value = fc.double({ min: 1e-3, max: 1e12, noNaN: true });
    fc.assert(
      fc.property(value, value, (a, b) => {
        const [low, high] = a < b ? [a, b] : [b, a];
        for (const scale of [linearScale(0, high), logarithmicScale(low, high)]) {
          expect(scale.place(low)).toBeGreaterThanOrEqual(-1e-6);
          expect(scale.place(high)).toBeLessThanOrEqual(1 + 1e-6);
          expect(scale.place(low)).toBeLessThanOrEqual(scale.place(high));
          expect(scale.ticks.length).toBeLessThan(32);
        }
      }),
    );
  });
});

describe('a chart', () => {
  const chart = { title: 'A < B', xLabel: 'time', yLabel: 'peers' };

  it('is SVG that needs nothing else', () => {
    const svg = chartSvg([
      {
        ...chart,
        lines: [
          {
            name: 'one',
            points: [
              [0, 0],
              [10, 50],
            ],
            hasDots: true,
          },
          {
            name: 'other',
            points: [
              [0, 10],
              [10, 20],
            ],
            isDashed: true,
          },
        ],
        marks: [{ x: 5, text: 'half' }],
      },
    ]);
    expect(svg).toMatch(/^<svg xmlns="http:\/\/www\.w3\.org\/2000\/svg" viewBox="0 0 720 300"/);
    expect(svg).toContain('A &lt; B');
    expect(svg).toContain('>half</text>');
    expect(svg).toContain('>other</text>');
    expect(svg).not.toMatch(/<script|href|NaN|undefined/);
    expect(svg.match(/<circle/g)).toHaveLength(2);
  });

  it('says so when there is nothing to draw, and leaves out what a logarithm has no place for', () => {
    expect(chartSvg([{ ...chart, lines: [] }])).toContain('nothing was measured');
    const line = {
      name: 'one',
      points: [
        [1, 0],
        [2, 10],
        [3, 100],
      ] as [number, number][],
      hasDots: true,
    };
    const svg = chartSvg([{ ...chart, lines: [line], isLogarithmic: true }]);
    expect(svg.match(/<circle/g)).toHaveLength(2);
    expect(svg).not.toContain('NaN');
  });

  it('puts charts below each other, and words under places that are no numbers', () => {
    const line = {
      name: 'one',
      points: [
        [0, 1],
        [1, 2],
      ] as [number, number][],
    };
    const svg = chartSvg([
      { ...chart, lines: [line] },
      { ...chart, lines: [line], categories: ['modp2048', 'x25519'] },
    ]);
    expect(svg).toContain('viewBox="0 0 720 600"');
    expect(svg).toContain('>x25519</text>');
  });

  it('writes words of late marks and names of lines to the left, so that nothing is cut off', () => {
    const line = {
      name: 'a line with a name that is long',
      points: [
        [0, 1],
        [100, 2],
      ] as const,
    };
    const svg = chartSvg([
      {
        title: 'late',
        xLabel: 'x',
        yLabel: 'y',
        lines: [line, { ...line, name: 'another', isDashed: true }],
        marks: [
          { x: 10, text: 'early' },
          { x: 99, text: 'a mark at the very end' },
        ],
      },
    ]);
    expect(svg).toMatch(/text-anchor="end">a mark at the very end</);
    expect(svg).toMatch(/<text x="[\d.]+" y="[\d.]+">early</);
    expect(svg).toMatch(/text-anchor="end">a line with a name that is long</);
  });
});
