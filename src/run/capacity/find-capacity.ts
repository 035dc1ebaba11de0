/** Finds the highest rate that a system holds: with an idle system before each run, then after an overload. */
import { createHash, randomInt } from 'node:crypto';
import { join } from 'node:path';
import { mkdir } from 'node:fs/promises';
import {
  CAPACITY_FORMAT_VERSION,
  type BranchName,
  type CapacityBranch,
  type CapacityResult,
  type CapacityStep,
} from '../../measure/capacity-result.ts';
import type { RunResult } from '../../measure/result.ts';
import { NS_PER_S } from '../../peer/timer.ts';
import type { Ns } from '../../peer/timer.ts';
import { replayCommand } from '../../report/replay.ts';
import type { LoadedScenario } from '../../scenario/scenario.ts';
import { runScenario } from '../execute.ts';
import type { RunOptions } from '../execute.ts';
import { packageVersion } from '../manifest.ts';
import { PlanError } from '../plan.ts';
import { variantOf } from '../scenario-variant.ts';
import {
  fallingSettings,
  ratedExecutorOf,
  rateOf,
  risingSettings,
  type Overload,
  type RatedExecutor,
} from './branch-load.ts';
import { judgeStep } from './judge-step.ts';
import { RateSearch, roundedRate } from './rate-search.ts';
import { restInRealTime } from './rest.ts';

export interface CapacityOptions {
  /** First rate; default: that of the scenario. */
  readonly fromHz?: number;
  /** Highest rate; default: no limit. */
  readonly toHz?: number;
  readonly tolerance: number;
  /** Runs of a rate at most; more than half must hold. */
  readonly repeats: number;
  /** Rates tried on each branch at most. */
  readonly maximumRates: number;
  /** Absent: the falling branch is left out. Times absent: as long as the measure window; four times that. */
  readonly overload?: { readonly factor: number; readonly durationNs?: Ns; readonly settleNs?: Ns };
  /** For every run. */
  readonly run: Omit<RunOptions, 'outDirectory' | 'seed' | 'signal' | 'onProgress'>;
  /** Wait after a run over UDP that left negotiations unfinished, for the gateway to forget them; default: 30 s. */
  readonly restNs?: Ns;
  readonly seed?: number;
  readonly signal?: AbortSignal;
  /** Where results of the runs are kept, each in a folder of its own; absent: nowhere. */
  readonly folder?: string;
  /** Where certificates of the runs are kept for later ones. */
  readonly outDirectory?: string;
  onStep?(step: CapacityStep): void;
  /** Called before the wait. */
  onRest?(restNs: Ns): void;
  onWarning?(text: string): void;
  /** Runs one step; default `runScenario`. */
  readonly runStep?: (loaded: LoadedScenario, options: RunOptions) => Promise<RunResult>;
  /** Waits, until the signal is aborted; default: in real time. */
  readonly rest?: (restNs: Ns, signal: AbortSignal | undefined) => Promise<void>;
}

/** The demand of a scenario that has none. */
export const DEFAULT_CRITERION = 'succeeded rate >= 99%';

/**
 * Searches the rising branch, and then, unless it is left out or there is nothing to fall from, the falling one.
 * Always returns what was measured: an abort ends the search with what is known by then.
 * @throws PlanError for a load without a rate; whatever a run throws before it begins.
 */
export async function findCapacity(
  loaded: LoadedScenario,
  options: CapacityOptions,
): Promise<CapacityResult> {
  return new CapacityFinder(loaded, options).find();
}

interface Tried {
  readonly holds: boolean;
  readonly limitedBy: CapacityStep['limitedBy'];
  /** Why the search cannot go on. */
  readonly end?: StepEnd;
}

class CapacityFinder {
  readonly #loaded: LoadedScenario;
  readonly #options: CapacityOptions;
  readonly #executor: RatedExecutor;
  readonly #seed: number;
  readonly #startedAt = new Date();
  readonly #steps: CapacityStep[] = [];
  #target: string | null = null;
  /** Somebody answered in a run of this search. */
  #isAnswered = false;
  /** A real gateway may still keep what the run before left unfinished. */
  #isToRest = false;

  constructor(loaded: LoadedScenario, options: CapacityOptions) {
    this.#loaded = loaded;
    this.#options = options;
    this.#executor = ratedExecutorOf(loaded.scenario);
    this.#seed = options.seed ?? loaded.scenario.seed ?? randomInt(DRAWN_SEEDS);
    const { fromHz = rateOf(this.#executor), toHz = Infinity } = options;
    if (!(fromHz > 0)) throw new PlanError('the first rate must be above 0', 'give one with --from');
    if (fromHz > toHz) throw new PlanError(`--from ${fromHz}/s is above --to ${toHz}/s`);
    if (loaded.scenario.clock === 'real' && loaded.scenario.load.warmUpNs === 0) {
      options.onWarning?.(
        'without a warm-up each run measures how threads and code get going: --set load.warm-up=2s',
      );
    }
  }

  async find(): Promise<CapacityResult> {
    const { fromHz = rateOf(this.#executor), toHz = Infinity } = this.#options;
    const rising = await this.#search('rising', fromHz, toHz, undefined);
    const overload = this.#overloadFrom(rising);
    const falling =
      overload === undefined
        ? null
        : await this.#search('falling', rising.holdingHz!, rising.holdingHz!, overload);
    return this.#result(rising, falling, overload ?? null);
  }

  async #search(
    branch: BranchName,
    fromHz: number,
    toHz: number,
    overload: Overload | undefined,
  ): Promise<CapacityBranch> {
    const { tolerance, maximumRates } = this.#options;
    const search = new RateSearch({ fromHz, toHz, tolerance, maximumRates });
    const faults = new Map<number, CapacityStep['limitedBy']>();
    let generatorFaults = 0;
    let end: CapacityBranch['end'] | undefined;
    for (let rateHz = search.next(); rateHz !== undefined && end === undefined; rateHz = search.next()) {
      const tried = await this.#try(branch, rateHz, overload);
      ({ end } = tried);
      if (end !== undefined) break;
      faults.set(rateHz, tried.limitedBy);
      search.tell(rateHz, tried.holds);
      generatorFaults = tried.limitedBy === 'generator' ? generatorFaults + 1 : 0;
      // It does not come from the rate where a fraction of it changes nothing.
      if (search.holdingHz === undefined && generatorFaults >= GENERATOR_FAULTS_MAXIMUM) end = 'generator';
    }
    const failingHz = search.failingHz ?? null;
    const isGeneratorLimited = failingHz !== null && faults.get(failingHz) === 'generator';
    const reached = search.end ?? 'rates';
    return {
      holdingHz: search.holdingHz ?? null,
      failingHz,
      end: end ?? (isGeneratorLimited && reached === 'tolerance' ? 'generator' : reached),
      isGeneratorLimited,
    };
  }

  /** Runs a rate until more than half of the repeats agree. */
  async #try(branch: BranchName, rateHz: number, overload: Overload | undefined): Promise<Tried> {
    const { repeats } = this.#options;
    const outcomes = { holding: 0, failing: 0, generator: 0 };
    for (let repeat = 0; repeat < repeats; repeat++) {
      const { step, end } = await this.#step(branch, rateHz, repeat, overload);
      if (end !== undefined) return { holds: false, limitedBy: step.limitedBy, end };
      if (step.holds) outcomes.holding++;
      else outcomes.failing++;
      if (step.limitedBy === 'generator') outcomes.generator++;
      if (2 * outcomes.holding > repeats || 2 * outcomes.failing >= repeats) break;
    }
    const holds = 2 * outcomes.holding > repeats;
    const isGenerator = !holds && outcomes.generator === outcomes.failing;
    return { holds, limitedBy: holds ? null : isGenerator ? 'generator' : 'system' };
  }

  async #step(
    branch: BranchName,
    rateHz: number,
    repeat: number,
    overload: Overload | undefined,
  ): Promise<{ readonly step: CapacityStep; readonly end?: StepEnd }> {
    const { scenario } = this.#loaded;
    await this.#rest();
    const load =
      overload === undefined
        ? risingSettings(scenario.load, this.#executor, rateHz)
        : fallingSettings(scenario.load, this.#executor, rateHz, overload);
    const criterion = scenario.thresholds.length > 0 ? [] : [`thresholds=[${DEFAULT_CRITERION}]`];
    const variant = await variantOf(this.#loaded, [...load, ...criterion]);
    const seed = this.#seed + repeat;
    const folder = await this.#folderOf(`${branch}-${rateHz}-${seed}`);
    const { run, outDirectory, signal, runStep = runScenario } = this.#options;
    const result = await runStep(variant, {
      ...run,
      seed,
      ...(signal !== undefined && { signal }),
      ...(folder !== undefined && { folder: folder.path }),
      ...(outDirectory !== undefined && { outDirectory }),
    });
    this.#target = result.manifest.target;
    this.#isToRest = this.#runtime === 'udp' && result.wholeRun.failed + result.wholeRun.inFlightAtEnd > 0;
    const end = endOf(result, this.#isAnswered);
    this.#isAnswered ||= result.wholeRun.succeeded > 0;
    const isRateConstant = this.#executor.type !== 'ramping-arrival-rate';
    const step: CapacityStep = {
      branch,
      rateHz,
      seed,
      ...judgeStep(result, isRateConstant),
      verdict: result.verdict,
      ...measuresOf(result),
      folder: folder?.name ?? null,
      command: replayCommand(result.manifest),
    };
    this.#steps.push(step);
    this.#options.onStep?.(step);
    return { step, ...(end !== undefined && { end }) };
  }

  get #runtime(): 'memory' | 'udp' {
    return this.#options.run.target === undefined ? this.#loaded.scenario.runtime : 'udp';
  }

  async #rest(): Promise<void> {
    const { restNs = REST_NS, rest = restInRealTime, onRest, signal } = this.#options;
    if (!this.#isToRest || restNs === 0 || signal?.aborted === true) return;
    onRest?.(restNs);
    await rest(restNs, signal);
  }

  async #folderOf(name: string): Promise<{ readonly name: string; readonly path: string } | undefined> {
    const { folder } = this.#options;
    if (folder === undefined) return undefined;
    const path = join(folder, 'steps', name);
    await mkdir(path, { recursive: true });
    return { name: join('steps', name), path };
  }

  #overloadFrom({ holdingHz, end }: CapacityBranch): Overload | undefined {
    const { overload, signal } = this.#options;
    const isOver = end === 'signal' || end === 'invalid' || end === 'unreachable' || signal?.aborted === true;
    if (overload === undefined || holdingHz === null || isOver) return undefined;
    const durationNs = overload.durationNs ?? this.#loaded.scenario.load.measureNs;
    const settleNs = overload.settleNs ?? SETTLE_FACTOR * durationNs;
    return { rateHz: roundedRate(holdingHz * overload.factor), durationNs, settleNs };
  }

  #result(rising: CapacityBranch, falling: CapacityBranch | null, overload: Overload | null): CapacityResult {
    const { scenario, text, file, settings } = this.#loaded;
    const { tolerance, repeats, maximumRates } = this.#options;
    return {
      formatVersion: CAPACITY_FORMAT_VERSION,
      scenario: scenario.name,
      clock: scenario.clock,
      runtime: this.#runtime,
      target: this.#target,
      criterion:
        scenario.thresholds.length > 0 ? scenario.thresholds.map((each) => each.text) : [DEFAULT_CRITERION],
      isDefaultCriterion: scenario.thresholds.length === 0,
      tolerance,
      repeats,
      maximumRates,
      rising,
      falling,
      overload,
      hasHysteresis: hysteresisOf(rising, falling, tolerance),
      restNs: this.#runtime === 'udp' ? (this.#options.restNs ?? REST_NS) : 0,
      steps: this.#steps,
      scenarioFile: file,
      scenarioSha256: createHash('sha256').update(text, 'utf8').digest('hex'),
      settings: [...settings],
      ikestormVersion: packageVersion(),
      startedAt: this.#startedAt.toISOString(),
    };
  }
}

function measuresOf({ rates, negotiations, latency, recovery, computers }: RunResult) {
  const works = Object.values(computers ?? {}).map(({ work }) => work);
  const cpuNs = works.reduce((sum, work) => sum + work.cpuNs, 0);
  const wastedNs = works.reduce((sum, work) => sum + work.unfinishedNs + work.droppedNs, 0);
  return {
    startedHz: rates.startedHz,
    succeededHz: rates.succeededHz,
    failedShare: negotiations.started === 0 ? null : negotiations.failed / negotiations.started,
    p50Ns: latency.whole?.p50Ns ?? null,
    p99Ns: latency.whole?.p99Ns ?? null,
    wastedCpuShare: recovery?.wastedCpuShare ?? (cpuNs > 0 ? wastedNs / cpuNs : null),
  };
}

function hysteresisOf(
  rising: CapacityBranch,
  falling: CapacityBranch | null,
  tolerance: number,
): boolean | null {
  if (falling === null || rising.holdingHz === null || STOPPED.has(falling.end)) return null;
  const isLess = (falling.holdingHz ?? 0) * (1 + tolerance) < rising.holdingHz;
  return isLess && falling.isGeneratorLimited ? null : isLess;
}

/**
 * Why there is no sense in going on. Silence is an answer where there was another one before: the system does not hold.
 * And where all are busy nothing can be started, which is how an overload ends.
 */
function endOf({ verdict, generator, negotiations }: RunResult, isAnswered: boolean): StepEnd | undefined {
  if (verdict === 'unreachable' && isAnswered) return undefined;
  const isAllBusy = generator.workersLost === 0 && negotiations.started === 0 && generator.droppedStarts > 0;
  if (verdict === 'invalid' && isAllBusy) return undefined;
  return END_OF_VERDICT.get(verdict);
}

type StepEnd = 'unreachable' | 'invalid' | 'signal';
const END_OF_VERDICT: ReadonlyMap<string, StepEnd> = new Map([
  ['unreachable', 'unreachable'],
  ['invalid', 'invalid'],
  ['aborted', 'signal'],
] as const);
const STOPPED: ReadonlySet<string> = new Set(['unreachable', 'invalid', 'signal']);
const SETTLE_FACTOR = 4;
/** How often the generator may be at fault, one rate after the other, before anything holds. */
const GENERATOR_FAULTS_MAXIMUM = 3;
/** As long as strongSwan keeps a negotiation that does not go on. */
const REST_NS = 30 * NS_PER_S;
const DRAWN_SEEDS = 2 ** 32;
