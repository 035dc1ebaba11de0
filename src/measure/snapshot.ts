/** What a worker measured, as plain data for `postMessage`, and how the parts of a run are added up. */
import type { Ns } from '../peer/timer.ts';
import { LatencyHistogram, type HistogramSnapshot } from './histogram.ts';
import { METERS, type Meter } from './meter.ts';
import {
  addCounts,
  addNegotiationCounts,
  createComeBackCounts,
  createDropCounts,
  createFailureCounts,
  createLifecycleCounts,
  createNegotiationCounts,
  createPingCounts,
  type ComeBackCounts,
  type DropCounts,
  type FailureCounts,
  type LifecycleCounts,
  type NegotiationCounts,
  type PingCounts,
} from './negotiation-counts.ts';
import { addSeries, createSeries, type Series } from './series.ts';

/** One group of peers. A negotiation is of the window when its planned start lies in it. */
export interface GroupSnapshot {
  /** The whole run, warm-up included. */
  total: NegotiationCounts;
  /** Planned inside the measure window. */
  window: NegotiationCounts;
  /** Successes whose end lies in the measure window, whenever they were planned: what throughput counts. */
  finishedInWindow: number;
  /** Of started negotiations of the window; Infinity when there is none. */
  firstPlannedNs: Ns;
  /** Of successes of the window; Infinity and -Infinity when there is none. */
  firstCompletionNs: Ns;
  lastCompletionNs: Ns;
  /** Round trips closed in the whole run: zero means that nobody ever answered. */
  answers: number;
  /** Tunnels taken down on purpose; whole run, as everything below but the histograms. */
  closed: number;
  /** Rekeyings, dead peers and the like. */
  lifecycle: LifecycleCounts;
  retransmissions: number;
  drops: DropCounts;
  responder: { phase1: number; phase2: number; echoes: number; failures: FailureCounts };
  comeBack: ComeBackCounts;
  /** What its peers did wrong on purpose, by place in the list of the group; missing: zero. */
  misdeeds: number[];
  /** Of negotiations of the window, and of the whole run. */
  pings: { window: PingCounts; total: PingCounts };
  /** Absent where nothing was measured. */
  histograms: Partial<Record<Meter, HistogramSnapshot>>;
}

export interface RecorderSnapshot {
  readonly measureStartNs: Ns;
  readonly measureEndNs: Ns;
  /** Only groups that something happened to. */
  readonly groups: Readonly<Record<string, GroupSnapshot>>;
  /** Counts saved from workers that were lost, whose groups are unknown. */
  readonly unattributed?: GroupSnapshot;
  readonly series: Series;
}

export function createGroupSnapshot(): GroupSnapshot {
  return {
    total: createNegotiationCounts(),
    window: createNegotiationCounts(),
    finishedInWindow: 0,
    firstPlannedNs: Number.POSITIVE_INFINITY,
    firstCompletionNs: Number.POSITIVE_INFINITY,
    lastCompletionNs: Number.NEGATIVE_INFINITY,
    answers: 0,
    closed: 0,
    lifecycle: createLifecycleCounts(),
    retransmissions: 0,
    drops: createDropCounts(),
    responder: { phase1: 0, phase2: 0, echoes: 0, failures: createFailureCounts() },
    comeBack: createComeBackCounts(),
    misdeeds: [],
    pings: { window: createPingCounts(), total: createPingCounts() },
    histograms: {},
  };
}

/** Adds up groups, of one or several workers. Exact and independent of order. */
export function mergeGroups(parts: Iterable<GroupSnapshot>): GroupSnapshot {
  const sum = createGroupSnapshot();
  const histograms = new Map<Meter, LatencyHistogram>();
  for (const part of parts) {
    addNegotiationCounts(sum.total, part.total);
    addNegotiationCounts(sum.window, part.window);
    sum.finishedInWindow += part.finishedInWindow;
    sum.firstPlannedNs = Math.min(sum.firstPlannedNs, part.firstPlannedNs);
    sum.firstCompletionNs = Math.min(sum.firstCompletionNs, part.firstCompletionNs);
    sum.lastCompletionNs = Math.max(sum.lastCompletionNs, part.lastCompletionNs);
    sum.answers += part.answers;
    sum.closed += part.closed;
    addCounts(sum.lifecycle, part.lifecycle);
    sum.retransmissions += part.retransmissions;
    addCounts(sum.drops, part.drops);
    sum.responder.phase1 += part.responder.phase1;
    sum.responder.phase2 += part.responder.phase2;
    sum.responder.echoes += part.responder.echoes;
    addComeBacks(sum.comeBack, part.comeBack);
    addMisdeeds(sum.misdeeds, part.misdeeds);
    addPings(sum.pings, part.pings);
    addCounts(sum.responder.failures, part.responder.failures);
    addHistograms(histograms, part);
  }
  for (const meter of METERS) {
    const histogram = histograms.get(meter);
    if (histogram) sum.histograms[meter] = histogram.snapshot();
  }
  return sum;
}

function addComeBacks(sum: ComeBackCounts, part: ComeBackCounts): void {
  for (const key of Object.keys(sum) as (keyof ComeBackCounts)[]) sum[key] += part[key];
}

/** Lists of different groups are only added up where nobody asks for them any more. */
function addMisdeeds(sum: number[], part: readonly number[]): void {
  for (let index = 0; index < part.length; index++) sum[index] = (sum[index] ?? 0) + (part[index] ?? 0);
}

function addPings(sum: GroupSnapshot['pings'], part: GroupSnapshot['pings']): void {
  for (const span of ['window', 'total'] as const) {
    sum[span].sent += part[span].sent;
    sum[span].answered += part[span].answered;
    sum[span].lost += part[span].lost;
  }
}

function addHistograms(sums: Map<Meter, LatencyHistogram>, part: GroupSnapshot): void {
  for (const meter of METERS) {
    const snapshot = part.histograms[meter];
    if (!snapshot) continue;
    let sum = sums.get(meter);
    if (!sum) sums.set(meter, (sum = new LatencyHistogram()));
    sum.add(snapshot);
  }
}

/**
 * Adds up what the workers of a run measured. Exact: the result does not depend on how peers were
 * spread over workers, nor on the order of the list.
 * @throws RangeError when the list is empty or the parts have different measure windows.
 */
export function mergeSnapshots(parts: readonly RecorderSnapshot[]): RecorderSnapshot {
  const [first] = parts;
  if (!first) throw new RangeError('there is no snapshot to merge');
  const { measureStartNs, measureEndNs } = first;
  const series = createSeries(measureStartNs);
  const byName = new Map<string, GroupSnapshot[]>();
  const unattributed: GroupSnapshot[] = [];
  for (const part of parts) {
    if (part.measureStartNs !== measureStartNs || part.measureEndNs !== measureEndNs) {
      throw new RangeError('snapshots with different measure windows cannot be merged');
    }
    addSeries(series, part.series);
    if (part.unattributed) unattributed.push(part.unattributed);
    for (const [name, group] of Object.entries(part.groups)) {
      const list = byName.get(name);
      if (list) list.push(group);
      else byName.set(name, [group]);
    }
  }
  const names = [...byName.keys()].toSorted();
  const groups = Object.fromEntries(names.map((name) => [name, mergeGroups(byName.get(name) ?? [])]));
  return {
    measureStartNs,
    measureEndNs,
    groups,
    series,
    ...(unattributed.length > 0 ? { unattributed: mergeGroups(unattributed) } : {}),
  };
}

/** Everything of a run added up: all groups, and what was saved from lost workers. */
export function mergeAllGroups(snapshot: RecorderSnapshot): GroupSnapshot {
  const lost = snapshot.unattributed ? [snapshot.unattributed] : [];
  return mergeGroups([...Object.values(snapshot.groups), ...lost]);
}
