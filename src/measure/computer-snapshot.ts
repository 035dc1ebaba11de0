/** What a worker measured of the computers of one group, as plain data for `postMessage`, and how parts are put together. */
import type { ComputerReport } from '../cpu/gateway-computer.ts';
import type { OperationUse } from '../cpu/work-ledger.ts';
import { LatencyHistogram, type HistogramSnapshot } from './histogram.ts';

export interface ComputerSnapshot {
  readonly computers: readonly (ComputerReport & { readonly peerId: number })[];
  /** Times that jobs waited for a thread. */
  readonly waits: HistogramSnapshot;
  /** Charged operations, by name. */
  readonly operations: Readonly<Record<string, OperationUse>>;
  /** Charged, and not on the card. */
  readonly unknownOperations: readonly string[];
}

/** Of all workers, by group. Exact; the order of the parts does not matter. */
export function mergeComputers(
  parts: readonly Readonly<Record<string, ComputerSnapshot>>[],
): Record<string, ComputerSnapshot> {
  const names = [...new Set(parts.flatMap((part) => Object.keys(part)))];
  return Object.fromEntries(
    names.map((name) => [name, mergeGroup(parts.flatMap((part) => part[name] ?? []))] as const),
  );
}

function mergeGroup(parts: readonly ComputerSnapshot[]): ComputerSnapshot {
  const waits = new LatencyHistogram();
  const operations: Record<string, OperationUse> = {};
  for (const part of parts) {
    waits.add(part.waits);
    for (const [name, use] of Object.entries(part.operations)) {
      const sum = (operations[name] ??= { calls: 0, octets: 0, outOfRange: 0 });
      sum.calls += use.calls;
      sum.octets += use.octets;
      sum.outOfRange += use.outOfRange;
    }
  }
  return {
    computers: parts
      .flatMap(({ computers }) => computers)
      .toSorted((one, other) => one.peerId - other.peerId),
    waits: waits.snapshot(),
    operations: Object.fromEntries(Object.entries(operations).toSorted(([a], [b]) => (a < b ? -1 : 1))),
    unknownOperations: [...new Set(parts.flatMap(({ unknownOperations }) => unknownOperations))].toSorted(),
  };
}
