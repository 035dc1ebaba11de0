/** The network of a scenario. Every worker makes its own, and so does the main thread, which has to know who must live together. */
import { createConstantLatency } from '../network/constant-latency.ts';
import { createDescribedNetwork } from '../network/described-network.ts';
import type { NetworkModel } from '../network/network-model.ts';
import { addressAt, parseAddress } from '../scenario/address.ts';
import type { Population } from '../scenario/expand.ts';
import type { Scenario } from '../scenario/scenario.ts';

export interface NetworkSetup {
  readonly scenario: Scenario;
  readonly population: Population;
  readonly seed: number;
}

/** What is between the peers of a scenario; the same for the same setup. */
export function createNetwork({ scenario, population, seed }: NetworkSetup): NetworkModel {
  const { network, connections } = scenario;
  const peerAtAddress = (address: string): number | undefined => population.idOfAddress(address);
  if (network === undefined) return createConstantLatency({ peerAtAddress });
  return createDescribedNetwork({
    settings: network,
    seed,
    groups: population.placedGroups(),
    connections: [...connections, ...questionsOf(scenario)],
    natAddressOf(nat, box) {
      const address = addressAt(network.natAddresses[nat]!, box);
      return { address, octets: parseAddress(address)! };
    },
    peerAtAddress,
  });
}

/** Peers and the servers that they ask. */
function questionsOf({ groups }: Scenario): { from: string; to: string }[] {
  return groups.flatMap(({ name, loginServer, revocation }) =>
    [loginServer, revocation?.server].flatMap((asked) =>
      asked === undefined ? [] : [{ from: name, to: asked.group }],
    ),
  );
}
