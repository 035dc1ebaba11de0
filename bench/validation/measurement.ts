/** One run of a scenario, real or virtual, and the few numbers of it that are compared. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { stringify } from 'yaml';
import { parseRunResult, type RunResult } from '../../src/measure/result.ts';
import type { ScenarioInput } from '../../src/scenario/schema.ts';
import { spreadOf } from '../spread.ts';
import { GENERATOR_CORE, runPinned, type Site } from './site.ts';

export const MAIN = fileURLToPath(new URL('../../dist/cli/main.js', import.meta.url));
const NS_PER_MS = 1e6;

export interface Numbers {
  readonly throughputHz: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  /** 99th percentile of starts that came later than planned. */
  readonly lagP99Ms: number;
  readonly generatorShare: number;
  readonly failed: number;
}

export interface Run {
  readonly result: RunResult;
  readonly generatorShare: number;
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

/** Runs it on the generator's core. Throws when there is no result. */
export async function run(site: Site, scenario: ScenarioInput): Promise<Run> {
  const file = writeScenario(site, scenario);
  const out = join(site.folder, 'results');
  const outcome = await runPinned(site, GENERATOR_CORE, [MAIN, 'run', file, '--json', '--out', out]);
  if (!outcome.stdout.startsWith('{')) throw new Error(`no result of ${file}:\n${outcome.stderr}`);
  return { result: parseRunResult(JSON.parse(outcome.stdout)), generatorShare: outcome.busyShare };
}

export function numbersOf({ result, generatorShare }: Run): Numbers {
  const { latency, rates, wholeRun } = result;
  return {
    throughputHz: rates.succeededHz ?? 0,
    p50Ms: (latency.whole?.p50Ns ?? Number.NaN) / NS_PER_MS,
    p99Ms: (latency.whole?.p99Ns ?? Number.NaN) / NS_PER_MS,
    lagP99Ms: (latency.sendLag?.p99Ns ?? Number.NaN) / NS_PER_MS,
    generatorShare,
    failed: wholeRun.failed,
  };
}

/** Each number's median over repeats. */
export function medianOf(repeats: readonly Numbers[]): Numbers {
  const median = (value: (numbers: Numbers) => number): number => spreadOf(repeats.map(value)).median;
  return {
    throughputHz: median((numbers) => numbers.throughputHz),
    p50Ms: median((numbers) => numbers.p50Ms),
    p99Ms: median((numbers) => numbers.p99Ms),
    lagP99Ms: median((numbers) => numbers.lagP99Ms),
    generatorShare: median((numbers) => numbers.generatorShare),
    failed: median((numbers) => numbers.failed),
  };
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
