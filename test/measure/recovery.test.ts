import { describe, expect, it } from 'vitest';
import type { ConnectionSnapshot } from '../../src/measure/connection-log.ts';
import { disturbanceOf } from '../../src/measure/disturbance.ts';
import { LatencyHistogram } from '../../src/measure/histogram.ts';
import { recoveryResult } from '../../src/measure/recovery.ts';
import { countInSeries, createSeries } from '../../src/measure/series.ts';
import type { Fault } from '../../src/scenario/fault.ts';
import type { Executor, Scenario } from '../../src/scenario/scenario.ts';
import { sampleScenario } from './sample-run.ts';

const S = 1_000_000_000;
const STORM: Executor = { type: 'storm', spreadNs: S };
const RATE: Executor = { type: 'constant-arrival-rate', rateHz: 10 };

function connections(backS: readonly number[], rest: Partial<ConnectionSnapshot> = {}): ConnectionSnapshot {
  const back = new LatencyHistogram();
  for (const each of backS) back.record(each * S);
  return { affected: backS.length, trying: 0, ...rest, back: back.snapshot() };
}

/** A load of 100 s, disturbed from 20 s to 40 s. */
function disturbed(executor: Executor): Scenario {
  const scenario = sampleScenario([], executor);
  return { ...scenario, load: { ...scenario.load, warmUpNs: 0, measureNs: 100 * S } };
}

function recover(
  executor: Executor,
  parts: {
    readonly connections: ConnectionSnapshot;
    readonly planned?: (timeS: number) => number;
    readonly succeeded?: (timeS: number) => number;
    readonly failed?: (timeS: number) => number;
    /** Default: 20 s. */
    readonly startS?: number;
  },
) {
  const series = createSeries(0);
  for (let second = 0; second < 100; second++) {
    countInSeries(series, 'planned', second * S, parts.planned?.(second) ?? 0);
    countInSeries(series, 'succeeded', second * S, parts.succeeded?.(second) ?? 0);
    countInSeries(series, 'failed', second * S, parts.failed?.(second) ?? 0);
  }
  const isStorm = executor.type === 'storm';
  return recoveryResult({
    scenario: disturbed(executor),
    disturbance: isStorm
      ? { kind: 'storm', startNs: 0, endNs: 0 }
      : { kind: 'outage', startNs: (parts.startS ?? 20) * S, endNs: 40 * S },
    connections: parts.connections,
    series,
    startNs: 0,
    succeeded: 10,
    retransmissions: 5,
    datagrams: 120,
    wastedCpuShare: 0.25,
  });
}

describe('recovery of peers', () => {
  it('names the times at which shares of the peers were connected', () => {
    const back = connections(Array.from({ length: 10 }, (_, index) => index + 1));
    const { t50Ns, ...result } = recover(STORM, { connections: back });
    expect(result).toMatchObject({
      outcome: 'recovered',
      peers: 10,
      connected: 10,
      gaveUp: 0,
      t95Ns: 10 * S,
      t100Ns: 10 * S,
      messagesPerSuccess: 12,
      retransmissionsPerSuccess: 0.5,
      wastedCpuShare: 0.25,
      rates: null,
    });
    expect(t50Ns! / S).toBeCloseTo(5, 2);
  });

  it('has no time for a share that never was connected, and says who gave up', () => {
    const result = recover(STORM, { connections: connections([1, 2, 3, 4, 5, 6]) });
    expect(result).toMatchObject({
      outcome: 'gave-up',
      gaveUp: 4,
      trying: 0,
      t95Ns: null,
      t99Ns: null,
      t100Ns: null,
    });
    expect(result.t50Ns).toBeGreaterThan(0);
  });

  it('tells peers that still get through from a system in which next to none do', () => {
    const trying = connections([1, 2, 3], { trying: 7 });
    const attempts = { connections: trying, failed: () => 4 };
    expect(recover(STORM, { ...attempts, succeeded: () => 6 }).outcome).toBe('recovering');
    expect(recover(STORM, { ...attempts, succeeded: () => 3 }).outcome).toBe('metastable');
    expect(recover(STORM, { connections: trying }).outcome).toBe('metastable');
  });

  it('is recovered when nobody was affected', () => {
    const result = recover(
      { type: 'per-peer-iterations', peers: 1, iterations: 1, thinkTimeNs: 0 },
      {
        connections: connections([]),
      },
    );
    expect(result).toMatchObject({ outcome: 'recovered', peers: 0, t100Ns: null });
  });
});

describe('recovery of a rate', () => {
  const load = (before: number, during: number, after: number) => (second: number) => {
    if (second < 20) return before;
    return second < 40 ? during : after;
  };

  it.each([
    ['recovered', 10, 10, 10],
    ['recovered', 10, 10, 9],
    ['recovering', 10, 10, 7],
    ['metastable', 10, 10, 4],
    ['recovering', 10, 20, 4],
    ['recovered', 10, 5, 5],
  ])('is %s with %i/s before and %i/s offered, %i/s succeeding after', (outcome, before, offered, after) => {
    const result = recover(RATE, {
      connections: connections([]),
      planned: load(before, 0, offered),
      succeeded: load(before, 0, after),
    });
    expect(result).toMatchObject({
      outcome,
      rates: {
        offeredBeforeHz: before,
        goodputBeforeHz: before,
        offeredAfterHz: offered,
        goodputAfterHz: after,
      },
    });
  });

  it.each([
    ['recovered', 9],
    ['recovering', 7],
    ['metastable', 4],
  ])('is %s by what is offered where there was nothing before, with %i/s of 10/s', (outcome, after) => {
    const result = recover(RATE, {
      connections: connections([1]),
      planned: () => 10,
      succeeded: load(0, 0, after),
      startS: 0,
    });
    expect(result).toMatchObject({ outcome, rates: { offeredBeforeHz: null, goodputAfterHz: after } });
  });

  it('does not excuse a closed load for offering less', () => {
    const result = recover(
      { type: 'constant-peers', peers: 10, thinkTimeNs: 0 },
      {
        connections: connections([]),
        planned: load(10, 0, 4),
        succeeded: load(10, 0, 4),
      },
    );
    expect(result.outcome).toBe('metastable');
  });
});

describe('the disturbance of a scenario', () => {
  const of = (executor: Executor) => disturbanceOf(sampleScenario([], executor));

  it('is none at a constant rate, and the storm itself in a storm', () => {
    expect(of(RATE)).toBeUndefined();
    expect(of(STORM)).toEqual({ kind: 'storm', startNs: 0, endNs: 0 });
  });

  it('is the part of a ramp above its last rate', () => {
    const stages = [
      { durationNs: 10 * S, targetHz: 100 },
      { durationNs: 10 * S, targetHz: 300 },
      { durationNs: 20 * S, targetHz: 300 },
      { durationNs: 10 * S, targetHz: 0 },
      { durationNs: 10 * S, targetHz: 100 },
      { durationNs: 10 * S, targetHz: 100 },
    ];
    expect(of({ type: 'ramping-arrival-rate', startHz: 0, stages })).toEqual({
      kind: 'overload',
      startNs: 10 * S,
      endNs: 40 * S + Math.round((2 / 3) * 10 * S),
    });
    expect(of({ type: 'ramping-arrival-rate', startHz: 0, stages: stages.slice(0, 2) })).toBeUndefined();
    expect(of({ type: 'ramping-arrival-rate', startHz: 500, stages: stages.slice(0, 1) })).toEqual({
      kind: 'overload',
      startNs: 0,
      endNs: 10 * S,
    });
  });

  it('is the time of outages, to the end of the last one', () => {
    const link = {
      latency: { type: 'constant' as const, ns: 0 },
      queueNs: 0,
      fragments: 'pass' as const,
      duplication: 0,
    };
    const down = (startS: number, durationS: number) => [{ startNs: startS * S, durationNs: durationS * S }];
    const scenario = sampleScenario([], RATE);
    const network = {
      latencyNs: 0,
      nats: [],
      firewalls: [],
      natAddresses: [],
      paths: [],
      links: [
        {
          name: 'home',
          groups: ['hosts'],
          sharedBy: 1,
          up: { ...link, downTimes: down(5, 10) },
          down: { ...link, downTimes: down(8, 30) },
        },
      ],
    };
    expect(disturbanceOf({ ...scenario, network })).toEqual({
      kind: 'outage',
      startNs: 5 * S,
      endNs: 38 * S,
    });
  });

  it('is a slow server, and lasts as long as anything else that goes wrong meanwhile', () => {
    const slow = (atS: number, forS: number) =>
      ({
        type: 'slow-server',
        groups: ['radius'],
        share: 1,
        atNs: atS * S,
        forNs: forS * S,
        factor: 10,
      }) as const;
    const scenario = { ...sampleScenario([], STORM), faults: [slow(10, 5), slow(30, 20)] };
    expect(disturbanceOf(scenario)).toEqual({ kind: 'slow-server', startNs: 10 * S, endNs: 50 * S });
    const crash: Fault = {
      type: 'crash',
      groups: ['hosts'],
      share: 1,
      atNs: 2 * S,
      forNs: 3 * S,
      everyNs: 0,
      keepsState: false,
    };
    expect(disturbanceOf({ ...scenario, faults: [crash, slow(4, 40)] })).toEqual({
      kind: 'crash',
      startNs: 2 * S,
      endNs: 44 * S,
    });
  });
});
