/** Per-peer iterations: every initiator negotiates a fixed number of times, unless the measure window ends before. */
import type { Ns } from '../peer/timer.ts';
import { createClosedLoad, type ClosedLoad } from './closed-load.ts';

export interface PerPeerIterations {
  readonly peers: number;
  readonly iterations: number;
  readonly thinkTimeNs: Ns;
}

export function createPerPeerIterations(settings: PerPeerIterations, endNs: Ns): ClosedLoad {
  const { peers, iterations, thinkTimeNs } = settings;
  return createClosedLoad({ peers, iterations, thinkTimeNs, endNs });
}
