/** One run of a scenario, real or virtual, and the few numbers of it that are compared. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { stringify } from 'yaml';
import { parseRunResult, type RunResult } from '../../src/measure/result.ts';
import type { ScenarioInput } from '../../src/scenario/schema.ts';
import type { Disturbance } from './machine-watch.ts';
import { GENERATOR_CORE, runPinned, type Site } from './site.ts';

export const MAIN = fileURLToPath(new URL('../../dist/cli/main.js', import.meta.url));
const NS_PER_MS = 1e6;

export interface Numbers {
  readonly throughputHz: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  /** 99th percentile of starts that came later than planned. */
  readonly lagP99Ms: number;
  /** Share of its core that the gateway used: its process, or its work and waking in a model. */
  readonly gatewayShare: number;
  readonly failed: number;
  readonly disturbance: Disturbance;
  /** Medians, milliseconds, by message. */
  readonly roundTrips: Readonly<Record<string, number>>;
}

export interface Run {
  readonly result: RunResult;
  readonly gatewayShare: number;
  readonly disturbance: Disturbance;
  /** What Node.js said besides. */
  readonly trace: readonly string[];
}

/** Whether Node.js says something of its garbage. */
export function isTrace(line: string): boolean {
  return /^\[\d+:0x/.test(line);
}

let count = 0;

/** Writes the scenario to a file of its own. */
export function writeScenario({ folder }: Site, scenario: ScenarioInput): string {
  const directory = join(folder, 'scenarios');
  mkdirSync(directory, { recursive: true });
  const file = join(directory, `${++count}-${scenario.name}.yaml`);
  writeFileSync(file, stringify(scenario));
  return file;
}

export interface RunCircumstances {
  /** To be watched too. */
  readonly gatewayPid?: number;
  /** Flags of Node.js. */
  readonly flags?: readonly string[];
}

/** Runs it on the generator's core. Throws when there is no result. */
export async function run(
  site: Site,
  scenario: ScenarioInput,
  { gatewayPid, flags = [] }: RunCircumstances = {},
): Promise<Run> {
  const file = writeScenario(site, scenario);
  const out = join(site.folder, 'results');
  const parameters = [...flags, MAIN, 'run', file, '--json', '--out', out];
  const outcome = await runPinned(site, GENERATOR_CORE, parameters, gatewayPid);
  const lines = outcome.stdout.split('\n');
  const json = lines.filter((line) => !isTrace(line)).join('\n');
  if (!json.startsWith('{')) throw new Error(`no result of ${file}:\n${outcome.stderr}`);
  const { gatewayShare, disturbance } = outcome;
  return {
    result: parseRunResult(JSON.parse(json)),
    gatewayShare,
    disturbance,
    trace: lines.filter(isTrace),
  };
}

export function numbersOf({ result, gatewayShare, disturbance }: Run): Numbers {
  const { latency, rates, wholeRun } = result;
  return {
    throughputHz: rates.succeededHz ?? 0,
    p50Ms: (latency.whole?.p50Ns ?? Number.NaN) / NS_PER_MS,
    p99Ms: (latency.whole?.p99Ns ?? Number.NaN) / NS_PER_MS,
    lagP99Ms: (latency.sendLag?.p99Ns ?? Number.NaN) / NS_PER_MS,
    gatewayShare: modelledShare(result) ?? gatewayShare,
    failed: wholeRun.failed,
    disturbance,
    roundTrips: Object.fromEntries(
      Object.entries(latency.roundTrips).map(([message, { p50Ns }]) => [message, p50Ns / NS_PER_MS]),
    ),
  };
}

/** By what the computer had to do for each negotiation of the whole run. */
function modelledShare({ computers, rates, wholeRun }: RunResult): number | undefined {
  const work = computers?.['gateway']?.work;
  if (work === undefined) return undefined;
  const eachNs = (work.cpuNs + (work.overheadNs ?? 0)) / wholeRun.succeeded;
  return (eachNs * (rates.succeededHz ?? 0)) / 1e9;
}

/** Each number's median over runs; of an even number of runs the mean of the two in the middle. */
export function medianOf(runs: readonly Numbers[]): Numbers {
  const median = (value: (numbers: Numbers) => number): number => middleOf(runs.map(value));
  return {
    throughputHz: median((numbers) => numbers.throughputHz),
    p50Ms: median((numbers) => numbers.p50Ms),
    p99Ms: median((numbers) => numbers.p99Ms),
    lagP99Ms: median((numbers) => numbers.lagP99Ms),
    gatewayShare: median((numbers) => numbers.gatewayShare),
    failed: median((numbers) => numbers.failed),
    disturbance: {
      othersShare: median(({ disturbance }) => disturbance.othersShare),
      stealShare: median(({ disturbance }) => disturbance.stealShare),
      involuntaryHz: median(({ disturbance }) => disturbance.involuntaryHz),
    },
    roundTrips: Object.fromEntries(
      Object.keys(runs[0]?.roundTrips ?? {}).map((message) => [
        message,
        median(({ roundTrips }) => roundTrips[message] ?? Number.NaN),
      ]),
    ),
  };
}

export function middleOf(values: readonly number[]): number {
  const sorted = [...values].toSorted((a, b) => a - b);
  const half = Math.floor(sorted.length / 2);
  const upper = sorted[half] ?? Number.NaN;
  return sorted.length % 2 === 1 ? upper : ((sorted[half - 1] ?? Number.NaN) + upper) / 2;
}

export interface Ramp {
  readonly fromHz: number;
  readonly toHz: number;
  readonly seconds: number;
}

/** What is finished of what is offered, below which a gateway has fallen behind. */
const KEEPS_UP_SHARE = 0.95;
const WINDOW_NS = 1e9;

/**
 * The offered rate of a ramp from which on the gateway finished less than 95 % of what was offered, in every second
 * to the end; undefined when it kept up.
 */
export function kneeHz({ series }: RunResult, { fromHz, toHz, seconds }: Ramp): number | undefined {
  const { bucketNs, succeeded } = series;
  const perWindow = Math.max(1, Math.round(WINDOW_NS / bucketNs));
  const windowS = (perWindow * bucketNs) / 1e9;
  let knee: number | undefined;
  for (let first = 0; (first + perWindow) * bucketNs <= seconds * 1e9; first++) {
    const doneHz = succeeded.slice(first, first + perWindow).reduce((sum, each) => sum + each, 0) / windowS;
    const middleS = ((first + perWindow / 2) * bucketNs) / 1e9;
    const offeredHz = fromHz + ((toHz - fromHz) * middleS) / seconds;
    if (doneHz >= KEEPS_UP_SHARE * offeredHz) knee = undefined;
    else knee ??= offeredHz;
  }
  return knee;
}

/** Share of a ramp, at its end, whose throughput is what the gateway does when it is offered too much. */
const PLATEAU_SHARE = 0.25;

/** Negotiations a second at the end of a ramp. */
export function plateauHz({ series }: RunResult, { seconds }: Ramp): number {
  const { bucketNs, succeeded } = series;
  const end = Math.floor((seconds * 1e9) / bucketNs);
  const first = Math.floor(end * (1 - PLATEAU_SHARE));
  const done = succeeded.slice(first, end).reduce((sum, each) => sum + each, 0);
  return done / (((end - first) * bucketNs) / 1e9);
}
