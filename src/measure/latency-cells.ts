/**
 * A coarse latency histogram in 240 integer cells: microseconds below 8 one by one, then 8 cells
 * for each power of two, up to 2^32 us (71 minutes). Wide at most 12.5 % of the value: good
 * enough to look at while a run goes on, and small enough for shared memory.
 */
import type { Ns } from '../peer/timer.ts';

export const LATENCY_CELLS = 240;
const MAXIMUM_US = 0xffffffff;
const NS_PER_US = 1000;

/** The cell that counts a latency; out of range values go to the first or last cell. */
export function latencyCell(latencyNs: Ns): number {
  const us = latencyNs > 0 ? Math.min(Math.ceil(latencyNs / NS_PER_US), MAXIMUM_US) : 0;
  if (us < 8) return us;
  const exponent = 31 - Math.clz32(us);
  return (exponent - 2) * 8 + ((us >>> (exponent - 3)) & 7);
}

/** Highest latency that a cell counts. */
export function highestOfCellNs(cell: number): Ns {
  if (cell < 8) return cell * NS_PER_US;
  const exponent = (cell >>> 3) + 2;
  const step = 2 ** (exponent - 3);
  return ((8 + (cell & 7) + 1) * step - 1) * NS_PER_US;
}

/** The latency that `percentile` (0..100) of all counted ones do not exceed; undefined when there is none. */
export function percentileOfCellsNs(cells: Float64Array, percentile: number): Ns | undefined {
  let count = 0;
  for (const value of cells) count += value;
  if (count === 0) return undefined;
  const wanted = Math.max(1, Math.ceil((count * percentile) / 100));
  let seen = 0;
  for (const [cell, value] of cells.entries()) {
    seen += value;
    if (seen >= wanted) return highestOfCellNs(cell);
  }
  return undefined;
}
