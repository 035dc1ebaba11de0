/** What a run means. A number that cannot be trusted never passes, however good it looks. */
import type { DropReason, FailureCause } from '../peer/fact.ts';
import type { GeneratorHealth, ResultCounts, ThresholdResult, Verdict } from './result.ts';

export interface VerdictEvidence {
  /** Signal that ended the run early, as `SIGINT`; absent when it ran to its end. */
  readonly signal?: string;
  readonly generator: GeneratorHealth;
  /** Of the measure window. */
  readonly negotiations: ResultCounts;
  readonly wholeRun: ResultCounts;
  /** Whole run. */
  readonly failures: Readonly<Partial<Record<FailureCause, number>>>;
  /** Whole run. */
  readonly drops?: Readonly<Partial<Record<DropReason, number>>>;
  /** Round trips closed in the whole run. */
  readonly answers: number;
  readonly thresholds: readonly ThresholdResult[];
  /** Laws of conservation that the models of gateways broke. */
  readonly violations?: readonly string[];
}

export interface Judgement {
  readonly verdict: Verdict;
  /** The deciding reason first, then all others that hold. */
  readonly reasons: string[];
}

/** Ways to fail that are possible when nobody answers. */
const CAUSES_WITHOUT_ANSWER: ReadonlySet<string> = new Set(['unreachable', 'timeout-phase1', 'aborted']);

type Finding = (evidence: VerdictEvidence) => string | undefined;

/**
 * In order of precedence. Broken measurement first, then an early end, since both make every
 * other number meaningless or partial. Unreachable comes before saturated: peers that wait
 * for timeouts are missing at the next starts. Saturated comes before thresholds in both directions: a
 * tired generator can make a gateway look bad as well as good.
 */
const FINDINGS: readonly (readonly [Verdict, Finding])[] = [
  ['invalid', findLostWorkers],
  ['invalid', findInternalErrors],
  ['invalid', findViolations],
  ['aborted', findSignal],
  ['invalid', findNothingMeasured],
  ['unreachable', findNoAnswer],
  ['saturated', findDroppedStarts],
  ['saturated', findSendLag],
  ['threshold-failed', findNoSuccess],
];

/** True when the generator did not keep to its schedule: late by more than the limit, or starts left out. */
export function isSaturated(
  generator: Pick<GeneratorHealth, 'sendLagP99Ns' | 'sendLagLimitNs' | 'droppedStarts'>,
): boolean {
  return generator.droppedStarts > 0 || (generator.sendLagP99Ns ?? 0) > generator.sendLagLimitNs;
}

/** Decides what a run means, and says why. */
export function judge(evidence: VerdictEvidence): Judgement {
  const found: { verdict: Verdict; reason: string }[] = [];
  for (const [verdict, find] of FINDINGS) {
    const reason = find(evidence);
    if (reason !== undefined) found.push({ verdict, reason });
  }
  for (const threshold of evidence.thresholds) {
    if (threshold.passed) continue;
    const why = threshold.reason === undefined ? '' : ` (${threshold.reason})`;
    found.push({ verdict: 'threshold-failed', reason: `threshold not met: ${threshold.text}${why}` });
  }
  const [deciding] = found;
  if (!deciding) return { verdict: 'pass', reasons: [passReason(evidence)] };
  return { verdict: deciding.verdict, reasons: found.map(({ reason }) => reason) };
}

function passReason({ thresholds, negotiations }: VerdictEvidence): string {
  if (thresholds.length > 0) return `all thresholds met (${thresholds.length})`;
  return `no thresholds were set; ${negotiations.succeeded} of ${negotiations.started} negotiations succeeded`;
}

function findLostWorkers({ generator }: VerdictEvidence): string | undefined {
  if (generator.workersLost === 0) return undefined;
  return (
    `not everything was measured: ${generator.workersLost} of ${generator.workers} workers lost, and with them ` +
    'times, series and misdeeds since their last reports'
  );
}

/** A mistake is counted as a drop where it happened, and may have ended a negotiation besides. */
function findInternalErrors({ failures, drops }: VerdictEvidence): string | undefined {
  const errors = failures['internal-error'] ?? 0;
  if (errors > 0) return `negotiations that ended in an error of ikestorm itself: ${errors}`;
  const broken = drops?.['internal-error'] ?? 0;
  return broken === 0
    ? undefined
    : `events that an error of ikestorm itself kept from being handled: ${broken}`;
}

function findViolations({ violations = [] }: VerdictEvidence): string | undefined {
  const [first] = violations;
  if (first === undefined) return undefined;
  return `the model of gateways contradicts itself, a mistake of ikestorm (${violations.length}): ${first}`;
}

function findSignal({ signal }: VerdictEvidence): string | undefined {
  return signal === undefined ? undefined : `ended early by ${signal}; numbers cover what was run`;
}

function findNothingMeasured({ negotiations }: VerdictEvidence): string | undefined {
  if (negotiations.started > 0) return undefined;
  return 'no negotiation was started inside the measure window';
}

function findNoAnswer({ answers, wholeRun, failures }: VerdictEvidence): string | undefined {
  if (answers > 0 || wholeRun.started === 0 || wholeRun.succeeded > 0) return undefined;
  for (const [cause, count] of Object.entries(failures)) {
    if (count > 0 && !CAUSES_WITHOUT_ANSWER.has(cause)) return undefined;
  }
  return `nobody answered: ${wholeRun.started} negotiations were started and not one got an answer`;
}

function findDroppedStarts({ generator }: VerdictEvidence): string | undefined {
  if (generator.droppedStarts === 0) return undefined;
  return `planned starts dropped because no peer was free: ${generator.droppedStarts}`;
}

function findSendLag({ generator }: VerdictEvidence): string | undefined {
  const { sendLagP99Ns, sendLagLimitNs } = generator;
  if (sendLagP99Ns === null || sendLagP99Ns <= sendLagLimitNs) return undefined;
  return `starts were late: p99 of the send lag is ${inMs(sendLagP99Ns)}, limit ${inMs(sendLagLimitNs)}`;
}

function findNoSuccess({ negotiations }: VerdictEvidence): string | undefined {
  if (negotiations.started === 0 || negotiations.succeeded > 0) return undefined;
  return `none of ${negotiations.started} negotiations succeeded`;
}

function inMs(durationNs: number): string {
  return `${Number((durationNs / 1e6).toPrecision(3))} ms`;
}
