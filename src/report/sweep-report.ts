/** A sweep as text for a terminal, as Markdown and as CSV. */
import type { Spread, SweepMetric, SweepResult } from '../measure/sweep-result.ts';
import { SWEEP_METRICS } from '../measure/sweep-result.ts';
import { alignedLines } from './aligned-lines.ts';
import { codeCell } from './code-cell.ts';
import { formatCount, formatDuration, formatRate, formatShare, NO_VALUE } from './quantity.ts';

/** Lines for a terminal: a line a point, or a column a point where that is narrower. */
export function sweepText(result: SweepResult): string {
  const rows = tableRows(result);
  const lines = alignedLines(rows);
  const turned = alignedLines(transposed(rows));
  const narrower = widthOf(turned) < widthOf(lines) ? turned : lines;
  return [headline(result), '', ...narrower, ...spreadLines(result), ''].join('\n');
}

function transposed(rows: readonly (readonly string[])[]): string[][] {
  return rows[0]!.map((_, column) => rows.map((row) => row[column]!));
}

function widthOf(lines: readonly string[]): number {
  return Math.max(...lines.map((line) => line.length));
}

/** summary.md of a sweep; `picture` is the name of the chart beside it. */
export function sweepMarkdown(result: SweepResult, picture: string): string {
  const [head, ...rows] = tableRows(result);
  const line = (cells: readonly string[]): string => `| ${cells.map(plain).join(' | ')} |`;
  return [
    `# ${headline(result)}`,
    '',
    line(head!),
    `| ${head!.map(() => '---').join(' | ')} |`,
    ...rows.map(line),
    ...spreadLines(result),
    '',
    `![What came of what was varied](${picture})`,
    '',
    '## Runs',
    '',
    '| values | seed | verdict | repeats it |',
    '| --- | --- | --- | --- |',
    ...result.runs.map(
      (run) =>
        `| ${plain(result.points[run.point]!.values.join(', '))} | ${run.seed} | ${run.verdict} | ${codeCell(run.command)} |`,
    ),
    '',
  ].join('\n');
}

/** One line a run, numbers in the units of their names. */
export function sweepCsv(result: SweepResult): string {
  const head = [...result.varied.map(({ path }) => path), 'seed', 'verdict', 'outcome', ...SWEEP_METRICS];
  const rows = result.runs.map((run) => [
    ...result.points[run.point]!.values,
    String(run.seed),
    run.verdict,
    run.outcome ?? '',
    ...SWEEP_METRICS.map((metric) => String(run.metrics[metric] ?? '')),
  ]);
  return [head, ...rows].map((row) => `${row.map(csvCell).join(',')}\r\n`).join('');
}

/** Metrics that at least one point has, in their order. */
export function measuredMetrics({ points }: SweepResult): SweepMetric[] {
  return SWEEP_METRICS.filter((metric) => points.some(({ metrics }) => metrics[metric] !== undefined));
}

export const SWEEP_METRIC_WORDS: Readonly<Record<SweepMetric, string>> = {
  succeededShare: 'succeeded',
  succeededHz: 'throughput',
  p50Ns: 'p50',
  p99Ns: 'p99',
  t50Ns: '50 % back',
  t95Ns: '95 % back',
  t99Ns: '99 % back',
  t100Ns: 'all back',
  gaveUp: 'gave up',
  messagesPerSuccess: 'messages',
  wastedCpuShare: 'wasted',
  utilisation: 'busiest',
};

/** A value in its unit. */
export function formatMetric(metric: SweepMetric, value: number): string {
  if (metric.endsWith('Ns')) return formatDuration(value);
  if (metric.endsWith('Hz')) return formatRate(value);
  if (metric === 'gaveUp') return Number.isInteger(value) ? formatCount(value) : value.toFixed(1);
  return metric === 'messagesPerSuccess' ? value.toFixed(1) : formatShare(value);
}

function headline({ scenario, points, seeds, runs, isComplete }: SweepResult): string {
  const whole = isComplete ? '' : `, of which ${runs.length} were run: the same command goes on`;
  const each = seeds.length === 1 ? '1 seed' : `${seeds.length} seeds`;
  return `SWEEP  ${scenario}: ${points.length} points with ${each} each${whole}`;
}

/** What the numbers are, where there is more than one of each. */
function spreadLines({ seeds }: SweepResult): string[] {
  return seeds.length === 1 ? [] : ['', SPREAD_SENTENCE];
}

function tableRows(result: SweepResult): string[][] {
  const { varied, points } = result;
  const metrics = measuredMetrics(result);
  const hasRecovery = points.some(({ recovered }) => recovered !== null);
  const head = [
    ...varied.map(({ path }) => path),
    'passed',
    ...(hasRecovery ? ['recovered'] : []),
    ...metrics.map((metric) => SWEEP_METRIC_WORDS[metric]),
  ];
  const rows = points.map(({ values, runs, passed, recovered, metrics: spreads }) => [
    ...values,
    `${passed}/${runs}`,
    ...(hasRecovery ? [recovered === null ? NO_VALUE : `${recovered}/${runs}`] : []),
    ...metrics.map((metric) => spreadText(metric, spreads[metric], runs)),
  ]);
  return [head, ...rows];
}

/** `1.24 s (1.20 s to 1.31 s)`, and in how many runs there was a number at all. */
function spreadText(metric: SweepMetric, spread: Spread | undefined, runs: number): string {
  if (spread === undefined) return NO_VALUE;
  const [median, minimum, maximum] = [spread.median, spread.minimum, spread.maximum].map((value) =>
    formatMetric(metric, value),
  );
  const range = minimum === maximum ? '' : ` (${minimum} to ${maximum})`;
  return `${median}${range}${spread.runs < runs ? ` in ${spread.runs}` : ''}`;
}

function csvCell(text: string): string {
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

function plain(text: string): string {
  return text.replaceAll(/[\\`*_{}[\]<>#|~]/g, String.raw`\$&`);
}

const SPREAD_SENTENCE =
  'Numbers are medians over the seeds, with the smallest and the largest where they differ.';
