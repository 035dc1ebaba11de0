/** A worker that dies in the midst of its work: what a test starts in place of the real one. */
import { runShard as runRealShard } from '../../src/worker/shard.ts';
import type { ShardOutcome, ShardTask } from '../../src/worker/task.ts';

const DIES_AFTER_MS = 1500;

export function runShard(task: ShardTask): Promise<ShardOutcome> {
  // In a worker thread this ends the thread alone.
  if (task.worker === 1) setTimeout(() => process.exit(7), DIES_AFTER_MS);
  return runRealShard(task);
}
