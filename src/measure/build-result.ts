/** Makes the result of a run from what its workers measured. */
import { ROUND_TRIPS } from '../peer/fact.ts';
import { NS_PER_S, type Ns } from '../peer/timer.ts';
import type { Executor, Scenario } from '../scenario/scenario.ts';
import { LatencyHistogram, type HistogramSnapshot } from './histogram.ts';
import { computerResult, type ComputerResultSetup } from './computer-result.ts';
import type { ConnectionSnapshot } from './connection-log.ts';
import { disturbanceOf } from './disturbance.ts';
import { faultResults } from './fault-result.ts';
import type { Manifest } from './manifest.ts';
import { misbehaviourResults } from './misbehaviour-result.ts';
import type { NegotiationCounts } from './negotiation-counts.ts';
import {
  RESULT_FORMAT_VERSION,
  type GeneratorHealth,
  type GroupResult,
  type NetworkResult,
  type ResultCounts,
  type RunResult,
  type SimulationResult,
  type Summary,
} from './result.ts';
import { recoveryResult } from './recovery.ts';
import type { Series } from './series.ts';
import { mergeAllGroups, type GroupSnapshot, type RecorderSnapshot } from './snapshot.ts';
import { evaluateThreshold } from './threshold.ts';
import { isSaturated, judge } from './verdict.ts';

export interface ResultSetup {
  readonly scenario: Scenario;
  /** Of all workers (`mergeSnapshots`). */
  readonly snapshot: RecorderSnapshot;
  readonly manifest: Manifest;
  /** Start of the run (and of the warm-up) and its end, on the clock of the snapshot. */
  readonly startNs: Ns;
  readonly endNs: Ns;
  readonly workersLost: number;
  /** By place in the list of faults: peers that each has happened to. */
  readonly faultCounts: readonly number[];
  /** Datagrams that runtimes lost, by reason, added up over workers. */
  readonly losses: Readonly<Record<string, number>>;
  /** What went through the network of the scenario, added up over workers. */
  readonly network?: NetworkResult;
  /** Which peers came back, added up over workers; absent: nothing is said about recovery. */
  readonly connections?: ConnectionSnapshot;
  /** Signal that ended the run early. */
  readonly signal?: string;
  /** Of groups with a model of their computers. */
  readonly computers?: ReadonlyMap<string, Pick<ComputerResultSetup, 'card' | 'cardSha256' | 'snapshot'>>;
  /** In virtual time: how the simulation went. */
  readonly simulation?: Omit<SimulationResult, 'simulatedNs' | 'speed' | 'eventsHz' | 'negotiationsHz'>;
}

/** Clock values that turn a snapshot's times into times since the start of the run. */
interface Clock {
  readonly originNs: Ns;
  readonly measureStartNs: Ns;
  /** Where measuring really ended, when the run ended early. */
  readonly measureEndNs: Ns;
  readonly endsByItself: boolean;
}

/** Computes every number of the result, evaluates the thresholds and judges. */
export function buildResult(setup: ResultSetup): RunResult {
  const { scenario, snapshot, manifest, startNs } = setup;
  const all = mergeAllGroups(snapshot);
  const endNs = endOfRun(setup);
  const clock: Clock = {
    originNs: startNs,
    measureStartNs: snapshot.measureStartNs,
    measureEndNs: Math.max(snapshot.measureStartNs, Math.min(snapshot.measureEndNs, endNs)),
    endsByItself: endsByItself(scenario.load.executor),
  };
  const measured = groupResult(all, clock);
  const groups = groupResults(scenario, snapshot, clock);
  const thresholds = scenario.thresholds.map((threshold) =>
    evaluateThreshold(threshold, { ...measured, groups }),
  );
  const generator = generatorHealth(setup, measured);
  const computers = computerResults(setup, endNs);
  const { verdict, reasons } = judge({
    ...(setup.signal === undefined ? {} : { signal: setup.signal }),
    generator,
    negotiations: measured.negotiations,
    wholeRun: measured.wholeRun,
    failures: all.total.failures,
    drops: all.drops,
    answers: all.answers,
    thresholds,
    violations: violationsOf(computers, all),
  });
  return {
    formatVersion: RESULT_FORMAT_VERSION,
    scenario: scenario.name,
    verdict,
    reasons,
    windows: windowsOf(clock, endNs),
    ...measured,
    groups,
    series: seriesResult(snapshot.series, startNs, computers !== undefined),
    ...recoveryOf(setup, all, computers),
    thresholds,
    ...(setup.network !== undefined && { network: setup.network }),
    ...(scenario.faults.length > 0 && { faults: faultResults(scenario, setup.faultCounts) }),
    ...(scenario.groups.some(({ misbehaviour }) => misbehaviour !== undefined) && {
      misbehaviour: misbehaviourResults(scenario, snapshot),
    }),
    generator,
    ...(computers !== undefined && { computers }),
    ...(setup.simulation !== undefined && {
      simulation: simulationResult(setup.simulation, endNs - startNs, all.total.succeeded),
    }),
    manifest,
  };
}

function computerResults(setup: ResultSetup, endNs: Ns): RunResult['computers'] {
  if (setup.computers === undefined) return undefined;
  const results: RunResult['computers'] = {};
  for (const { name, cpu: plan } of setup.scenario.groups) {
    const measured = setup.computers.get(name);
    if (plan !== undefined && measured !== undefined)
      results[name] = computerResult({ plan, endNs, ...measured });
  }
  return results;
}

/** Laws that hold for every run whose gateways are simulated with their computers. */
function violationsOf(computers: RunResult['computers'], all: GroupSnapshot): string[] {
  if (computers === undefined) return [];
  const violations = Object.values(computers).flatMap((each) => each.violations);
  const { started, succeeded, failed } = all.total;
  if (succeeded + failed > started) {
    violations.push(`${started} negotiations were started, ${succeeded} succeeded and ${failed} failed`);
  }
  if (succeeded > all.responder.phase1) {
    violations.push(`${succeeded} negotiations succeeded with ${all.responder.phase1} SAs at gateways`);
  }
  return violations;
}

/**
 * A load that fills its window may have nothing left to do a little before the window's end; the
 * window is as long as planned all the same, or rates would come out too high.
 */
function endOfRun({ scenario, snapshot, endNs, signal, workersLost }: ResultSetup): Ns {
  const mayBeShort = signal !== undefined || workersLost > 0 || endsByItself(scenario.load.executor);
  return mayBeShort ? endNs : Math.max(endNs, snapshot.measureEndNs);
}

/** Loads whose number of starts is given, so that the time they take is itself a result. */
function endsByItself(executor: Executor): boolean {
  return executor.type === 'storm' || executor.type === 'per-peer-iterations';
}

function windowsOf(clock: Clock, endNs: Ns): RunResult['windows'] {
  const { originNs } = clock;
  const measureStartNs = Math.min(clock.measureStartNs, endNs) - originNs;
  const measureEndNs = Math.min(clock.measureEndNs, endNs) - originNs;
  return {
    warmUp: { startNs: 0, endNs: measureStartNs },
    measure: { startNs: measureStartNs, endNs: measureEndNs },
    drain: { startNs: measureEndNs, endNs: endNs - originNs },
  };
}

function groupResults(scenario: Scenario, snapshot: RecorderSnapshot, clock: Clock): RunResult['groups'] {
  const entries = scenario.groups.flatMap(({ name }) => {
    const group = Object.hasOwn(snapshot.groups, name) ? snapshot.groups[name] : undefined;
    return group ? [[name, groupResult(group, clock)] as const] : [];
  });
  return Object.fromEntries(entries);
}

function groupResult(group: GroupSnapshot, clock: Clock): GroupResult {
  const { histograms } = group;
  const isPinged = group.pings.total.sent > 0;
  const roundTrips: GroupResult['latency']['roundTrips'] = {};
  for (const name of ROUND_TRIPS) {
    const summary = summarize(histograms[name]);
    if (summary) roundTrips[name] = summary;
  }
  return {
    negotiations: resultCounts(group.window),
    wholeRun: resultCounts(group.total),
    rates: ratesOf(group, clock),
    latency: {
      whole: summarize(histograms.latency),
      fromStart: summarize(histograms['latency-from-start']),
      phase1: summarize(histograms.phase1),
      phase2: summarize(histograms.phase2),
      roundTrips,
      sendLag: summarize(histograms['send-lag']),
      ...(isPinged && {
        ping: summarize(histograms.ping),
        firstPacket: summarize(histograms['first-packet']),
        firstPacketFromSa: summarize(histograms['first-packet-from-sa']),
      }),
      ...(histograms['come-back'] !== undefined && { comeBack: summarize(histograms['come-back']) }),
    },
    ...(Object.values(group.comeBack).some((count) => count > 0) && { comeBack: { ...group.comeBack } }),
    failures: withoutZeros(group.window.failures),
    drops: withoutZeros(group.drops),
    lifecycle: withoutZeros(group.lifecycle),
    closed: group.closed,
    retransmissions: group.retransmissions,
    ...(isPinged && { pings: { ...group.pings.window }, pingsWholeRun: { ...group.pings.total } }),
    responder: {
      phase1: group.responder.phase1,
      phase2: group.responder.phase2,
      ...(group.responder.echoes > 0 && { echoes: group.responder.echoes }),
      failures: withoutZeros(group.responder.failures),
    },
  };
}

function resultCounts(counts: NegotiationCounts): ResultCounts {
  const { started, succeeded, failed, droppedStarts, firstTry, retried } = counts;
  const inFlightAtEnd = Math.max(0, started - succeeded - failed);
  return { started, succeeded, failed, inFlightAtEnd, droppedStarts, firstTry, retried };
}

/** A negotiation that ends after the window is no throughput of the window, else a growing queue would look like speed. */
function ratesOf(group: GroupSnapshot, clock: Clock): GroupResult['rates'] {
  const hasSpan = Number.isFinite(group.firstPlannedNs) && Number.isFinite(group.lastCompletionNs);
  const isOwnSpan = clock.endsByItself && hasSpan;
  const startNs = isOwnSpan ? group.firstPlannedNs : clock.measureStartNs;
  const endNs = isOwnSpan ? group.lastCompletionNs : clock.measureEndNs;
  const succeeded = clock.endsByItself ? group.window.succeeded : group.finishedInWindow;
  const toHz = (count: number) => (endNs > startNs ? (count * NS_PER_S) / (endNs - startNs) : null);
  return {
    startNs: startNs - clock.originNs,
    endNs: endNs - clock.originNs,
    startedHz: toHz(group.window.started),
    succeededHz: toHz(succeeded),
  };
}

function summarize(snapshot: HistogramSnapshot | undefined): Summary | null {
  if (!snapshot || snapshot.count === 0) return null;
  const histogram = new LatencyHistogram();
  histogram.add(snapshot);
  return {
    count: histogram.count,
    minNs: histogram.minNs,
    meanNs: histogram.meanNs,
    maxNs: histogram.maxNs,
    p50Ns: histogram.percentileNs(50),
    p75Ns: histogram.percentileNs(75),
    p90Ns: histogram.percentileNs(90),
    p95Ns: histogram.percentileNs(95),
    p99Ns: histogram.percentileNs(99),
    p999Ns: histogram.percentileNs(99.9),
    clamped: snapshot.clamped,
    histogram: snapshot.encoded,
  };
}

function withoutZeros<Key extends string>(
  counts: Readonly<Record<Key, number>>,
): Partial<Record<Key, number>> {
  const entries = Object.entries<number>(counts).filter(([, count]) => count > 0);
  return Object.fromEntries(entries) as Partial<Record<Key, number>>;
}

function seriesResult(series: Series, originNs: Ns, hasComputers: boolean): RunResult['series'] {
  const { bucketNs, planned, started, succeeded, failed } = series;
  return {
    startNs: series.originNs + series.firstIndex * bucketNs - originNs,
    bucketNs,
    planned: [...planned],
    started: [...started],
    succeeded: [...succeeded],
    failed: [...failed],
    connected: levels(series.connected),
    ...(hasComputers && { waiting: levels(series.waiting) }),
  };
}

/** From changes to what they come to; a lost worker may have taken a rise with it, so that a fall has none before it. */
function levels(changes: readonly number[]): number[] {
  let level = 0;
  return changes.map((change) => Math.max(0, (level += change)));
}

/** A run that was cut short says nothing about how it would have ended. */
function recoveryOf(
  setup: ResultSetup,
  all: GroupSnapshot,
  computers: RunResult['computers'],
): Pick<RunResult, 'recovery'> {
  const { scenario, snapshot, startNs, connections, signal, simulation } = setup;
  const disturbance = disturbanceOf(scenario);
  if (disturbance === undefined || connections === undefined) return {};
  if (signal !== undefined || setup.workersLost > 0) return {};
  const recovery = recoveryResult({
    scenario,
    disturbance,
    connections,
    series: snapshot.series,
    startNs,
    succeeded: all.total.succeeded,
    retransmissions: all.retransmissions,
    ...(simulation !== undefined && { datagrams: simulation.datagrams }),
    wastedCpuShare: wastedShareOf(computers),
  });
  return { recovery };
}

function wastedShareOf(computers: RunResult['computers']): number | null {
  let cpuNs = 0;
  let wastedNs = 0;
  for (const { work } of Object.values(computers ?? {})) {
    cpuNs += work.cpuNs;
    wastedNs += work.unfinishedNs + work.droppedNs;
  }
  return cpuNs > 0 ? wastedNs / cpuNs : null;
}

function simulationResult(
  simulation: NonNullable<ResultSetup['simulation']>,
  simulatedNs: Ns,
  succeeded: number,
): SimulationResult {
  const wallS = Math.max(simulation.wallNs, 1) / NS_PER_S;
  return {
    ...simulation,
    simulatedNs,
    speed: simulatedNs / NS_PER_S / wallS,
    eventsHz: simulation.events / wallS,
    negotiationsHz: succeeded / wallS,
  };
}

function generatorHealth(setup: ResultSetup, measured: GroupResult): GeneratorHealth {
  const { sendLag } = measured.latency;
  const health = {
    sendLagP99Ns: sendLag?.p99Ns ?? null,
    sendLagMaxNs: sendLag?.maxNs ?? null,
    sendLagLimitNs: setup.scenario.load.sendLagLimitNs,
    droppedStarts: measured.negotiations.droppedStarts,
  };
  return {
    saturated: isSaturated(health),
    ...health,
    workers: setup.manifest.workers,
    workersLost: setup.workersLost,
    losses: { ...setup.losses },
  };
}
