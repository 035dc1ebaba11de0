import { describe, expect, it } from 'vitest';
import { isDownAt } from '../../src/network/down-time.ts';

describe('down times', () => {
  it('begin and end to the nanosecond', () => {
    const times = [{ startNs: 100, durationNs: 50 }];
    expect([99, 100, 149, 150].map((timeNs) => isDownAt(times, timeNs, 0))).toEqual([
      false,
      true,
      true,
      false,
    ]);
  });

  it('come again until their end', () => {
    const times = [
      { startNs: 100, durationNs: 10, again: { periodNs: 100, untilNs: 300, isStaggered: false } },
    ];
    const at = (timeNs: number): boolean => isDownAt(times, timeNs, 0.5);
    expect([99, 105, 110, 199, 200, 209, 210].map(at)).toEqual([
      false,
      true,
      false,
      false,
      true,
      true,
      false,
    ]);
    expect([300, 305, 400].map(at)).toEqual([false, false, false]);
  });

  it('are late by the link’s own turn when staggered', () => {
    const times = [
      { startNs: 0, durationNs: 10, again: { periodNs: 100, untilNs: Infinity, isStaggered: true } },
    ];
    expect([0, 49, 50, 59, 60, 150].map((timeNs) => isDownAt(times, timeNs, 0.5))).toEqual([
      ...[false, false, true, true, false],
      true,
    ]);
  });
});
