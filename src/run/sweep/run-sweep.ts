/** Runs a grid of what-ifs: several runs at once, each in a worker of its own, and each kept as soon as it is done. */
import { createHash } from 'node:crypto';
import { mkdir, readFile } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { parseRunResult } from '../../measure/result.ts';
import type { RunResult } from '../../measure/result.ts';
import { SWEEP_FORMAT_VERSION, pointResult, sweepMetrics } from '../../measure/sweep-result.ts';
import type { SweepResult, SweepRun } from '../../measure/sweep-result.ts';
import { replayCommand } from '../../report/replay.ts';
import type { LoadedScenario } from '../../scenario/scenario.ts';
import { cardHash } from '../calibrate/card-output.ts';
import { runScenario } from '../execute.ts';
import type { RunOptions } from '../execute.ts';
import { packageVersion } from '../manifest.ts';
import { OutputError } from '../output-error.ts';
import { RESULT_FILE } from '../result-writer.ts';
import { readScenarioCards } from '../scenario-cards.ts';
import { variantOf } from '../scenario-variant.ts';
import { gridOf } from './grid.ts';
import type { GridPoint, Variation } from './grid.ts';

export interface SweepOptions {
  readonly variations: readonly Variation[];
  /** Seeds of each point: the first one of the scenario (or 1), and those after it. */
  readonly seeds: number;
  /** First seed. */
  readonly seed?: number;
  /** Runs at once; default: one for each core in virtual time, one in real time. */
  readonly parallel?: number;
  /** The folder of the sweep is made here. */
  readonly outDirectory: string;
  readonly crypto?: RunOptions['crypto'];
  readonly signal?: AbortSignal;
  /** Called with the folder, and how many runs there are and were there already. */
  onPlan?(plan: { readonly folder: string; readonly runs: number; readonly kept: number }): void;
  onRun?(run: SweepRun, done: number): void;
  onWarning?(text: string): void;
  /** Runs one; default `runScenario`. */
  readonly runOne?: (loaded: LoadedScenario, options: RunOptions) => Promise<RunResult>;
}

export interface Sweep {
  readonly folder: string;
  readonly result: SweepResult;
}

interface Cell {
  readonly point: number;
  readonly seed: number;
  readonly loaded: LoadedScenario;
  readonly name: string;
}

/**
 * Runs what has not been run yet. A sweep that was killed goes on where it stopped: its folder is named by a hash of
 * scenario, settings, variations, cards and version. Runs that were cut short are run again.
 * @throws ScenarioError for a point that is no valid scenario, before anything is run; PlanError, OutputError.
 */
export async function runSweep(loaded: LoadedScenario, options: SweepOptions): Promise<Sweep> {
  const points = gridOf(options.variations);
  const firstSeed = options.seed ?? loaded.scenario.seed ?? 1;
  const seeds = Array.from({ length: options.seeds }, (_, index) => firstSeed + index);
  const cells = await cellsOf(loaded, points, seeds);
  const key = await keyOf(cells, options);
  const folder = join(options.outDirectory, `${loaded.scenario.name}-sweep-${key}`);
  const runs = new Map<number, SweepRun>();
  for (const [index, cell] of cells.entries()) {
    const kept = await keptRun(folder, cell);
    if (kept !== undefined) runs.set(index, kept);
  }
  options.onPlan?.({ folder, runs: cells.length, kept: runs.size });
  await runMissing({ cells, runs, folder, options });
  const known = cells.flatMap((_, index) => runs.get(index) ?? []);
  return {
    folder,
    result: {
      formatVersion: SWEEP_FORMAT_VERSION,
      scenario: loaded.scenario.name,
      scenarioFile: loaded.file,
      key,
      varied: options.variations.map(({ name, values }) => ({ path: name, values: [...values] })),
      seeds,
      isComplete: known.length === cells.length,
      points: points.map((point, index) =>
        pointResult(
          point.values,
          known.filter((run) => run.point === index),
        ),
      ),
      runs: known,
    },
  };
}

async function cellsOf(
  loaded: LoadedScenario,
  points: readonly GridPoint[],
  seeds: readonly number[],
): Promise<Cell[]> {
  const cells: Cell[] = [];
  for (const [point, { settings }] of points.entries()) {
    const variant = await variantOf(loaded, settings);
    for (const seed of seeds) {
      cells.push({ point, seed, loaded: variant, name: join('runs', `point-${point}-seed-${seed}`) });
    }
  }
  return cells;
}

/** Twelve hex digits over all that decides what the runs do. */
async function keyOf(cells: readonly Cell[], { crypto }: SweepOptions): Promise<string> {
  const hash = createHash('sha256');
  hash.update(JSON.stringify([packageVersion(), crypto ?? null, cells[0]?.loaded.text]));
  for (const { loaded, seed } of cells) {
    hash.update(JSON.stringify([loaded.scenario, seed]));
    for (const card of (await readScenarioCards(loaded.scenario, loaded.file)).values())
      hash.update(cardHash(card));
  }
  return hash.digest('hex').slice(0, KEY_DIGITS);
}

interface SweepState {
  readonly cells: readonly Cell[];
  readonly runs: Map<number, SweepRun>;
  readonly folder: string;
  readonly options: SweepOptions;
}

async function runMissing({ cells, runs, folder, options }: SweepState): Promise<void> {
  const { signal, parallel = defaultParallel(cells), runOne = runScenario } = options;
  const missing = [...cells.entries()].filter(([index]) => !runs.has(index));
  // One iterator for all who work: each takes the next.
  const waiting = missing.values();
  const work = async (): Promise<void> => {
    for (const [index, cell] of waiting) {
      if (signal?.aborted === true) return;
      const result = await runOne(cell.loaded, {
        seed: cell.seed,
        workers: 1,
        folder: await makeFolder(join(folder, cell.name)),
        outDirectory: options.outDirectory,
        ...(signal !== undefined && { signal }),
        ...(options.crypto !== undefined && { crypto: options.crypto }),
        onWarning: (text) => options.onWarning?.(`${cell.name}: ${text}`),
      });
      if (result.verdict === 'aborted') return;
      const run = sweepRun(cell, result);
      runs.set(index, run);
      options.onRun?.(run, runs.size);
    }
  };
  await Promise.all(Array.from({ length: Math.max(1, Math.min(parallel, missing.length)) }, work));
}

/** Runs in real time would disturb each other. */
function defaultParallel(cells: readonly Cell[]): number {
  const isVirtual = cells.every(({ loaded }) => loaded.scenario.clock === 'virtual');
  return isVirtual ? availableParallelism() : 1;
}

async function makeFolder(path: string): Promise<string> {
  try {
    await mkdir(path, { recursive: true });
    return path;
  } catch (cause) {
    throw new OutputError(path, cause);
  }
}

/** A run that is there from an earlier time; undefined when it is not, or not whole. */
async function keptRun(folder: string, cell: Cell): Promise<SweepRun | undefined> {
  try {
    const result = parseRunResult(JSON.parse(await readFile(join(folder, cell.name, RESULT_FILE), 'utf8')));
    return result.verdict === 'aborted' ? undefined : sweepRun(cell, result);
  } catch {
    return undefined;
  }
}

function sweepRun({ point, seed, name }: Cell, result: RunResult): SweepRun {
  return {
    point,
    seed,
    verdict: result.verdict,
    outcome: result.recovery?.outcome ?? null,
    metrics: sweepMetrics(result),
    folder: name,
    command: replayCommand(result.manifest),
  };
}

const KEY_DIGITS = 12;
