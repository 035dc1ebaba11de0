/** A worker that dies in the midst of its work: what a test starts in place of the real one. */
import { readLiveCounters } from '../../src/measure/live-counters.ts';
import { runShard as runRealShard } from '../../src/worker/shard.ts';
import type { ShardOutcome, ShardTask } from '../../src/worker/task.ts';

const LOOK_EVERY_MS = 20;

export function runShard(task: ShardTask): Promise<ShardOutcome> {
  if (task.worker === 1) setInterval(() => dieInTheMidst(task), LOOK_EVERY_MS);
  return runRealShard(task);
}

/** By what was done, not by time: a busy machine may not have begun after any time. */
function dieInTheMidst({ state, worker }: ShardTask): void {
  // In a worker thread this ends the thread alone.
  if (readLiveCounters([state.live[worker]!]).succeeded >= 3) process.exit(7);
}
