/** Two results side by side, and where two simulations that should be equal part. */
import type { PeerTrace, RunResult } from '../measure/result.ts';
import { SWEEP_METRICS, sweepMetrics } from '../measure/sweep-result.ts';
import { NS_PER_MS, NS_PER_S } from '../peer/timer.ts';
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

export interface Parting {
  readonly peer: string;
  /** Undefined: nothing has happened to it. */
  readonly a: PeerTrace | undefined;
  readonly b: PeerTrace | undefined;
}

/**
 * Peers that had not done the same by the time that both results say it for, those first whose latest event is earliest: what
 * one peer does differently changes others only later. Undefined where it is not known.
 */
export function partingPeers(a: RunResult, b: RunResult): Parting[] | undefined {
  const [one, other] = [a.simulation?.peers, b.simulation?.peers];
  if (one === undefined || other === undefined || one.timeNs !== other.timeNs) return undefined;
  const names = new Set([...Object.keys(one.traces), ...Object.keys(other.traces)]);
  const earliestNs = ({ a: left, b: right }: Parting): number =>
    Math.min(left?.latestNs ?? Infinity, right?.latestNs ?? Infinity);
  return [...names]
    .map((peer) => ({ peer, a: one.traces[peer], b: other.traces[peer] }))
    .filter((parting) => parting.a?.digest !== parting.b?.digest)
    .toSorted((left, right) => earliestNs(left) - earliestNs(right));
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
  const options = `--digest-checkpoints ${NARROWER_MS}${endNs === null ? '' : ` --digest-peers ${endNs / NS_PER_MS}`}`;
  return [
    `${label}different: they part ${where}; closer, and which peers, with:`,
    `  ${replayCommand(a.manifest)} ${options}`,
    `  ${replayCommand(b.manifest)} ${options}`,
    ...peerLines(a, b),
  ];
}

function peerLines(a: RunResult, b: RunResult): string[] {
  const partings = partingPeers(a, b);
  if (partings === undefined) return [];
  const by = formatTime(a.simulation?.peers?.timeNs ?? 0);
  if (partings.length === 0) return [`peers       all had done the same by ${by}`];
  return [
    `peers       ${partings.length} had not done the same by ${by}, and did last:`,
    ...partings
      .slice(0, PEERS_NAMED)
      .map(({ peer, a: one, b: other }) => `  ${peer}: ${latest(one)}  ->  ${latest(other)}`),
    ...(partings.length > PEERS_NAMED ? [`  and ${partings.length - PEERS_NAMED} more`] : []),
  ];
}

/** To the nanosecond: it may be what differs. */
function latest(trace: PeerTrace | undefined): string {
  return trace === undefined ? 'nothing' : `${trace.latestEvent} at ${trace.latestNs / NS_PER_S} s`;
}

const LABEL_COLUMNS = 12;
const VALUE_COLUMNS = 14;
const NARROWER_MS = 10;
const PEERS_NAMED = 10;
