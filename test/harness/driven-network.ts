/**
 * A network model driven by hand: sends planned, arrivals and deliveries in order of time. Peers may
 * be spread over several models, as over several workers, each of which is asked only for its own.
 */
import type { Endpoint } from '../../src/ike/endpoint.ts';
import type { Datagram, NetworkModel } from '../../src/network/network-model.ts';
import { createDescribedNetwork, type DescribedNetwork } from '../../src/network/described-network.ts';
import { addressAt, parseAddress } from '../../src/scenario/address.ts';
import { createPopulation } from '../../src/scenario/expand.ts';
import { parseScenario } from '../../src/scenario/load.ts';

/** Two groups, `hosts` from 10.1.0.1 (peers 0 to 5) and `gates` from 192.0.2.1 (6 and 7), and this `network`. */
export function describedNetwork(network: string, seed = 1): DescribedNetwork {
  const text = `name: driven
peers:
  hosts: { count: 6, addresses: 10.1.0.0/24, psk: x }
  gates: { role: gateway, count: 2, addresses: 192.0.2.0/29 }
connections: [{ from: hosts, to: gates }]
load: { executor: storm }
network:
${network.replace(/^/gm, '  ')}
`;
  const { scenario } = parseScenario(text, 'driven.yaml');
  const population = createPopulation(scenario, seed);
  const settings = scenario.network!;
  return createDescribedNetwork({
    settings,
    seed,
    groups: population.placedGroups(),
    connections: scenario.connections,
    natAddressOf(nat, box) {
      const address = addressAt(settings.natAddresses[nat]!, box);
      return { address, octets: parseAddress(address)! };
    },
    peerAtAddress: (address) => population.idOfAddress(address),
  });
}

export function peerEndpoint(peer: number, port = 500): Endpoint {
  const octets = peer < 6 ? Uint8Array.of(10, 1, 0, peer + 1) : Uint8Array.of(192, 0, 2, peer - 5);
  return { address: octets.join('.'), port, octets, peer };
}

export interface Send {
  readonly atNs: number;
  readonly from: number;
  /** A peer, or the endpoint that a datagram came from. */
  readonly to: number | Endpoint;
  readonly port?: number;
  readonly octets?: Uint8Array;
}

export interface Delivery {
  readonly atNs: number;
  readonly peer: number;
  readonly from: string;
  readonly datagram: Datagram;
}

interface Event {
  readonly atNs: number;
  readonly order: string;
  run(): void;
}

/** Sends everything and lets time pass until nothing is under way; deliveries in order of time. */
export function drive(
  models: readonly NetworkModel[],
  sends: readonly Send[],
  workerOf: (peer: number) => number = () => 0,
): { readonly deliveries: Delivery[]; readonly drops: Record<string, number> } {
  const deliveries: Delivery[] = [];
  const drops: Record<string, number> = {};
  const events: Event[] = [];
  const drop = (reason: string): void => void (drops[reason] = (drops[reason] ?? 0) + 1);
  const ownerOf = (node: number): number => workerOf(node < 8 ? node : models[0]!.nodes[node - 8]!.owner);
  const arrived = (datagram: Datagram, atNs: number): void => {
    models[ownerOf(datagram.to.peer!)]!.arrive(datagram, atNs, {
      deliver(peer, deliveryNs, delivered) {
        const { address, port } = delivered.from;
        deliveries.push({ atNs: deliveryNs, peer, from: `${address}:${port}`, datagram: delivered });
      },
      drop,
    });
  };
  for (const [index, { atNs, from, to, port, octets = new Uint8Array(100) }] of sends.entries()) {
    const datagram = {
      from: peerEndpoint(from, port),
      to: typeof to === 'number' ? peerEndpoint(to, port) : to,
      octets,
    };
    const run = (): void => {
      let copies = 0;
      models[workerOf(from)]!.depart(datagram, atNs, {
        arrive(arrivalNs, sent) {
          if (arrivalNs <= atNs) throw new Error(`sent at ${atNs}, arrived at ${arrivalNs}`);
          const order = `arrive ${String(index).padStart(9, '0')} ${copies++}`;
          events.push({ atNs: arrivalNs, order, run: () => arrived(sent, arrivalNs) });
        },
        drop,
      });
    };
    events.push({ atNs, order: `send ${String(index).padStart(9, '0')}`, run });
  }
  while (events.length > 0) {
    events.sort((a, b) => a.atNs - b.atNs || (a.order < b.order ? -1 : 1));
    events.shift()!.run();
  }
  deliveries.sort((a, b) => a.atNs - b.atNs || a.peer - b.peer);
  return { deliveries, drops };
}
