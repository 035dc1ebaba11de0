import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ownedArrivals, type Arrival, type ArrivalSchedule } from '../../src/load/arrival-schedule.ts';
import { createArrivalSchedule, createLoadModel } from '../../src/load/executor.ts';
import { isMeasured, windowsOf } from '../../src/load/windows.ts';
import type { Executor, Load } from '../../src/scenario/scenario.ts';

const S = 1_000_000_000;

function loadOf(executor: Executor, { warmUpNs = 0, measureNs = 10 * S } = {}): Load {
  return { executor, warmUpNs, measureNs, drainNs: S, sendLagLimitNs: S };
}

function scheduleOf(executor: Executor, initiatorCount: number, windows = {}): ArrivalSchedule {
  return createArrivalSchedule(loadOf(executor, windows), { initiatorCount, seed: 1 })!;
}

function all(schedule: ArrivalSchedule): Arrival[] {
  const arrivals: Arrival[] = [];
  for (let arrival = schedule.next(); arrival !== undefined; arrival = schedule.next())
    arrivals.push(arrival);
  return arrivals;
}

const times = (schedule: ArrivalSchedule): number[] => all(schedule).map(({ plannedNs }) => plannedNs);

describe('storm', () => {
  it('starts everybody once, at once', () => {
    expect(all(scheduleOf({ type: 'storm', spreadNs: 0 }, 3))).toEqual([
      { index: 0, initiator: 0, plannedNs: 0 },
      { index: 1, initiator: 1, plannedNs: 0 },
      { index: 2, initiator: 2, plannedNs: 0 },
    ]);
  });

  it('spreads starts evenly, to the nearest nanosecond', () => {
    expect(times(scheduleOf({ type: 'storm', spreadNs: 10 }, 4))).toEqual([0, 3, 5, 8]);
  });

  it('agrees with exact arithmetic for large numbers', () => {
    const spread = fc.integer({ min: 0, max: 86_400 * S });
    fc.assert(
      fc.property(spread, fc.integer({ min: 1, max: 500 }), (spreadNs, count) => {
        const planned = times(scheduleOf({ type: 'storm', spreadNs }, count, { measureNs: 86_401 * S }));
        expect(planned).toEqual(
          Array.from({ length: count }, (_, k) =>
            Number((2n * BigInt(k) * BigInt(spreadNs) + BigInt(count)) / (2n * BigInt(count))),
          ),
        );
      }),
    );
  });
});

describe('constant arrival rate', () => {
  it('starts at equal distances, initiators in turn', () => {
    const arrivals = all(scheduleOf({ type: 'constant-arrival-rate', rateHz: 4 }, 3, { measureNs: S }));
    expect(arrivals.map(({ plannedNs }) => plannedNs / 1e6)).toEqual([0, 250, 500, 750]);
    expect(arrivals.map(({ initiator }) => initiator)).toEqual([0, 1, 2, 0]);
  });

  it('does not drift: the start after an hour is at the hour', () => {
    const schedule = scheduleOf({ type: 'constant-arrival-rate', rateHz: 7 }, 10, { measureNs: 3_601 * S });
    expect(times(schedule)[3_600 * 7]).toBe(3_600 * S);
  });

  it('starts exactly rate times window', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 3_000 }), fc.integer({ min: 1, max: 5 }), (rateHz, seconds) => {
        const schedule = scheduleOf({ type: 'constant-arrival-rate', rateHz }, 7, { measureNs: seconds * S });
        expect(times(schedule)).toHaveLength(rateHz * seconds);
      }),
    );
  });

  it('takes rates below one a second', () => {
    expect(times(scheduleOf({ type: 'constant-arrival-rate', rateHz: 1 / 3 }, 1))).toEqual([
      0,
      3 * S,
      6 * S,
      9 * S,
    ]);
  });
});

describe('ramping arrival rate', () => {
  it('is a constant rate when nothing changes', () => {
    const ramp = scheduleOf(
      {
        type: 'ramping-arrival-rate',
        startHz: 300,
        stages: [
          { durationNs: 4 * S, targetHz: 300 },
          { durationNs: 6 * S, targetHz: 300 },
        ],
      },
      5,
    );
    const constant = times(scheduleOf({ type: 'constant-arrival-rate', rateHz: 300 }, 5));
    const ramped = times(ramp);
    expect(ramped).toHaveLength(constant.length);
    for (const [k, plannedNs] of ramped.entries())
      expect(Math.abs(plannedNs - constant[k]!)).toBeLessThanOrEqual(1);
  });

  it('follows the square root on the way up from 0', () => {
    // 10 a second more each second: 5 t^2 arrivals after t seconds.
    const planned = times(
      scheduleOf(
        { type: 'ramping-arrival-rate', startHz: 0, stages: [{ durationNs: 10 * S, targetHz: 100 }] },
        5,
      ),
    );
    expect(planned).toHaveLength(500);
    expect(planned[0]).toBe(0);
    expect(planned[5]).toBe(S);
    expect(planned[20]).toBe(2 * S);
    expect(planned[320]).toBe(8 * S);
  });

  it('starts nothing while the rate is 0', () => {
    const planned = times(
      scheduleOf(
        {
          type: 'ramping-arrival-rate',
          startHz: 10,
          stages: [
            { durationNs: S, targetHz: 10 },
            { durationNs: S, targetHz: 0 },
            { durationNs: 3 * S, targetHz: 0 },
            { durationNs: S, targetHz: 10 },
          ],
        },
        5,
      ),
    );
    expect(planned.filter((ns) => ns > 2 * S && ns <= 5 * S)).toEqual([]);
    expect(planned.filter((ns) => ns > 5 * S).length).toBe(4);
  });

  it('has as many arrivals as the area under it, and they never go back', () => {
    const stage = fc.record({
      durationNs: fc.integer({ min: 1, max: 20 }).map((tenths) => tenths * 100_000_000),
      targetHz: fc.integer({ min: 0, max: 400 }),
    });
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 400 }),
        fc.array(stage, { minLength: 1, maxLength: 6 }),
        (startHz, stages) => {
          let area = 0;
          let rate = startHz;
          for (const { durationNs, targetHz } of stages) {
            area += ((rate + targetHz) / 2) * (durationNs / S);
            rate = targetHz;
          }
          const planned = times(
            scheduleOf({ type: 'ramping-arrival-rate', startHz, stages }, 3, { measureNs: 1_000 * S }),
          );
          expect(Math.abs(planned.length - area)).toBeLessThanOrEqual(1);
          expectOrder(planned);
        },
      ),
    );
  });
});

describe('poisson', () => {
  const executor: Executor = { type: 'poisson', rateHz: 100 };

  it('is the same for the same seed, and another for another', () => {
    const draw = (seed: number): number[] =>
      times(createArrivalSchedule(loadOf(executor), { initiatorCount: 9, seed })!);
    expect(draw(1)).toEqual(draw(1));
    expect(draw(1)).not.toEqual(draw(2));
  });

  it('has the mean and the variance of independent starts', () => {
    const perSecond = Array.from({ length: 1_000 }, () => 0);
    for (const ns of times(scheduleOf(executor, 9, { measureNs: 1_000 * S })))
      perSecond[Math.floor(ns / S)]! += 1;
    const mean = perSecond.reduce((sum, n) => sum + n, 0) / 1_000;
    const variance = perSecond.reduce((sum, n) => sum + (n - mean) * (n - mean), 0) / 999;
    // Four standard errors: 10 / sqrt(1000) for the mean, 100 * sqrt(2 / 1000) for the variance.
    expect(Math.abs(mean - 100)).toBeLessThan(1.3);
    expect(Math.abs(variance - 100)).toBeLessThan(18);
  });

  it('has another rate during the warm-up, and is Poisson across its end', () => {
    const both: Executor = { ...executor, warmUpRateHz: 400 };
    const planned = times(scheduleOf(both, 9, { warmUpNs: 100 * S, measureNs: 400 * S }));
    const before = planned.filter((ns) => ns < 100 * S);
    // Four standard errors of 40,000 arrivals.
    expect(Math.abs(before.length - 40_000)).toBeLessThan(800);
    expect(Math.abs(planned.length - before.length - 40_000)).toBeLessThan(800);
    // Both ends have the same random numbers as one rate alone.
    expect(before).toEqual(times(scheduleOf({ ...executor, rateHz: 400 }, 9, { measureNs: 100 * S })));
    expect(times(scheduleOf({ ...executor, warmUpRateHz: 100 }, 9, { warmUpNs: S, measureNs: S }))).toEqual(
      times(scheduleOf(executor, 9, { warmUpNs: S, measureNs: S })),
    );
  });

  it('stays ended once it has ended', () => {
    const schedule = scheduleOf(executor, 9, { measureNs: S });
    const count = all(schedule).length;
    expect(count).toBeGreaterThan(50);
    for (let i = 0; i < 5; i++) expect(schedule.next()).toBeUndefined();
  });
});

describe('every open schedule', () => {
  const executor: fc.Arbitrary<Executor> = fc.oneof(
    fc.record({ type: fc.constant('storm' as const), spreadNs: fc.integer({ min: 0, max: 2 * S }) }),
    fc.record({
      type: fc.constant('constant-arrival-rate' as const),
      rateHz: fc.double({ min: 0.5, max: 300, noNaN: true }),
    }),
    fc.record({
      type: fc.constant('poisson' as const),
      rateHz: fc.double({ min: 0.5, max: 300, noNaN: true }),
    }),
    fc.record({
      type: fc.constant('ramping-arrival-rate' as const),
      startHz: fc.double({ min: 0, max: 300, noNaN: true }),
      stages: fc.array(
        fc.record({
          durationNs: fc.integer({ min: 1, max: S }),
          targetHz: fc.double({ min: 0, max: 300, noNaN: true }),
        }),
        { minLength: 1, maxLength: 4 },
      ),
    }),
  );
  const initiators = fc.integer({ min: 1, max: 50 });

  it('is in order, in whole nanoseconds, before the end, with numbers from 0', () => {
    fc.assert(
      fc.property(executor, initiators, (each, count) => {
        const arrivals = all(scheduleOf(each, count, { warmUpNs: S, measureNs: S }));
        expectOrder(arrivals.map(({ plannedNs }) => plannedNs));
        for (const [k, { index, initiator, plannedNs }] of arrivals.entries()) {
          expect(index).toBe(k);
          expect(initiator).toBe(k % count);
          expect(Number.isSafeInteger(plannedNs) && plannedNs >= 0 && plannedNs < 2 * S).toBe(true);
        }
      }),
    );
  });

  it('is the sum of the shares of any number of workers', () => {
    fc.assert(
      fc.property(executor, initiators, fc.integer({ min: 1, max: 5 }), (each, count, workers) => {
        const shares = Array.from({ length: workers }, (_, worker) =>
          all(
            ownedArrivals(
              scheduleOf(each, count, { measureNs: S }),
              (initiator) => initiator % workers === worker,
            ),
          ),
        );
        const together = shares.flat().toSorted((a, b) => a.index - b.index);
        expect(together).toEqual(all(scheduleOf(each, count, { measureNs: S })));
        for (const share of shares) expectOrder(share.map(({ plannedNs }) => plannedNs));
      }),
    );
  });
});

describe('windows', () => {
  it('count what is planned from the end of the warm-up to the end of the measure window', () => {
    const windows = windowsOf(loadOf({ type: 'storm', spreadNs: 0 }, { warmUpNs: 5, measureNs: 10 }));
    expect([4, 5, 14, 15].map((ns) => isMeasured(windows, ns))).toEqual([false, true, true, false]);
  });
});

it('executors are open or closed', () => {
  const setup = { initiatorCount: 4, seed: 1 };
  expect(createLoadModel(loadOf({ type: 'poisson', rateHz: 1 }), setup).kind).toBe('open');
  expect(createLoadModel(loadOf({ type: 'constant-peers', peers: 4, thinkTimeNs: 0 }), setup).kind).toBe(
    'closed',
  );
  expect(
    createArrivalSchedule(loadOf({ type: 'constant-peers', peers: 4, thinkTimeNs: 0 }), setup),
  ).toBeUndefined();
});

function expectOrder(planned: readonly number[]): void {
  for (let k = 1; k < planned.length; k++) expect(planned[k]! >= planned[k - 1]!).toBe(true);
}
