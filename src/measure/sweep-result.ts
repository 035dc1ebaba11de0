/** The content of sweep.json: what came of each point of a grid, over its seeds. */
import { z } from 'zod';
import { RECOVERY_OUTCOMES } from './recovery.ts';
import { VERDICTS, type RunResult } from './result.ts';

/** Goes up when a reader of the former version would misread a file; new optional fields do not count. */
export const SWEEP_FORMAT_VERSION = 1;

const count = z.number().int().nonnegative();

/** What is looked at, with its unit at the end of its name. */
export const SWEEP_METRICS = [
  'succeededShare',
  'succeededHz',
  'p50Ns',
  'p99Ns',
  't50Ns',
  't95Ns',
  't99Ns',
  't100Ns',
  'gaveUp',
  'messagesPerSuccess',
  'wastedCpuShare',
  'utilisation',
] as const;
export type SweepMetric = (typeof SWEEP_METRICS)[number];

const spreadSchema = z
  .object({ median: z.number(), minimum: z.number(), maximum: z.number(), runs: count })
  .meta({
    id: 'spread',
    description: 'Over the runs that have the number; its mean of two in the middle is the median.',
  });
export type Spread = z.infer<typeof spreadSchema>;

const runSchema = z.object({
  point: count.describe('Place in `points`.'),
  seed: z.number().int(),
  verdict: z.enum(VERDICTS),
  outcome: z.enum(RECOVERY_OUTCOMES).nullable(),
  metrics: z.partialRecord(z.enum(SWEEP_METRICS), z.number()),
  folder: z.string().describe('Where the result of the run lies, beside this file.'),
  command: z.string().describe('Repeats the run.'),
});
export type SweepRun = z.infer<typeof runSchema>;

export const sweepResultSchema = z
  .object({
    formatVersion: z.literal(SWEEP_FORMAT_VERSION),
    scenario: z.string(),
    scenarioFile: z.string(),
    key: z
      .string()
      .describe('Hash of all that decides what the runs do; a sweep with the same key goes on here.'),
    varied: z.array(z.object({ path: z.string(), values: z.array(z.string()) })),
    seeds: z.array(z.number().int()),
    isComplete: z.boolean(),
    points: z.array(
      z.object({
        values: z.array(z.string()).describe('In the order of `varied`.'),
        runs: count,
        passed: count,
        recovered: count
          .nullable()
          .describe('Runs whose recovery came to `recovered`; null where none has one.'),
        metrics: z.partialRecord(z.enum(SWEEP_METRICS), spreadSchema),
      }),
    ),
    runs: z.array(runSchema),
  })
  .describe('Result of ikestorm sweep.');
export type SweepResult = z.infer<typeof sweepResultSchema>;

/** The numbers of one run; those that it does not have are left out. */
export function sweepMetrics(result: RunResult): SweepRun['metrics'] {
  const { negotiations: n, rates, latency, recovery, computers } = result;
  const machines = Object.values(computers ?? {});
  const cpuNs = machines.reduce((sum, { work }) => sum + work.cpuNs, 0);
  const wastedNs = machines.reduce((sum, { work }) => sum + work.unfinishedNs + work.droppedNs, 0);
  const all: Record<SweepMetric, number | null | undefined> = {
    succeededShare: n.started === 0 ? null : n.succeeded / n.started,
    succeededHz: rates.succeededHz,
    p50Ns: latency.whole?.p50Ns,
    p99Ns: latency.whole?.p99Ns,
    t50Ns: recovery?.t50Ns,
    t95Ns: recovery?.t95Ns,
    t99Ns: recovery?.t99Ns,
    t100Ns: recovery?.t100Ns,
    gaveUp: recovery?.gaveUp,
    messagesPerSuccess: recovery?.messagesPerSuccess,
    wastedCpuShare: cpuNs > 0 ? wastedNs / cpuNs : null,
    utilisation: machines.reduce<number | null>(
      (most, { busiestUtilisation: each }) => (each === null ? most : Math.max(most ?? 0, each)),
      null,
    ),
  };
  return Object.fromEntries(
    SWEEP_METRICS.flatMap((metric) => {
      const value = all[metric];
      return value === null || value === undefined ? [] : [[metric, value] as const];
    }),
  );
}

/** Median and extremes; undefined of nothing. */
export function spreadOf(values: readonly number[]): Spread | undefined {
  if (values.length === 0) return undefined;
  const sorted = values.toSorted((a, b) => a - b);
  const middle = (sorted.length - 1) / 2;
  const median = (sorted[Math.floor(middle)]! + sorted[Math.ceil(middle)]!) / 2;
  return { median, minimum: sorted[0]!, maximum: sorted.at(-1)!, runs: sorted.length };
}

/** What the runs of one point came to. */
export function pointResult(
  values: readonly string[],
  runs: readonly SweepRun[],
): SweepResult['points'][number] {
  const metrics: SweepResult['points'][number]['metrics'] = {};
  for (const metric of SWEEP_METRICS) {
    const spread = spreadOf(runs.flatMap((run) => run.metrics[metric] ?? []));
    if (spread !== undefined) metrics[metric] = spread;
  }
  const outcomes = runs.flatMap(({ outcome }) => outcome ?? []);
  return {
    values: [...values],
    runs: runs.length,
    passed: runs.filter(({ verdict }) => verdict === 'pass').length,
    recovered: outcomes.length === 0 ? null : outcomes.filter((outcome) => outcome === 'recovered').length,
    metrics,
  };
}
