import { describe, expect, it } from 'vitest';
import { PositionedStream } from '../../src/random/positioned-stream.ts';

const draws = (stream: PositionedStream, count: number): number[] =>
  Array.from({ length: count }, () => stream.uint32());

describe('a stream that is set to a place', () => {
  it('draws the same at a place whatever was drawn before', () => {
    const stream = new PositionedStream(7, 'link home up');
    const first = draws(stream.seek(3, 17), 9);
    draws(stream.seek(4, 17), 100);
    expect(draws(stream.seek(3, 17), 9)).toEqual(first);
    expect(draws(new PositionedStream('7', 'link home up').seek(3, 17), 9)).toEqual(first);
  });

  it('draws something else for another seed, purpose, entity or counter, beyond 2^32 too', () => {
    const all = [
      new PositionedStream(7, 'a').seek(1, 1),
      new PositionedStream(8, 'a').seek(1, 1),
      new PositionedStream(7, 'b').seek(1, 1),
      new PositionedStream(7, 'a').seek(2, 1),
      new PositionedStream(7, 'a').seek(1, 2),
      new PositionedStream(7, 'a').seek(1, 1 + 2 ** 32),
    ].map((stream) => draws(stream, 8).join(' '));
    expect(new Set(all).size).toBe(all.length);
  });

  it('is even, and as exponential as it says', () => {
    const stream = new PositionedStream(1, 'test');
    const counts = Array.from({ length: 10 }, () => 0);
    let sum = 0;
    for (let counter = 0; counter < 20_000; counter++) {
      stream.seek(0, counter);
      counts[stream.below(10)]!++;
      sum += stream.exponentialUnit();
    }
    for (const count of counts) expect(Math.abs(count - 2000)).toBeLessThan(200);
    expect(Math.abs(sum / 20_000 - 1)).toBeLessThan(0.03);
    expect(() => stream.below(0)).toThrow(RangeError);
    expect(stream.seek(1, 1).below(2 ** 52)).toBeLessThan(2 ** 52);
  });
});
