/** A wait between two runs, for a real gateway to forget what was left unfinished. */
import { setTimeout } from 'node:timers/promises';
import { NS_PER_MS } from '../../peer/timer.ts';
import type { Ns } from '../../peer/timer.ts';

/** Ends early when the signal is aborted. */
export async function restInRealTime(restNs: Ns, signal: AbortSignal | undefined): Promise<void> {
  try {
    await setTimeout(restNs / NS_PER_MS, undefined, signal === undefined ? {} : { signal });
  } catch (error) {
    if (signal?.aborted !== true) throw error;
  }
}
