/** Pass or fail conditions as text: `latency{remote-workers} p(99) < 250ms`. */
import { ROUND_TRIPS } from '../peer/fact.ts';
import { suggestion } from './nearest-word.ts';
import type { Comparison, Threshold } from './scenario.ts';
import { parseDurationNs, parseRateHz, parseShare, UnitError } from './unit.ts';

/** A text that is no threshold. */
export class ThresholdError extends Error {
  override readonly name = 'ThresholdError';
  readonly hint: string | undefined;

  constructor(message: string, hint?: string) {
    super(message);
    this.hint = hint;
  }
}

/** Metrics measured in time: percentiles, mean and max, compared with durations. */
export const DURATION_METRICS: readonly string[] = [
  'latency',
  'latency-from-start',
  'phase1',
  'phase2',
  ...ROUND_TRIPS.map((name) => `round-trip-${name}`),
  'send-lag',
  'ping',
  'first-packet',
  'first-packet-from-sa',
  'come-back',
];

/** Metrics that are counted: `count`, or `rate`, a share (of the planned starts for starts, else of the started). */
export const COUNT_METRICS: readonly string[] = [
  'started',
  'succeeded',
  'failed',
  'dropped-starts',
  'retransmissions',
  'rekeys',
  'rekeys-failed',
  'dead-peers',
  'pings',
  'ping-loss',
  'tunnels-lost',
  'came-back',
  'gave-up',
];

/** Successes a second; compared with a rate, without a statistic. */
export const THROUGHPUT_METRIC = 'throughput';

/**
 * `metric{group} statistic comparison value`; the group in braces is optional.
 * @throws ThresholdError saying which part is wrong.
 */
export function parseThreshold(text: string): Threshold {
  const match = THRESHOLD.exec(text.trim());
  if (match === null) throw new ThresholdError(`"${text}" is not a threshold`, EXAMPLES);
  const { metric, group, statistic, comparison, value } = match.groups as Record<string, string | undefined>;
  const base = {
    text: text.trim(),
    metric: metric as string,
    ...(group !== undefined && { group }),
    comparison: comparison as Comparison,
  };
  if (base.metric === THROUGHPUT_METRIC) {
    if (statistic !== undefined && statistic !== 'rate') {
      throw new ThresholdError(`throughput has no "${statistic}"`, 'write throughput > 500/s');
    }
    return { ...base, statistic: 'rate', value: valueOf(text, () => parseRateHz(value as string)) };
  }
  if (DURATION_METRICS.includes(base.metric)) {
    return {
      ...base,
      statistic: durationStatistic(base.metric, statistic),
      value: valueOf(text, () => parseDurationNs(value as string)),
    };
  }
  if (COUNT_METRICS.includes(base.metric)) {
    if (statistic !== 'count' && statistic !== 'rate') {
      throw new ThresholdError(
        statistic === undefined ? `"${text}" names no statistic` : `${base.metric} has no "${statistic}"`,
        `write ${base.metric} count or ${base.metric} rate`,
      );
    }
    const parse = statistic === 'rate' ? parseShare : parseCount;
    return { ...base, statistic, value: valueOf(text, () => parse(value as string)) };
  }
  const known = [...DURATION_METRICS, ...COUNT_METRICS, THROUGHPUT_METRIC];
  throw new ThresholdError(
    `"${base.metric}" is not a metric`,
    suggestion(base.metric, known) ?? `known: ${known.join(', ')}`,
  );
}

function durationStatistic(metric: string, statistic: string | undefined): Threshold['statistic'] {
  if (statistic === 'mean' || statistic === 'max') return statistic;
  const percentile = /^p\((\d+(?:\.\d+)?)\)$/.exec(statistic ?? '');
  if (percentile === null) {
    const found = statistic === undefined ? `${metric} needs a statistic` : `${metric} has no "${statistic}"`;
    throw new ThresholdError(found, 'write p(99), p(99.9), mean or max');
  }
  const value = Number(percentile[1]);
  if (value > 100)
    throw new ThresholdError(`${statistic} is not a percentile`, 'write a number from 0 to 100');
  return { percentile: value };
}

function parseCount(text: string): number {
  if (!/^\d{1,15}$/.test(text)) throw new UnitError(`"${text}" is not a count`, 'write a whole number');
  return Number(text);
}

function valueOf(text: string, parse: () => number): number {
  try {
    return parse();
  } catch (error) {
    if (error instanceof UnitError) throw new ThresholdError(`in "${text}": ${error.message}`, error.hint);
    throw error;
  }
}

const THRESHOLD =
  /^(?<metric>[a-z][a-z0-9-]*)\s*(?:\{\s*(?<group>[^{}\s]+)\s*\})?(?:\s+(?<statistic>[a-z]+\d*(?:\([^()]*\))?))?\s*(?<comparison><=|>=|<|>)\s*(?<value>[^\s<>=]+)$/;
const EXAMPLES =
  'write "latency p(99) < 250ms", "failed rate < 1%", "succeeded count >= 2000" or "throughput > 500/s"';
