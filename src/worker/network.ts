/** The network of a scenario. Every worker makes its own, and so does the main thread, which has to know who must live together. */
import { createConstantLatency } from '../network/constant-latency.ts';
import type { NetworkModel } from '../network/network-model.ts';
import type { Population } from '../scenario/expand.ts';
import type { Scenario } from '../scenario/scenario.ts';

export interface NetworkSetup {
  readonly scenario: Scenario;
  readonly population: Population;
  readonly seed: number;
}

/** What is between the peers of a scenario; the same for the same setup. */
export function createNetwork({ population }: NetworkSetup): NetworkModel {
  return createConstantLatency({ peerAtAddress: (address) => population.idOfAddress(address) });
}
