/** Two results side by side, and where two simulations that should be equal part. */
import type { RunResult } from '../measure/result.ts';
import { SWEEP_METRICS, sweepMetrics } from '../measure/sweep-result.ts';
import { formatTime } from './quantity.ts';
import { replayCommand } from './replay.ts';
import { formatMetric, SWEEP_METRIC_WORDS } from './sweep-report.ts';

/** Whether two simulations did the same. */
export type DigestComparison =
  | { readonly type: 'unknown'; readonly why: string }
  | { readonly type: 'same'; readonly digest: string }
  /** What parts them happened in this interval of virtual time; `endNs` null: after the last checkpoint of one of them. */
  | { readonly type: 'different'; readonly startNs: number; readonly endNs: number | null };

/** Compares digests, and finds the first checkpoint that both have and that differs. */
export function compareDigests(a: RunResult, b: RunResult): DigestComparison {
  const [one, other] = [a.simulation, b.simulation];
  if (one === undefined || other === undefined) return unknown('only runs in virtual time have a digest');
  if (one.digest === null || other.digest === null) return unknown('one of them has no digest');
  if (one.coversOctets !== other.coversOctets) return unknown('only one of the digests covers octets');
  if (one.digest === other.digest) return { type: 'same', digest: one.digest };
  const { intervalNs } = one.checkpoints;
  if (intervalNs !== other.checkpoints.intervalNs) {
    return unknown(
      `checkpoints are ${formatTime(intervalNs)} and ${formatTime(other.checkpoints.intervalNs)} apart: run both with the same --digest-checkpoints`,
    );
  }
  const noted = Math.min(one.checkpoints.digests.length, other.checkpoints.digests.length);
  let index = 0;
  while (index < noted && one.checkpoints.digests[index] === other.checkpoints.digests[index]) index++;
  const startNs = index * intervalNs;
  return { type: 'different', startNs, endNs: index < noted ? startNs + intervalNs : null };
}

function unknown(why: string): DigestComparison {
  return { type: 'unknown', why };
}

/** Text for a terminal. */
export function comparisonText(a: RunResult, b: RunResult): string {
  return [...howTheyWereMade(a, b), '', ...numbers(a, b), '', ...digestLines(a, b), ''].join('\n');
}

function howTheyWereMade(a: RunResult, b: RunResult): string[] {
  const facts: readonly (readonly [string, (result: RunResult) => string])[] = [
    ['scenario', ({ scenario, manifest }) => `${scenario} (${manifest.scenarioSha256.slice(0, 12)})`],
    ['settings', ({ manifest }) => manifest.settings.join(' ') || 'none'],
    ['seed', ({ manifest }) => String(manifest.seed)],
    ['version', ({ manifest }) => manifest.ikestormVersion],
    ['clock', ({ manifest }) => manifest.clock ?? 'real'],
    ['target', ({ manifest }) => manifest.target ?? 'simulated'],
    ['verdict', ({ verdict }) => verdict],
  ];
  return facts.map(([name, of]) => {
    const [one, other] = [of(a), of(b)];
    return `${name.padEnd(LABEL_COLUMNS)}${one === other ? one : `${one}  ->  ${other}`}`;
  });
}

function numbers(a: RunResult, b: RunResult): string[] {
  const [before, after] = [sweepMetrics(a), sweepMetrics(b)];
  return SWEEP_METRICS.flatMap((metric) => {
    const [one, other] = [before[metric], after[metric]];
    if (one === undefined && other === undefined) return [];
    const text = (value: number | undefined): string =>
      value === undefined ? '-' : formatMetric(metric, value);
    const change =
      one === undefined || other === undefined || one === 0 || one === other
        ? ''
        : `  ${other > one ? '+' : ''}${((other / one - 1) * 100).toFixed(1)} %`;
    return [
      `${SWEEP_METRIC_WORDS[metric].padEnd(LABEL_COLUMNS)}${text(one).padEnd(VALUE_COLUMNS)}${text(other).padEnd(VALUE_COLUMNS)}${change}`.trimEnd(),
    ];
  });
}

function digestLines(a: RunResult, b: RunResult): string[] {
  const comparison = compareDigests(a, b);
  const label = 'digest'.padEnd(LABEL_COLUMNS);
  if (comparison.type === 'unknown') return [`${label}${comparison.why}`];
  if (comparison.type === 'same') return [`${label}the same: ${comparison.digest}`];
  const { startNs, endNs } = comparison;
  const where =
    endNs === null
      ? `after ${formatTime(startNs)}, where the checkpoints of one of them end`
      : `between ${formatTime(startNs)} and ${formatTime(endNs)}`;
  return [
    `${label}different: they part ${where}; closer with --digest-checkpoints:`,
    `  ${replayCommand(a.manifest)} --digest-checkpoints ${NARROWER_MS}`,
    `  ${replayCommand(b.manifest)} --digest-checkpoints ${NARROWER_MS}`,
  ];
}

const LABEL_COLUMNS = 12;
const VALUE_COLUMNS = 14;
const NARROWER_MS = 10;
