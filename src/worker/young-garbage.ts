/**
 * Lets each thread collect its young garbage by itself. By default V8 spreads every such collection,
 * a millisecond or two of work dozens of times a second, over as many helper threads as its pool has,
 * and frees the memory of buffers on another one. Workers that keep all cores busy wait for those
 * helpers, and every worker has its own share of garbage anyway: a tenth of all CPU went there.
 *
 * Only what a collection looks up when it begins is changed, so that it can be changed while V8 runs.
 * How old garbage is marked is not: V8 sets that up once for each heap, and ends the process when the
 * flags say something else later.
 */
import { setFlagsFromString } from 'node:v8';

const FLAGS = ['--no-parallel-scavenge', '--no-concurrent-array-buffer-sweeping'];

/** For all threads of the process, those that are there and those to come. */
export function collectYoungGarbageAlone(): void {
  for (const flag of FLAGS) setFlagsFromString(flag);
}
