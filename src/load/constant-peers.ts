/** Constant peers: a number of initiators negotiate again and again until the measure window ends. */
import type { Ns } from '../peer/timer.ts';
import { createClosedLoad, type ClosedLoad } from './closed-load.ts';

export function createConstantPeers(
  { peers, thinkTimeNs }: { readonly peers: number; readonly thinkTimeNs: Ns },
  endNs: Ns,
): ClosedLoad {
  return createClosedLoad({ peers, thinkTimeNs, iterations: Infinity, endNs });
}
