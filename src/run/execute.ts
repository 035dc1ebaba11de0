/** Runs a scenario: starts the workers, watches over them, gathers what they measured. */
import { join } from 'node:path';
import { buildResult } from '../measure/build-result.ts';
import type { ResultSetup } from '../measure/build-result.ts';
import { readLiveCounters } from '../measure/live-counters.ts';
import type { LiveReading } from '../measure/live-counters.ts';
import type { RunResult } from '../measure/result.ts';
import { addConnections } from '../measure/connection-log.ts';
import type { ConnectionSnapshot } from '../measure/connection-log.ts';
import { mergeSnapshots } from '../measure/snapshot.ts';
import type { RecorderSnapshot } from '../measure/snapshot.ts';
import { addNetworkCounts } from '../network/network-counts.ts';
import type { NetworkCounts } from '../network/network-counts.ts';
import { NS_PER_MS } from '../peer/timer.ts';
import type { Ns } from '../peer/timer.ts';
import { createClock, takeClockOrigin } from '../runtime/clock.ts';
import type { ClockOrigin } from '../runtime/clock.ts';
import { CertificateError } from '../pki/certificate-error.ts';
import { createPopulation } from '../scenario/expand.ts';
import type { LoadedScenario } from '../scenario/scenario.ts';
import { selectCertificates } from '../worker/certificates.ts';
import type { GroupCertificates } from '../worker/certificates.ts';
import { createNetwork } from '../worker/network.ts';
import { placePopulation } from '../worker/placement.ts';
import { createShardPool } from '../worker/pool.ts';
import type { ShardPool } from '../worker/pool.ts';
import { beginningOf, createSharedState, requestStop } from '../worker/shared-state.ts';
import type { SharedState } from '../worker/shared-state.ts';
import type { DigestTask, ShardReport, ShardTask } from '../worker/task.ts';
import type { CalibrationCard } from '../cpu/calibration-card.ts';
import { mergeComputers } from '../measure/computer-snapshot.ts';
import { cardHash } from './calibrate/card-output.ts';
import { readScenarioCards } from './scenario-cards.ts';
import { writeCapture } from './capture-output.ts';
import { snapshotOfLost } from './lost-worker.ts';
import { collectManifest } from './manifest.ts';
import { OutputError } from './output-error.ts';
import { CERTIFICATE_FOLDER, prepareCertificates } from './prepare-certificates.ts';
import { planRun } from './plan.ts';
import type { PlanOptions, RunPlan } from './plan.ts';
import { createRunWatch } from './run-watch.ts';
import type { RunWatch } from './run-watch.ts';
import { digestTaskOf, simulationOf } from './simulation-part.ts';
import { createResultFolder } from './result-folder.ts';
import { writeResult } from './result-writer.ts';

export interface RunOptions extends PlanOptions {
  /** Called about four times a second, from the start to the end. */
  onProgress?(progress: RunProgress): void;
  /** Called with a sentence when something goes wrong that does not end the run at once. */
  onWarning?(text: string): void;
  /** Called with the path of the folder that the output will be in. */
  onFolder?(path: string): void;
  /** Ends the run early: nothing more is started, what is in flight is drained shortly, everything is reported. */
  readonly signal?: AbortSignal;
  /** Where the folder of this run is made; absent: nothing is written. */
  readonly outDirectory?: string;
  /** A folder that is there, for the output of this run, instead of one made in `outDirectory`. */
  readonly folder?: string;
  /** Where certificates that the scenario makes are kept; default: in `outDirectory`, and without one they are made anew. */
  readonly certificateDirectory?: string;
  /** For the manifest; default: of this process. */
  readonly commandLine?: readonly string[];
}

/** A run as it is at a moment. */
export interface RunProgress {
  /** `starting`: workers are made ready; `draining`: nothing more is planned. */
  readonly phase: 'starting' | 'warm-up' | 'measuring' | 'draining';
  /** Since the beginning; 0 while starting. */
  readonly elapsedNs: Ns;
  readonly counters: LiveReading;
}

/** The run could not begin: a worker was refused something, or died. */
export class RunStartError extends Error {
  override readonly name = 'RunStartError';
  /** What can be done about it; empty when it is our fault. */
  readonly hint: string;

  constructor(message: string, hint: string) {
    super(message);
    this.hint = hint;
  }
}

/**
 * Runs the scenario to its end, or until `options.signal` is aborted. Always returns what was
 * measured: a lost worker makes the verdict `invalid`, never an exception.
 * @throws TargetError, RunStartError before the run; OutputError before it, or after it with the result inside.
 */
export async function runScenario(
  loaded: LoadedScenario,
  options: RunOptions = {},
  startPool: StartPool = createShardPool,
): Promise<RunResult> {
  const plan = await planRun(loaded, options);
  const startedAt = new Date();
  const folder = options.folder ?? (await ownFolder(options.outDirectory, plan, startedAt));
  if (folder !== undefined) options.onFolder?.(folder);
  const cards = await readScenarioCards(plan.scenario, loaded.file);
  const certificates = await certificatesOf(
    plan,
    loaded.file,
    options.certificateDirectory ?? options.outDirectory,
  );
  const run = new ScenarioRun(plan, { options, folder, certificates, cards }, startPool);
  const measured = await run.finished();
  const commandLine = options.commandLine ?? process.argv;
  const { cryptoBackends, ...rest } = measured;
  const result = buildResult({
    scenario: plan.scenario,
    manifest: collectManifest(loaded, plan, { startedAt, commandLine, cryptoBackends }),
    ...rest,
  });
  if (folder !== undefined)
    await writeOutput({ folder, result, plan, clockEpochNs: run.clockEpochNs, options });
  return result;
}

async function ownFolder(
  outDirectory: string | undefined,
  plan: RunPlan,
  startedAt: Date,
): Promise<string | undefined> {
  if (outDirectory === undefined) return undefined;
  return createResultFolder(outDirectory, plan.scenario.name, startedAt);
}

/** Made before the clock of the run starts. @throws RunStartError when they cannot be had. */
async function certificatesOf(
  { scenario, seed }: RunPlan,
  file: string,
  outDirectory: string | undefined,
): Promise<ReadonlyMap<string, GroupCertificates>> {
  try {
    return await prepareCertificates(scenario, createPopulation(scenario, seed), {
      file,
      ...(outDirectory !== undefined && { folder: join(outDirectory, CERTIFICATE_FOLDER) }),
    });
  } catch (error) {
    if (!(error instanceof CertificateError)) throw error;
    throw new RunStartError(`certificates: ${error.message}`, error.hint ?? '');
  }
}

/** Starts the threads; a test starts some that die. */
export type StartPool = (workers: number, onReport: (report: ShardReport) => void) => ShardPool;

interface Output {
  readonly folder: string;
  readonly result: RunResult;
  readonly plan: RunPlan;
  readonly clockEpochNs: bigint;
  readonly options: RunOptions;
}

/** Writes the result before the captures: those are large, and the disk may be too small for them. */
async function writeOutput({ folder, result, plan, clockEpochNs, options }: Output): Promise<void> {
  try {
    await writeResult(folder, result);
    if (!plan.scenario.capture) return;
    for (const warning of await writeCapture(folder, clockEpochNs)) options.onWarning?.(warning);
  } catch (error) {
    if (error instanceof OutputError) error.result = result;
    throw error;
  }
}

/** What a run comes to, before it is judged. */
interface Measured {
  readonly snapshot: RecorderSnapshot;
  readonly connections: ConnectionSnapshot;
  readonly startNs: Ns;
  readonly endNs: Ns;
  readonly workersLost: number;
  readonly losses: Record<string, number>;
  readonly faultCounts: readonly number[];
  readonly network?: NetworkCounts;
  readonly cryptoBackends: Readonly<Record<string, string>>;
  readonly signal?: string;
  readonly simulation?: NonNullable<ResultSetup['simulation']>;
  readonly computers?: NonNullable<ResultSetup['computers']>;
}

interface RunSetting {
  readonly options: RunOptions;
  readonly folder: string | undefined;
  readonly certificates: ReadonlyMap<string, GroupCertificates>;
  readonly cards: ReadonlyMap<string, CalibrationCard>;
}

class ScenarioRun {
  /** UTC time of the clock's origin, nanoseconds since 1970. */
  readonly clockEpochNs: bigint;
  readonly #plan: RunPlan;
  readonly #options: RunOptions;
  readonly #folder: string | undefined;
  readonly #certificates: ReadonlyMap<string, GroupCertificates>;
  readonly #cards: ReadonlyMap<string, CalibrationCard>;
  readonly #placement: Uint16Array;
  readonly #state: SharedState;
  readonly #origin: ClockOrigin = takeClockOrigin();
  readonly #watch: RunWatch;
  readonly #digest: DigestTask | undefined;
  readonly #pool: ShardPool;
  /** The latest word of each worker. */
  readonly #reports: (ShardReport | undefined)[];
  /** Workers whose latest word is their last. */
  readonly #ended = new Set<number>();
  /** Why, by worker. */
  readonly #lost = new Map<number, string>();
  #refusal: { readonly message: string; readonly hint: string } | undefined;

  constructor(plan: RunPlan, setting: RunSetting, startPool: StartPool) {
    this.#plan = plan;
    this.#options = setting.options;
    this.#folder = setting.folder;
    this.#certificates = setting.certificates;
    this.#cards = setting.cards;
    const { scenario, seed, workers } = plan;
    const epochMs = scenario.clock === 'virtual' ? scenario.epochMs : Date.now();
    this.clockEpochNs = BigInt(epochMs) * 1_000_000n;
    const network = createNetwork({ scenario, population: createPopulation(scenario, seed), seed });
    this.#placement = placePopulation(scenario, workers, {
      companions: network.companions,
      seed: setting.options.placementSeed,
    });
    this.#state = createSharedState(workers, scenario.clock);
    this.#watch = createRunWatch(this.#state, scenario.load, createClock(this.#origin));
    this.#digest = digestTaskOf(scenario, setting.options);
    this.#reports = Array.from({ length: workers });
    this.#pool = startPool(workers, (report) => {
      // It comes by another way than the outcome of the worker's task, and may come after it.
      if (!this.#ended.has(report.worker)) this.#reports[report.worker] = report;
    });
  }

  async finished(): Promise<Measured> {
    const drain = (): void => requestStop(this.#state, 'drain');
    const { signal } = this.#options;
    signal?.addEventListener('abort', drain, { once: true });
    if (signal?.aborted === true) drain();
    const watch = setInterval(() => this.#look(), LOOK_EVERY_MS);
    try {
      await Promise.all(Array.from({ length: this.#plan.workers }, (_, worker) => this.#runShard(worker)));
    } finally {
      clearInterval(watch);
      signal?.removeEventListener('abort', drain);
      await this.#pool.close();
    }
    this.#look();
    return this.#gather();
  }

  async #runShard(worker: number): Promise<void> {
    const { scenario, seed, keySeed, target } = this.#plan;
    const { placementSeed, parks, keepTunnels } = this.#options;
    const task: ShardTask = {
      worker,
      state: this.#state,
      origin: this.#origin,
      epochMs: Number(this.clockEpochNs / 1_000_000n),
      scenario,
      seed,
      keySeed,
      certificates: selectCertificates(this.#certificates, (id) => this.#placement[id] === worker),
      cards: this.#cards,
      ...(target === undefined ? {} : { target }),
      ...(placementSeed !== undefined && { placementSeed }),
      ...(parks !== undefined && { parks }),
      ...(keepTunnels !== undefined && { keepTunnels }),
      ...(this.#digest !== undefined && { digest: this.#digest }),
      ...(scenario.capture && this.#folder !== undefined ? { captureFolder: this.#folder } : {}),
    };
    try {
      const outcome = await this.#pool.run(task);
      if ('report' in outcome) {
        this.#reports[worker] = outcome.report;
        this.#ended.add(worker);
      }
      if (outcome.type === 'report' || outcome.type === 'not-begun') return;
      if (outcome.type === 'refused') this.#refusal ??= outcome;
      else this.#lose(worker, outcome.message);
    } catch (error) {
      this.#lose(worker, textOf(error));
    }
    // The others would wait for it, or be measured against peers that are gone.
    requestStop(this.#state, 'abort');
  }

  #lose(worker: number, why: string): void {
    this.#lost.set(worker, why);
    this.#options.onWarning?.(`worker ${worker} was lost: ${why}`);
  }

  /** Four times a second: shows progress, and ends workers that do not come to their end by themselves. */
  #look(): void {
    const { warmUpNs, measureNs } = this.#plan.scenario.load;
    const elapsedNs = this.#watch.elapsedNs();
    this.#options.onProgress?.({
      phase: beginningOf(this.#state) === undefined ? 'starting' : phaseAt(elapsedNs, warmUpNs, measureNs),
      elapsedNs,
      counters: readLiveCounters(this.#state.live),
    });
    const overdueNs = this.#watch.overdueNs();
    if (overdueNs > PATIENCE_NS) void this.#pool.close();
    else if (overdueNs > 0) requestStop(this.#state, 'abort');
  }

  #gather(): Measured {
    const startNs = beginningOf(this.#state);
    if (startNs === undefined) throw this.#startError();
    const { warmUpNs, measureNs } = this.#plan.scenario.load;
    const window = { measureStartNs: startNs + warmUpNs, measureEndNs: startNs + warmUpNs + measureNs };
    const losses: Record<string, number> = {};
    let endNs = startNs;
    const parts = this.#state.live.map((live, worker) => {
      const report = this.#reports[worker];
      if (report !== undefined) {
        endNs = Math.max(endNs, report.timeNs);
        this.#addLosses(report, losses);
      }
      const isWhole = report !== undefined && !this.#lost.has(worker);
      return isWhole ? report.snapshot : snapshotOfLost(report?.snapshot, live, window);
    });
    const { signal } = this.#options;
    const networks = this.#reports.flatMap((report) => report?.network ?? []);
    return {
      snapshot: mergeSnapshots(parts),
      connections: addConnections(this.#reports.flatMap((report) => report?.connections ?? [])),
      startNs,
      endNs,
      workersLost: this.#lost.size,
      losses,
      faultCounts: this.#faultCounts(),
      ...(networks.length > 0 && { network: addNetworkCounts(networks) }),
      cryptoBackends: this.#reports.find((report) => report !== undefined)?.cryptoBackends ?? {},
      ...(signal?.aborted === true ? { signal: String(signal.reason) } : {}),
      ...(this.#state.virtual !== undefined && { simulation: this.#simulation() }),
      ...(this.#cards.size > 0 && { computers: this.#computers() }),
    };
  }

  #faultCounts(): number[] {
    return this.#plan.scenario.faults.map((_, index) =>
      this.#reports.reduce((sum, report) => sum + (report?.faults[index] ?? 0), 0),
    );
  }

  #computers(): NonNullable<ResultSetup['computers']> {
    const merged = mergeComputers(this.#reports.map((report) => report?.computers ?? {}));
    return new Map(
      [...this.#cards].flatMap(([name, card]) => {
        const snapshot = merged[name];
        return snapshot === undefined
          ? []
          : [[name, { card, cardSha256: cardHash(card), snapshot }] as const];
      }),
    );
  }

  #simulation(): NonNullable<ResultSetup['simulation']> {
    const parts = this.#reports.map((report) => report?.simulation);
    return simulationOf(parts, this.#digest, this.#plan.scenario, this.#lost.size === 0);
  }

  #addLosses(report: ShardReport, losses: Record<string, number>): void {
    if (report.captureFailure !== undefined) {
      this.#options.onWarning?.(`the capture is incomplete: ${report.captureFailure}`);
    }
    for (const [reason, count] of Object.entries(report.losses))
      losses[reason] = (losses[reason] ?? 0) + count;
  }

  #startError(): RunStartError {
    if (this.#refusal !== undefined) return new RunStartError(this.#refusal.message, this.#refusal.hint);
    return new RunStartError(
      `a worker could not start: ${[...this.#lost.values()][0] ?? 'for reasons unknown'}`,
      '',
    );
  }
}

function phaseAt(elapsedNs: Ns, warmUpNs: Ns, measureNs: Ns): RunProgress['phase'] {
  if (elapsedNs < warmUpNs) return 'warm-up';
  return elapsedNs < warmUpNs + measureNs ? 'measuring' : 'draining';
}

function textOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

const LOOK_EVERY_MS = 250;
/** How long an overdue worker may take to leave by itself. */
const PATIENCE_NS = 10_000 * NS_PER_MS;
