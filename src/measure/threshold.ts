/** Compares a result with what the scenario demands of it. */
import { ROUND_TRIPS, type LifecycleEvent, type RoundTrip } from '../peer/fact.ts';
import type { Comparison, Threshold } from '../scenario/scenario.ts';
import { percentileOfEncodedNs } from './histogram.ts';
import type { GroupResult, RunResult, Summary, ThresholdResult } from './result.ts';

type Unit = ThresholdResult['unit'];
interface Observation {
  readonly value: number | null;
  readonly unit: Unit;
  readonly reason?: string;
}

const DURATIONS: Readonly<Record<string, (result: GroupResult) => Summary | null>> = {
  latency: (result) => result.latency.whole,
  'latency-from-start': (result) => result.latency.fromStart,
  phase1: (result) => result.latency.phase1,
  phase2: (result) => result.latency.phase2,
  'send-lag': (result) => result.latency.sendLag,
  ping: (result) => result.latency.ping ?? null,
  'first-packet': (result) => result.latency.firstPacket ?? null,
  'first-packet-from-sa': (result) => result.latency.firstPacketFromSa ?? null,
  'come-back': (result) => result.latency.comeBack ?? null,
  ...Object.fromEntries(
    ROUND_TRIPS.map((name: RoundTrip) => [
      `round-trip-${name}`,
      (result: GroupResult) => result.latency.roundTrips[name] ?? null,
    ]),
  ),
};

/** What is counted and, for `rate`, what it is a share of. */
const COUNTS: Readonly<Record<string, (result: GroupResult) => { value: number; of: number }>> = {
  started: ({ negotiations: n }) => ({ value: n.started, of: n.started + n.droppedStarts }),
  succeeded: ({ negotiations: n }) => ({ value: n.succeeded, of: n.started }),
  failed: ({ negotiations: n }) => ({ value: n.failed, of: n.started }),
  'dropped-starts': ({ negotiations: n }) => ({ value: n.droppedStarts, of: n.started + n.droppedStarts }),
  // Datagrams are counted over the whole run, so that is what they are a share of.
  retransmissions: (result) => ({ value: result.retransmissions, of: result.wholeRun.started }),
  // SAs live on beyond the measure window, so these are counted over the whole run too.
  rekeys: (result) => laterEvents(result, 'phase1-rekeyed', 'phase2-rekeyed'),
  'rekeys-failed': (result) => laterEvents(result, 'rekey-failed'),
  'dead-peers': (result) => laterEvents(result, 'peer-dead'),
  pings: ({ pings, negotiations: n }) => ({ value: pings?.sent ?? 0, of: n.succeeded }),
  'tunnels-lost': ({ comeBack, wholeRun }) => ({ value: comeBack?.tunnelsLost ?? 0, of: wholeRun.succeeded }),
  'came-back': ({ comeBack }) => ({ value: comeBack?.back ?? 0, of: comeBack?.begun ?? 0 }),
  'gave-up': ({ comeBack }) => ({ value: comeBack?.gaveUp ?? 0, of: comeBack?.begun ?? 0 }),
  'ping-loss': ({ pings }) => ({ value: pings?.lost ?? 0, of: pings?.sent ?? 0 }),
};

function laterEvents({ lifecycle, wholeRun }: GroupResult, ...events: readonly LifecycleEvent[]) {
  const value = events.reduce((sum, event) => sum + (lifecycle[event] ?? 0), 0);
  return { value, of: wholeRun.started };
}

/** Why there is nothing to take a share of, where it is not negotiations. */
const NOTHING_TO_SHARE: Readonly<Record<string, string>> = {
  'ping-loss': 'no ping was sent',
  'tunnels-lost': 'no negotiation succeeded',
  'came-back': 'nobody had to come back',
  'gave-up': 'nobody had to come back',
};

/** Successes a second (`RunResult.rates`). */
const THROUGHPUT = 'throughput';

/**
 * Evaluates one threshold. Where there is nothing to observe (no samples, no such group or
 * metric) it has failed, and `reason` says why: a demand on a number that does not exist is not met.
 */
export function evaluateThreshold(
  threshold: Threshold,
  result: GroupResult & Pick<RunResult, 'groups'>,
): ThresholdResult {
  const { text } = threshold;
  const group = threshold.group === undefined ? result : ownValue(result.groups, threshold.group);
  const { value, unit, reason } = group
    ? observe(threshold, group)
    : noValue('count', `nothing happened in group ${threshold.group}`);
  if (value === null) {
    return { text, observed: null, unit, passed: false, ...(reason === undefined ? {} : { reason }) };
  }
  return { text, observed: value, unit, passed: holds(value, threshold.comparison, threshold.value) };
}

function observe(threshold: Threshold, group: GroupResult): Observation {
  const { metric, statistic } = threshold;
  const duration = ownValue(DURATIONS, metric);
  if (duration) return observeDuration(threshold, duration(group));
  const share = ownValue(COUNTS, metric)?.(group);
  if (share && statistic === 'count') return { value: share.value, unit: 'count' };
  if (share && statistic === 'rate') {
    if (share.of === 0) return noValue('share', NOTHING_TO_SHARE[metric] ?? 'no negotiation was started');
    return { value: share.value / share.of, unit: 'share' };
  }
  if (metric === THROUGHPUT && statistic === 'rate') {
    const value = group.rates.succeededHz;
    return value === null ? noValue('hz', 'the measured span is empty') : { value, unit: 'hz' };
  }
  return noValue('count', `${metric} has no ${nameOf(threshold)}`);
}

function observeDuration(threshold: Threshold, summary: Summary | null): Observation {
  const { statistic } = threshold;
  if (statistic === 'count') return { value: summary?.count ?? 0, unit: 'count' };
  if (statistic === 'rate') return noValue('ns', `${threshold.metric} has no rate`);
  if (summary === null || summary.count === 0) return noValue('ns', 'no samples');
  if (statistic === 'mean') return { value: summary.meanNs, unit: 'ns' };
  if (statistic === 'max' || statistic.percentile >= 100) return { value: summary.maxNs, unit: 'ns' };
  const percentileNs = percentileOfEncodedNs(summary.histogram, statistic.percentile);
  return { value: Math.max(summary.minNs, Math.min(percentileNs, summary.maxNs)), unit: 'ns' };
}

function noValue(unit: Unit, reason: string): Observation {
  return { value: null, unit, reason };
}

function nameOf({ statistic }: Threshold): string {
  return typeof statistic === 'string' ? statistic : 'percentiles';
}

function ownValue<Value>(record: Readonly<Record<string, Value>>, key: string): Value | undefined {
  return Object.hasOwn(record, key) ? record[key] : undefined;
}

function holds(value: number, comparison: Comparison, limit: number): boolean {
  switch (comparison) {
    case '<':
      return value < limit;
    case '<=':
      return value <= limit;
    case '>':
      return value > limit;
    case '>=':
      return value >= limit;
  }
}
