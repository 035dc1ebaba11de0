/** From the load of a scenario to the model that says when negotiations start. */
import type { Load } from '../scenario/scenario.ts';
import type { ArrivalSchedule } from './arrival-schedule.ts';
import type { ClosedLoad } from './closed-load.ts';
import { createConstantArrivalRate } from './constant-arrival-rate.ts';
import { createConstantPeers } from './constant-peers.ts';
import { createPerPeerIterations } from './per-peer-iterations.ts';
import { createPoisson } from './poisson.ts';
import { createRampingArrivalRate } from './ramping-arrival-rate.ts';
import { createStorm } from './storm.ts';
import { windowsOf } from './windows.ts';

export interface LoadSetup {
  /** All initiators of the run, whichever worker they live in. */
  readonly initiatorCount: number;
  readonly seed: number;
}

export type LoadModel =
  | { readonly kind: 'open'; readonly schedule: ArrivalSchedule }
  | { readonly kind: 'closed'; readonly closed: ClosedLoad };

/** The model of a load's executor. Every worker makes the same one and keeps to its own initiators. */
export function createLoadModel(load: Load, setup: LoadSetup): LoadModel {
  const schedule = createArrivalSchedule(load, setup);
  if (schedule !== undefined) return { kind: 'open', schedule };
  const { executor } = load;
  const endNs = windowsOf(load).measureEndNs;
  if (executor.type === 'constant-peers') {
    return { kind: 'closed', closed: createConstantPeers(executor, endNs) };
  }
  if (executor.type === 'per-peer-iterations') {
    return { kind: 'closed', closed: createPerPeerIterations(executor, endNs) };
  }
  throw new TypeError(`no model for executor ${executor.type}`);
}

/** The arrivals of warm-up and measure window for an open executor; undefined for a closed one. */
export function createArrivalSchedule(load: Load, setup: LoadSetup): ArrivalSchedule | undefined {
  const { executor } = load;
  const { initiatorCount, seed } = setup;
  const schedule = { initiatorCount, endNs: windowsOf(load).measureEndNs };
  switch (executor.type) {
    case 'storm':
      return createStorm(executor, schedule);
    case 'constant-arrival-rate':
      return createConstantArrivalRate(executor, schedule);
    case 'ramping-arrival-rate':
      return createRampingArrivalRate(executor, schedule);
    case 'poisson':
      return createPoisson({ ...executor, warmUpNs: load.warmUpNs, seed }, schedule);
    default:
      return undefined;
  }
}
