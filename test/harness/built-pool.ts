/** Workers of the build: those of the sources would have to be compiled in each thread. */
import type { StartPool } from '../../src/run/execute.ts';
import { createShardPool } from '../../src/worker/pool.ts';

const ENTRY = new URL('../../dist/cli/shard.js', import.meta.url);

export const startBuiltPool: StartPool = (workers, onReport) => createShardPool(workers, onReport, ENTRY);
