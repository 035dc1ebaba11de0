/** The runtime that a scenario asks for, with the peers of one worker in it. */
import type { Endpoint } from '../ike/endpoint.ts';
import type { Fact } from '../peer/fact.ts';
import type { Ns } from '../peer/timer.ts';
import { createMemoryRuntime } from '../runtime/memory/memory-runtime.ts';
import type { Runtime, WireDatagram } from '../runtime/runtime.ts';
import { SocketError } from '../runtime/udp/socket-error.ts';
import { createUdpRuntime } from '../runtime/udp/udp-runtime.ts';
import { parseAddress } from '../scenario/address.ts';
import type { Population } from '../scenario/expand.ts';
import type { Initiator } from './initiator-book.ts';
import { endpointOf } from './local-peers.ts';
import type { LocalPeers } from './local-peers.ts';
import type { ShardTask } from './task.ts';

export interface ShardRuntimeSetup {
  readonly task: ShardTask;
  readonly clock: () => Ns;
  readonly population: Population;
  workerOf(peerId: number): number;
  readonly peers: LocalPeers;
  readonly initiators: readonly Initiator[];
  onFact(fact: Fact, peerId: number, nowNs: Ns): void;
  onDatagram?(datagram: WireDatagram): void;
}

export interface ShardRuntime extends Runtime {
  /** Takes what the system may refuse, before the beginning. @throws RefusedError */
  prepare(): Promise<void>;
  /** Whom an initiator connects to. */
  responderOf(peerId: number): Endpoint;
}

/** The system refuses something that the run needs. */
export class RefusedError extends Error {
  override readonly name = 'RefusedError';
  readonly hint: string;

  constructor(message: string, hint: string) {
    super(message);
    this.hint = hint;
  }
}

export function createShardRuntime(setup: ShardRuntimeSetup): ShardRuntime {
  const responders = new Map<number, Endpoint>();
  const responderOf = (peerId: number): Endpoint => {
    const responder = setup.population.responderOf(peerId)!;
    let endpoint = responders.get(responder);
    if (endpoint === undefined) responders.set(responder, (endpoint = responderEndpoint(setup, responder)));
    return endpoint;
  };
  return setup.task.scenario.runtime === 'memory'
    ? Object.assign(memoryRuntime(setup), { responderOf, prepare: async () => {} })
    : udpRuntime(setup, responderOf);
}

/** A simulated responder, or the tested system in its place. */
function responderEndpoint({ task, population }: ShardRuntimeSetup, responder: number): Endpoint {
  const endpoint = endpointOf(population, responder);
  if (task.scenario.runtime === 'memory') return endpoint;
  const { address, port } = { ...endpoint, ...task.target };
  return { address, port, octets: parseAddress(address) ?? endpoint.octets };
}

function memoryRuntime(setup: ShardRuntimeSetup): Runtime {
  const { task, population, peers, onDatagram } = setup;
  return createMemoryRuntime({
    clock: setup.clock,
    network: task.state.network,
    worker: task.worker,
    workerOf: setup.workerOf,
    peerAt: (peerId) => peers.at(peerId),
    addressOf: (peerId) =>
      peerId < population.peerCount
        ? { address: population.addressOf(peerId), octets: population.addressOctetsOf(peerId) }
        : undefined,
    peerAtAddress: (address) => population.idOfAddress(address),
    onFact: setup.onFact,
    ...(onDatagram === undefined ? {} : { onDatagram }),
  });
}

function udpRuntime(setup: ShardRuntimeSetup, responderOf: (peerId: number) => Endpoint): ShardRuntime {
  const { population, peers, initiators, onDatagram } = setup;
  const local = new Set(initiators.map(({ peerId }) => peerId));
  const runtime = createUdpRuntime({
    clock: setup.clock,
    socketPlanOf(peerId) {
      if (!local.has(peerId)) return undefined;
      const { port, natPort } = population.groupOf(peerId);
      return { address: population.addressOf(peerId), port, natPort, isResponder: false };
    },
    peerAt: (peerId, endpoint) => peers.at(peerId, endpoint),
    onFact: setup.onFact,
    ...(onDatagram === undefined ? {} : { onDatagram }),
  });
  const prepare = async (): Promise<void> => {
    try {
      await runtime.prepare(local);
    } catch (error) {
      if (error instanceof SocketError) throw new RefusedError(error.message, error.hint);
      throw error;
    }
  };
  return {
    nowNs: () => runtime.nowNs(),
    dispatch: (peerId, event) => runtime.dispatch(peerId, event),
    run: (agenda, shouldStop) => runtime.run(agenda, shouldStop),
    get drops() {
      return runtime.drops;
    },
    close: () => runtime.close(),
    responderOf,
    prepare,
  };
}
