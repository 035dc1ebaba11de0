/** A map that forgets. */
import { describe, expect, it } from 'vitest';
import { BoundedMap } from '../../src/ike/bounded-map.ts';

describe('a bounded map', () => {
  it('makes a value once, and again after it was forgotten', () => {
    const map = new BoundedMap<number, number>(3);
    let made = 0;
    const ask = (key: number) => map.remember(key, () => ++made);
    expect([1, 2, 1, 3, 2].map(ask)).toEqual([1, 2, 1, 3, 2]);
    expect(ask(4)).toBe(4);
    expect([2, 3, 1].map(ask)).toEqual([2, 3, 5]);
    expect(map.size).toBe(3);
  });

  it('forgets what was set longest ago', () => {
    const map = new BoundedMap<string, number>(2);
    for (const [key, value] of [
      ['a', 1],
      ['b', 2],
      ['a', 3],
      ['c', 4],
    ] as const)
      map.set(key, value);
    expect(['a', 'b', 'c'].map((key) => map.get(key))).toEqual([3, undefined, 4]);
    expect(map.size).toBe(2);
  });

  it('remembers nothing of what failed', () => {
    const map = new BoundedMap<string, number>(3);
    const fail = () =>
      map.remember('a', () => {
        throw new RangeError('no');
      });
    expect(fail).toThrow(RangeError);
    expect(map.size).toBe(0);
    expect(map.remember('a', () => 7)).toBe(7);
  });
});
