/** A worker that dies in the midst of its work: what a test starts in place of the real one. */
import { LiveCounters } from '../../src/measure/live-counters.ts';
import { runShard as runRealShard } from '../../src/worker/shard.ts';
import type { ShardOutcome, ShardTask } from '../../src/worker/task.ts';

export function runShard(task: ShardTask): Promise<ShardOutcome> {
  if (task.worker === 1) dieAfter(3);
  return runRealShard(task);
}

/** By what was done, not by time: a busy machine may not have begun after any time. */
function dieAfter(successes: number): void {
  let counted = 0;
  const succeeded = LiveCounters.prototype.succeeded;
  LiveCounters.prototype.succeeded = function (this: LiveCounters, ...details) {
    succeeded.apply(this, details);
    // In a worker thread this ends the thread alone.
    if (++counted === successes) process.exit(7);
  };
}
