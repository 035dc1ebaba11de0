/** Reads the clock in another thread when asked to; started by the test beside it. */
import { parentPort, workerData } from 'node:worker_threads';
import { createClock } from '../../src/runtime/clock.ts';

const clock = createClock(workerData as bigint);
parentPort!.on('message', () => parentPort!.postMessage(clock()));
parentPort!.postMessage('ready');
