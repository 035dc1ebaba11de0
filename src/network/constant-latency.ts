/** The network of a scenario that describes none: every datagram takes the same time, and none is lost. */
import { NS_PER_MS, type Ns } from '../peer/timer.ts';
import type { Datagram, Deliveries, Departures, NetworkModel } from './network-model.ts';

/** One way, as between two sites of one city. */
export const DEFAULT_LATENCY_NS: Ns = NS_PER_MS / 2;

export interface ConstantLatencySetup {
  /** One way; an integer greater than 0. */
  readonly latencyNs?: Ns;
  /** The peer with this address; undefined: nobody. */
  peerAtAddress(address: string): number | undefined;
}

/**
 * A network without losses in which everything takes `latencyNs`.
 * @throws RangeError when the latency is no positive integer.
 */
export function createConstantLatency(setup: ConstantLatencySetup): NetworkModel {
  const { latencyNs = DEFAULT_LATENCY_NS } = setup;
  if (!Number.isSafeInteger(latencyNs) || latencyNs < 1) {
    throw new RangeError(`a latency is a whole number of nanoseconds greater than 0, not ${latencyNs}`);
  }
  return {
    nodes: [],
    companions: [],
    leastLatencyNs: () => latencyNs,
    nodeAt: (address) => setup.peerAtAddress(address),
    depart(datagram: Datagram, nowNs: Ns, result: Departures): void {
      result.arrive(nowNs + latencyNs, datagram);
    },
    arrive(datagram: Datagram, nowNs: Ns, result: Deliveries): void {
      result.deliver(datagram.to.peer!, nowNs, datagram);
    },
  };
}
