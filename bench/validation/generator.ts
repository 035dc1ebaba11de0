/** How Node.js is started where it makes load, so that what is measured is the gateway and not its generator. */

/** Young garbage has its room from the beginning: a heap that grows meets memory that the machine has to find first. */
const YOUNG_MB = 32;
export const GENERATOR_FLAGS: readonly string[] = [
  `--max-semi-space-size=${YOUNG_MB}`,
  `--min-semi-space-size=${YOUNG_MB}`,
];

/**
 * Looks for datagrams all the time instead of sleeping until one comes: the system neither has to wake it nor its
 * core, whatever the load is. If both cores are threads of one, the gateway has the same half of it all the time.
 */
const POLLING = `
import { isMainThread } from 'node:worker_threads';
const again = () => setImmediate(again);
if (!isMainThread) again();
`;

export const POLLING_FLAGS: readonly string[] = [
  ...GENERATOR_FLAGS,
  '--import',
  `data:text/javascript,${encodeURIComponent(POLLING)}`,
];

/** Keeps a core as busy as a generator that polls. */
export const POLLING_PROGRAM = 'const again = () => setImmediate(again); again();';
