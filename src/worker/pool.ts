/** Starts the workers of a run: the only file that knows Piscina, which serves as launcher. One long task a worker, none is started anew. */
import { fileURLToPath } from 'node:url';
import { Piscina } from 'piscina';
import { heapLimitMb } from './heap-limit.ts';
import { collectYoungGarbageAlone } from './young-garbage.ts';
import type { ShardMessage, ShardOutcome, ShardReport, ShardTask } from './task.ts';

export interface ShardPool {
  /** Runs a worker's share; rejects when the worker dies or its code throws. */
  run(task: ShardTask): Promise<ShardOutcome>;
  /** Ends all workers at once. */
  close(): Promise<void>;
}

/**
 * Starts `workers` threads. `onReport` hears what a worker has measured so far about once a second.
 * `entry` exports `runShard`.
 */
export function createShardPool(
  workers: number,
  onReport: (report: ShardReport) => void,
  entry: URL = SHARD_ENTRY,
): ShardPool {
  collectYoungGarbageAlone();
  const pool = new Piscina({
    filename: fileURLToPath(entry),
    name: 'runShard',
    minThreads: workers,
    maxThreads: workers,
    idleTimeout: Infinity,
    concurrentTasksPerWorker: 1,
    // With Atomics the pool would put a worker's event loop to sleep between tasks.
    atomics: 'disabled',
    recordTiming: false,
    resourceLimits: { maxOldGenerationSizeMb: heapLimitMb(workers) },
    ...(entry.pathname.endsWith('.ts') ? { execArgv: ['--import', 'tsx'] } : {}),
  });
  pool.on('message', (message: ShardMessage) => {
    if (message?.type === 'shard.report') onReport(message.report);
  });
  // A worker that dies between tasks, or a replacement that cannot start: the task's own promise tells of what matters.
  pool.on('error', () => {});
  return {
    run: (task) => pool.run(task) as Promise<ShardOutcome>,
    close: () => pool.destroy(),
  };
}

/** Compiled and source files lie beside each other in the same way. */
const SHARD_ENTRY = new URL(import.meta.url.endsWith('.ts') ? './shard.ts' : './shard.js', import.meta.url);
