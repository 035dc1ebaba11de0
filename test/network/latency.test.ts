import { describe, expect, it } from 'vitest';
import { drawLatencyNs, leastLatencyNs, type Latency } from '../../src/network/latency.ts';
import { PositionedStream } from '../../src/random/positioned-stream.ts';

const SAMPLES = 20_000;

function sample(latency: Latency): { mean: number; deviation: number; least: number; most: number } {
  const random = new PositionedStream(3, 'latency');
  let [sum, squares, least, most] = [0, 0, Infinity, 0];
  for (let counter = 0; counter < SAMPLES; counter++) {
    const drawn = drawLatencyNs(latency, random.seek(1, counter));
    if (!Number.isSafeInteger(drawn) || drawn < leastLatencyNs(latency)) throw new Error(`drew ${drawn}`);
    sum += drawn;
    squares += drawn * drawn;
    least = Math.min(least, drawn);
    most = Math.max(most, drawn);
  }
  const mean = sum / SAMPLES;
  return { mean, deviation: Math.sqrt(squares / SAMPLES - mean * mean), least, most };
}

describe('a latency', () => {
  it('is constant', () => {
    expect(sample({ type: 'constant', ns: 42 })).toMatchObject({ mean: 42, least: 42, most: 42 });
  });

  it('is uniform, both ends included', () => {
    const { mean, deviation, least, most } = sample({ type: 'uniform', leastNs: 100, mostNs: 199 });
    expect([least, most]).toEqual([100, 199]);
    expect(Math.abs(mean - 149.5)).toBeLessThan(1);
    // The deviation of 100 equally likely neighbours.
    expect(Math.abs(deviation - Math.sqrt((100 * 100 - 1) / 12))).toBeLessThan(0.5);
  });

  it('is a bell with that mean and deviation, cut off below', () => {
    const bell = sample({ type: 'normal', meanNs: 1_000_000, deviationNs: 50_000, leastNs: 0 });
    expect(Math.abs(bell.mean - 1_000_000)).toBeLessThan(1500);
    expect(Math.abs(bell.deviation - 50_000)).toBeLessThan(1000);
    expect(bell.most).toBeLessThanOrEqual(1_300_000);
    const cut = sample({ type: 'normal', meanNs: 1000, deviationNs: 500, leastNs: 900 });
    expect(cut.least).toBe(900);
  });

  it('has a bell of which 68 % lie within one deviation and 95 % within two', () => {
    const random = new PositionedStream(5, 'bell');
    let [one, two] = [0, 0];
    for (let counter = 0; counter < SAMPLES; counter++) {
      const latency: Latency = { type: 'normal', meanNs: 1e6, deviationNs: 1e5, leastNs: 0 };
      const off = Math.abs(drawLatencyNs(latency, random.seek(0, counter)) - 1e6);
      if (off <= 1e5) one++;
      if (off <= 2e5) two++;
    }
    expect(Math.abs(one / SAMPLES - 0.683)).toBeLessThan(0.015);
    expect(Math.abs(two / SAMPLES - 0.954)).toBeLessThan(0.008);
  });

  it('is exponential above its least', () => {
    const { mean, deviation, least } = sample({ type: 'exponential', leastNs: 1_000_000, meanNs: 1_500_000 });
    expect(Math.abs(mean - 1_500_000)).toBeLessThan(15_000);
    expect(Math.abs(deviation - 500_000)).toBeLessThan(25_000);
    expect(least).toBeLessThan(1_000_200);
  });

  it('is one of a list, each as often', () => {
    const random = new PositionedStream(9, 'list');
    const counts = new Map<number, number>();
    for (let counter = 0; counter < 9000; counter++) {
      const drawn = drawLatencyNs({ type: 'empirical', valuesNs: [30, 10, 20] }, random.seek(0, counter));
      counts.set(drawn, (counts.get(drawn) ?? 0) + 1);
    }
    expect([...counts.keys()].toSorted((a, b) => a - b)).toEqual([10, 20, 30]);
    for (const count of counts.values()) expect(Math.abs(count - 3000)).toBeLessThan(200);
    expect(leastLatencyNs({ type: 'empirical', valuesNs: [30, 10, 20] })).toBe(10);
  });
});
