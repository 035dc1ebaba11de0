import { describe, expect, it } from 'vitest';
import { capacityResultSchema } from '../../../src/measure/capacity-result.ts';
import type { RunResult } from '../../../src/measure/result.ts';
import { capacityHeadline, capacityText } from '../../../src/report/capacity-report.ts';
import { findCapacity } from '../../../src/run/capacity/find-capacity.ts';
import type { CapacityOptions } from '../../../src/run/capacity/find-capacity.ts';
import type { LoadedScenario, RampStage } from '../../../src/scenario/scenario.ts';
import { sampleResult } from '../../measure/sample-run.ts';
import { smallScenario } from '../small-scenario.ts';

const LOAD = 'load: { executor: constant-arrival-rate, rate: 100/s, measure: 5s, hold: 100ms }\n';
const PASSED = sampleResult();

/** What a step was asked to do. */
interface Asked {
  readonly rateHz: number;
  /** Rate of the overload before; undefined on the rising branch. */
  readonly overloadHz: number | undefined;
  readonly seed: number;
}

function askedOf({ scenario }: LoadedScenario, seed: number): Asked {
  const { executor } = scenario.load;
  if (executor.type !== 'ramping-arrival-rate') {
    return { rateHz: 'rateHz' in executor ? executor.rateHz : 0, overloadHz: undefined, seed };
  }
  const stages: readonly RampStage[] = executor.stages;
  return { rateHz: stages.at(-1)!.targetHz, overloadHz: executor.startHz, seed };
}

const failed: Partial<RunResult> = {
  verdict: 'threshold-failed',
  reasons: ['threshold not met: latency p(99) < 1s'],
  thresholds: [{ text: 'latency p(99) < 1s', observed: 2e9, unit: 'ns', passed: false }],
};
const saturated: Partial<RunResult> = {
  verdict: 'saturated',
  reasons: ['planned starts dropped'],
  generator: { ...PASSED.generator, saturated: true, droppedStarts: 5 },
};

/** A search on a system that is made up. */
function find(
  respond: (asked: Asked) => Partial<RunResult> | undefined,
  options: Partial<CapacityOptions> = {},
  load = LOAD,
) {
  const asked: Asked[] = [];
  const found = findCapacity(smallScenario(load), {
    tolerance: 0.05,
    repeats: 1,
    maximumRates: 30,
    overload: { factor: 2 },
    run: {},
    runStep: async (loaded, { seed = 0 }) => {
      const each = askedOf(loaded, seed);
      asked.push(each);
      const { settings, file } = loaded;
      const manifest = { ...PASSED.manifest, settings: [...settings], scenarioFile: file, seed };
      return { ...PASSED, ...respond(each), manifest };
    },
    ...options,
  });
  return { found, asked };
}

describe('a capacity search', () => {
  it('finds the same rate before and after an overload of a system without memory', async () => {
    const { found, asked } = find(({ rateHz }) => (rateHz > 700 ? failed : undefined));
    const result = await found;
    expect(result).toMatchObject({
      rising: { holdingHz: 672.7, failingHz: 702.5, end: 'tolerance', isGeneratorLimited: false },
      falling: { holdingHz: 672.7, failingHz: null, end: 'limit' },
      hasHysteresis: false,
      criterion: ['succeeded rate >= 99%'],
      isDefaultCriterion: true,
      overload: { rateHz: 1345, durationNs: 5e9, settleNs: 20e9 },
    });
    expect(asked.at(-1)).toMatchObject({ overloadHz: 1345, rateHz: 672.7 });
    expect(capacityResultSchema.parse(structuredClone(result))).toEqual(result);
    expect(capacityHeadline(result)).toBe('CAPACITY  small: 672.7/s');
  });

  it('shows hysteresis: a system that stays down after an overload until the load is much lower', async () => {
    const { found } = find(({ rateHz, overloadHz }) =>
      rateHz > (overloadHz === undefined ? 700 : 250) ? failed : undefined,
    );
    const result = await found;
    expect(result.hasHysteresis).toBe(true);
    expect(result.falling?.holdingHz).toBeGreaterThan(250 / 1.05);
    expect(result.falling?.holdingHz).toBeLessThanOrEqual(250);
    expect(capacityText(result)).toContain('HYSTERESIS');
  });

  it('asks a noisy system several times, with seeds of their own, and goes by most of the answers', async () => {
    const { found, asked } = find(({ rateHz, seed }) => (rateHz > 700 || seed === 8 ? failed : undefined), {
      repeats: 3,
    });
    expect((await found).rising).toMatchObject({ holdingHz: 672.7, failingHz: 702.5 });
    expect(asked.slice(0, 3)).toEqual(
      [7, 8, 9].map((seed) => ({ rateHz: 100, overloadHz: undefined, seed })),
    );
    const over = asked.filter(({ rateHz }) => rateHz === 800).map(({ seed }) => seed);
    expect(over).toEqual([7, 8]);
  });

  it('does not take the generator’s limit for the system’s', async () => {
    const { found } = find(({ rateHz }) => (rateHz > 700 ? saturated : undefined));
    const result = await found;
    expect(result.rising).toMatchObject({ holdingHz: 672.7, isGeneratorLimited: true, end: 'generator' });
    expect(capacityHeadline(result)).toContain('at least 672.7/s, limited by the generator');
    const both = find(({ rateHz }) =>
      rateHz > 700 ? { ...saturated, ...failed, generator: saturated.generator! } : undefined,
    );
    expect((await both.found).rising.isGeneratorLimited).toBe(false);
  });

  it('ends when the generator is late at every rate, and knows nothing of hysteresis then', async () => {
    const late = { ...saturated, generator: { ...saturated.generator!, sendLagP99Ns: 9e9 } };
    const never = find(() => late);
    expect((await never.found).rising).toMatchObject({ holdingHz: null, end: 'generator' });
    expect(never.asked.map(({ rateHz }) => rateHz)).toEqual([100, 50, 25]);
    const after = find(({ overloadHz }) => (overloadHz === undefined ? undefined : late), { toHz: 200 });
    const result = await after.found;
    expect(result).toMatchObject({
      rising: { holdingHz: 200, end: 'limit' },
      falling: { holdingHz: null, end: 'generator' },
      hasHysteresis: null,
    });
    expect(capacityText(result)).toContain('not known: the generator was the limit');
  });

  it('goes on where an overload keeps everybody busy, or where one who has answered falls silent', async () => {
    const allBusy: Partial<RunResult> = {
      ...saturated,
      verdict: 'invalid',
      negotiations: { ...PASSED.negotiations, started: 0, succeeded: 0 },
      thresholds: [{ text: 'succeeded rate >= 99%', observed: null, unit: 'share', passed: false }],
    };
    const busy = await find(({ rateHz }) => (rateHz > 700 ? allBusy : undefined)).found;
    expect(busy.rising).toMatchObject({ holdingHz: 672.7, end: 'generator' });
    const silent: Partial<RunResult> = { verdict: 'unreachable', reasons: ['nobody answered'] };
    const found = await find(({ rateHz }) => (rateHz > 700 ? silent : undefined)).found;
    expect(found.rising).toMatchObject({ holdingHz: 672.7, failingHz: 702.5, end: 'tolerance' });
  });

  it('lets a real gateway forget what a run left unfinished, and no other', async () => {
    const rests: number[] = [];
    const unfinished = { ...failed, wholeRun: { ...PASSED.wholeRun, failed: 3 } };
    const finished = { wholeRun: { ...PASSED.wholeRun, failed: 0, inFlightAtEnd: 0 } };
    const options: Partial<CapacityOptions> = {
      rest: async (restNs) => void rests.push(restNs),
      toHz: 800,
      tolerance: 0.5,
    };
    const respond = ({ rateHz }: Asked) => (rateHz > 700 ? unfinished : finished);
    const real = await find(respond, { ...options, run: { target: '127.0.0.1' } }).found;
    // 100, 200, 400 and 800, which fails, then 565.7 and, after a rest, no more.
    expect([rests, real.restNs, real.runtime]).toEqual([[30e9], 30e9, 'udp']);
    await find(respond, { ...options, run: { target: '127.0.0.1' }, restNs: 0 }).found;
    const inMemory = await find(respond, options).found;
    expect([rests.length, inMemory.restNs]).toEqual([1, 0]);
  });

  it('says that a search in real time in memory is about ikestorm, and asks for a warm-up', async () => {
    const warnings: string[] = [];
    const result = await find(() => undefined, {
      toHz: 100,
      onWarning: (text) => void warnings.push(text),
    }).found;
    expect(capacityText(result)).toContain('share the cores of this machine');
    expect(warnings).toEqual([expect.stringContaining('load.warm-up')]);
    const warm = LOAD.replace('measure', 'warm-up: 2s, measure');
    await find(() => undefined, { toHz: 100, onWarning: (text) => void warnings.push(text) }, warm).found;
    expect(warnings).toHaveLength(1);
  });

  it('does not let a rate hold at which ever more is in flight', async () => {
    const rising = Array.from({ length: 250 }, (_, index) => 10 + Math.floor(index / 25));
    const { found } = find(({ rateHz }) =>
      rateHz > 700
        ? { series: { ...PASSED.series, started: rising, succeeded: rising.map(() => 10) } }
        : undefined,
    );
    const result = await found;
    expect(result.rising.holdingHz).toBe(672.7);
    expect(result.steps.find(({ holds }) => !holds)?.reasons[0]).toMatch(/^not steady: \d+ in flight/);
  });

  it('keeps what was measured when it is stopped, and when nobody answers', async () => {
    const stop = new AbortController();
    const { found } = find(
      ({ rateHz }) => {
        if (rateHz < 400) return undefined;
        stop.abort('SIGINT');
        return { verdict: 'aborted' };
      },
      { signal: stop.signal },
    );
    expect(await found).toMatchObject({
      rising: { holdingHz: 200, failingHz: null, end: 'signal' },
      falling: null,
      steps: [{ rateHz: 100 }, { rateHz: 200 }, { rateHz: 400, verdict: 'aborted' }],
    });
    const silent = await find(() => ({ verdict: 'unreachable' })).found;
    expect(silent).toMatchObject({ rising: { holdingHz: null, end: 'unreachable' }, falling: null });
  });

  it('scales a ramp as a whole, and calls its highest rate the rate', async () => {
    const ramp =
      'load: { executor: ramping-arrival-rate, stages: [{ duration: 5s, target: 40/s }, { duration: 5s, target: 20/s }] }\n';
    const { found, asked } = find(
      ({ rateHz }) => (rateHz > 50 ? failed : undefined),
      { overload: { factor: 2 } },
      ramp,
    );
    // What the system sees last is half of the highest rate.
    const { rising } = await found;
    expect(rising.holdingHz! / 2).toBeLessThanOrEqual(50);
    expect(rising.failingHz! / 2).toBeGreaterThan(50);
    expect(asked[0]?.rateHz).toBe(20);
  });

  it('refuses loads without a rate, and limits that contradict each other', async () => {
    const storm = 'load: { executor: storm }\n';
    await expect(find(() => undefined, {}, storm).found).rejects.toMatchObject({
      name: 'PlanError',
      message: expect.stringContaining('storm has no rate'),
      hint: expect.stringContaining('poisson'),
    });
    await expect(find(() => undefined, { fromHz: 5, toHz: 2 }).found).rejects.toThrow(/above --to/);
  });

  it('writes down a command that repeats each step', async () => {
    const { found } = find(({ rateHz }) => (rateHz > 150 ? failed : undefined));
    const { steps } = await found;
    expect(steps[1]?.command).toMatch(
      /^ikestorm run small\.yaml --set load\.rate=200\/s --set 'thresholds=\[succeeded rate >= 99%\]' --seed 7 /,
    );
    const falling = steps.find(({ branch }) => branch === 'falling');
    expect(falling?.command).toContain("--set 'load={executor: ramping-arrival-rate, start-rate: ");
  });
});
