/** What a worker that died leaves behind: its last report, and counters in shared memory that go on to its end. */
import { snapshotOfLostWorker } from '../measure/live-counters.ts';
import type { NegotiationCounts } from '../measure/negotiation-counts.ts';
import { createGroupSnapshot, mergeAllGroups } from '../measure/snapshot.ts';
import type { GroupSnapshot, RecorderSnapshot } from '../measure/snapshot.ts';

/**
 * The last report, with what the live counters counted after it put beside it, of no group. So
 * counts are complete, and histograms, series and misdeeds lack what came after the report. `reported` is
 * undefined when the worker died before its first report.
 */
export function snapshotOfLost(
  reported: RecorderSnapshot | undefined,
  live: SharedArrayBuffer,
  window: { readonly measureStartNs: number; readonly measureEndNs: number },
): RecorderSnapshot {
  const counted = snapshotOfLostWorker(live, window.measureStartNs, window.measureEndNs);
  if (reported === undefined || counted.unattributed === undefined) return counted;
  const rest = difference(counted.unattributed, mergeAllGroups(reported));
  return { ...reported, unattributed: rest };
}

function difference(all: GroupSnapshot, part: GroupSnapshot): GroupSnapshot {
  const { failures: allFailures, ...allResponded } = all.responder;
  const { failures: partFailures, ...partResponded } = part.responder;
  return {
    ...createGroupSnapshot(),
    total: negotiationDifference(all.total, part.total),
    window: negotiationDifference(all.window, part.window),
    pings: {
      total: countDifference(all.pings.total, part.pings.total),
      window: countDifference(all.pings.window, part.pings.window),
    },
    answers: Math.max(0, all.answers - part.answers),
    retransmissions: Math.max(0, all.retransmissions - part.retransmissions),
    drops: countDifference(all.drops, part.drops),
    lifecycle: countDifference(all.lifecycle, part.lifecycle),
    closed: Math.max(0, all.closed - part.closed),
    responder: {
      ...countDifference(allResponded, partResponded),
      failures: countDifference(allFailures, partFailures),
    },
    comeBack: countDifference(all.comeBack, part.comeBack),
  };
}

function negotiationDifference(all: NegotiationCounts, part: NegotiationCounts): NegotiationCounts {
  const { failures: allFailures, ...allCounts } = all;
  const { failures: partFailures, ...partCounts } = part;
  return {
    ...countDifference(allCounts, partCounts),
    failures: countDifference(allFailures, partFailures),
  };
}

/** Never below zero: the live counters do not know the causes of the measure window. */
function countDifference<Key extends string>(
  all: Readonly<Record<Key, number>>,
  part: Readonly<Record<Key, number>>,
): Record<Key, number> {
  const keys = Object.keys(all) as Key[];
  return Object.fromEntries(keys.map((key) => [key, Math.max(0, all[key] - part[key])])) as Record<
    Key,
    number
  >;
}
