/**
 * How much memory each worker may use. V8 allows a heap 4 GiB however much the machine has, which is
 * 300,000 tunnels or so, and ends the thread beyond.
 */
import { totalmem } from 'node:os';
import { getHeapStatistics } from 'node:v8';

/** Of the memory of the machine, for all workers together; the rest is for buffers, the main thread and the system. */
const SHARE = 0.8;
const OCTETS_PER_MB = 1_048_576;

/** Megabytes for one of `workers` workers: never less than V8 would allow. */
export function heapLimitMb(workers: number): number {
  const share = (totalmem() * SHARE) / workers;
  return Math.floor(Math.max(share, getHeapStatistics().heap_size_limit) / OCTETS_PER_MB);
}
