import { describe, expect, it } from 'vitest';
import { giveUpAfterNs, retransmitWaitNs } from '../../src/ike/retransmit.ts';

const S = 1_000_000_000;

describe('retransmission schedules', () => {
  it('of strongSwan: sends at 0, 4, 11, 24, 47 and 89 s, gives up at 165 s', () => {
    const schedule = { firstNs: 4 * S, factor: 1.8, maximumNs: Infinity, tries: 5 };
    let at = 0;
    const sends = [0, 1, 2, 3, 4].map((attempt) =>
      Math.round((at += retransmitWaitNs(schedule, attempt)) / S),
    );
    expect(sends).toEqual([4, 11, 24, 47, 89]);
    expect(Math.round(giveUpAfterNs(schedule) / S)).toBe(165);
  });

  it('of libreswan: 0.5 s, doubling', () => {
    const schedule = { firstNs: S / 2, factor: 2, maximumNs: Infinity, tries: 6 };
    let at = 0;
    const sends = [0, 1, 2, 3, 4, 5].map((attempt) => (at += retransmitWaitNs(schedule, attempt)) / S);
    expect(sends).toEqual([0.5, 1.5, 3.5, 7.5, 15.5, 31.5]);
  });

  it('are cut off at the largest wait and stay whole nanoseconds', () => {
    const schedule = { firstNs: S, factor: 1.7, maximumNs: 5 * S, tries: 50 };
    for (let attempt = 0; attempt <= 50; attempt++) {
      const wait = retransmitWaitNs(schedule, attempt);
      expect(Number.isInteger(wait)).toBe(true);
      expect(wait).toBeLessThanOrEqual(5 * S);
    }
    expect(retransmitWaitNs(schedule, 49)).toBe(5 * S);
  });
});
