/** What a run looks like while it goes on: counters and the clock in, lines of text out. Nothing here waits or prints. */
import { percentileOfCellsNs } from '../measure/latency-cells.ts';
import type { LiveReading } from '../measure/live-counters.ts';
import type { Ns } from '../peer/timer.ts';
import { listCounts } from './content.ts';
import { PLAIN_PAINTER, type Painter } from './painter.ts';
import { formatCount, formatDuration, formatRate, formatTime } from './quantity.ts';

/** What is known of a run beforehand; times since its start. */
export interface ProgressPlan {
  readonly scenario: string;
  readonly measureStartNs: Ns;
  readonly measureEndNs: Ns;
  /** Latest end, drain included. */
  readonly endNs: Ns;
}

/** How things stand; made by `advanceProgress` from the one before. */
export interface Progress {
  readonly elapsedNs: Ns;
  readonly counters: LiveReading;
  /** Since the reading before; undefined at the first. */
  readonly startedHz: number | undefined;
  readonly succeededHz: number | undefined;
  /** Successes a second, oldest first; as many as fit a line. */
  readonly history: readonly number[];
}

const NS_PER_S = 1e9;
const HISTORY = 48;
const BAR_COLUMNS = 24;
/** From nothing to most, in plain ASCII. */
const SPARKS = ' .:-=+*#';

/** Takes a new reading, `elapsedNs` after the start of the run. `before` is the former state, absent at the first reading. */
export function advanceProgress(
  before: Progress | undefined,
  counters: LiveReading,
  elapsedNs: Ns,
): Progress {
  if (!before) return { elapsedNs, counters, startedHz: undefined, succeededHz: undefined, history: [] };
  const spanNs = elapsedNs - before.elapsedNs;
  if (spanNs <= 0) return { ...before, counters };
  const toHz = (now: number, then: number) => (Math.max(0, now - then) * NS_PER_S) / spanNs;
  const succeededHz = toHz(counters.succeeded, before.counters.succeeded);
  return {
    elapsedNs,
    counters,
    startedHz: toHz(counters.started, before.counters.started),
    succeededHz,
    history: [...before.history, succeededHz].slice(-HISTORY),
  };
}

/** Lines for a terminal that are drawn over each other, none longer than `columns`. */
export function progressFrame(
  plan: ProgressPlan,
  progress: Progress,
  columns: number,
  painter: Painter = PLAIN_PAINTER,
): string[] {
  const { counters: reading, elapsedNs } = progress;
  const latency = [50, 90, 99].map((percentile) => `p${percentile} ${liveDuration(reading, percentile)}`);
  const fit = (line: string) => line.slice(0, columns);
  const done = `${formatTime(roundedNs(elapsedNs))} of ${formatTime(plan.endNs)} at most`;
  const counts = [
    `${formatCount(reading.succeeded)} succeeded ${formatRate(progress.succeededHz)}`,
    `${formatCount(reading.inFlight)} in flight`,
    `${formatCount(reading.failed)} failed`,
    `${formatCount(reading.retransmissions)} retransmitted`,
  ];
  const lag = `send lag up to ${formatDuration(reading.sendLagMaxNs)}, ${formatCount(reading.droppedStarts)} starts dropped`;
  const failures = `failures  ${listCounts(withoutZeros(reading.failures))}`;
  return [
    painter.strong(fit(`${plan.scenario}  ${partOf(plan, elapsedNs)}  ${bar(plan, elapsedNs)}  ${done}`)),
    fit(`  started   ${formatCount(reading.started)}  ${formatRate(progress.startedHz)}`),
    fit(`  ended     ${counts.join(', ')}`),
    fit(`  latency   ${latency.join('  ')}  (so far, warm-up included)`),
    (reading.droppedStarts > 0 ? painter.warning : painter.faint)(fit(`  schedule  ${lag}`)),
    (reading.failed > 0 ? painter.bad : painter.faint)(fit(`  ${failures}`)),
    painter.faint(fit(`  rate      [${sparkLine(progress.history).padEnd(HISTORY)}]`)),
  ];
}

/** The same in one line, for logs. */
export function progressLine(
  plan: ProgressPlan,
  { elapsedNs, counters: reading, succeededHz }: Progress,
): string {
  const counts = [
    `${formatCount(reading.started)} started`,
    `${formatCount(reading.succeeded)} succeeded (${formatRate(succeededHz)})`,
    `${formatCount(reading.failed)} failed`,
    `${formatCount(reading.inFlight)} in flight`,
    `p99 ${liveDuration(reading, 99)}`,
  ];
  return `${formatTime(roundedNs(elapsedNs))} ${partOf(plan, elapsedNs)}: ${counts.join(', ')}`;
}

function roundedNs(elapsedNs: Ns): Ns {
  return Math.floor(elapsedNs / NS_PER_S) * NS_PER_S;
}

function partOf(plan: ProgressPlan, elapsedNs: Ns): string {
  if (elapsedNs < plan.measureStartNs) return 'warming up';
  return elapsedNs < plan.measureEndNs ? 'measuring' : 'draining';
}

function bar(plan: ProgressPlan, elapsedNs: Ns): string {
  const share = plan.endNs > 0 ? Math.min(1, Math.max(0, elapsedNs / plan.endNs)) : 1;
  const full = Math.floor(share * BAR_COLUMNS);
  return `[${'#'.repeat(full)}${'.'.repeat(BAR_COLUMNS - full)}]`;
}

function liveDuration(reading: LiveReading, percentile: number): string {
  return formatDuration(percentileOfCellsNs(reading.latency, percentile));
}

/** Heights relative to the highest; anything above nothing shows. */
function sparkLine(values: readonly number[]): string {
  const highest = Math.max(0, ...values);
  const sparks = values.map((value) => {
    const level = highest === 0 ? 0 : Math.ceil((value / highest) * (SPARKS.length - 1));
    return SPARKS.charAt(level);
  });
  return sparks.join('');
}

function withoutZeros(counts: Readonly<Record<string, number>>): Record<string, number> {
  return Object.fromEntries(Object.entries(counts).filter(([, count]) => count > 0));
}
