/** The runtime that a scenario asks for, with the peers of one worker in it. */
import type { Endpoint } from '../ike/endpoint.ts';
import type { Fact } from '../peer/fact.ts';
import type { Ns } from '../peer/timer.ts';
import type { CpuModel } from '../cpu/cpu-model.ts';
import type { NetworkModel } from '../network/network-model.ts';
import type { AddressOf } from '../runtime/memory/endpoint-cache.ts';
import { createMemoryRuntime } from '../runtime/memory/memory-runtime.ts';
import type { Agenda, Runtime, WireDatagram } from '../runtime/runtime.ts';
import { SocketError } from '../runtime/udp/socket-error.ts';
import { createUdpRuntime } from '../runtime/udp/udp-runtime.ts';
import { parseAddress } from '../scenario/address.ts';
import type { Population } from '../scenario/expand.ts';
import type { LoadAgenda } from './agenda.ts';
import { Farewell } from './farewell.ts';
import type { Initiator } from './initiator-book.ts';
import { endpointOf } from './local-peers.ts';
import type { LocalPeers } from './local-peers.ts';
import { STOP_DRAIN_NS } from './shared-state.ts';
import type { RunControl } from './shared-state.ts';
import type { ShardSimulation, ShardTask } from './task.ts';
import { createVirtualShard } from './virtual-shard.ts';

export interface ShardRuntimeSetup {
  readonly task: ShardTask;
  /** Real time, in virtual time too. */
  readonly clock: () => Ns;
  readonly population: Population;
  /** Where a node of the network lives. */
  workerOf(node: number): number;
  /** Address of a node of the network. */
  readonly placeOf: AddressOf;
  readonly peers: LocalPeers;
  readonly initiators: readonly Initiator[];
  readonly network: NetworkModel;
  readonly cpu: CpuModel;
  onFact(fact: Fact, peerId: number, nowNs: Ns): void;
  onDatagram?(datagram: WireDatagram): void;
}

export interface ShardRuntime extends Pick<Runtime, 'nowNs' | 'dispatch' | 'drops' | 'close'> {
  /** Takes what the system may refuse, before the beginning. @throws RefusedError */
  prepare(): Promise<void>;
  /** Whom an initiator connects to. */
  responderOf(peerId: number): Endpoint;
  /** Runs until the loads of all workers are done, or the run is stopped. */
  carry(load: LoadAgenda, control: RunControl): Promise<void>;
  /**
   * Peers delete the SAs that they have, telling the other ends, which are real and would keep them; absent where everybody is
   * simulated.
   */
  leave?(peerIds: readonly number[], control: RunControl): Promise<void>;
  /** In virtual time: shows that the worker is not stuck while it does what is no event. */
  showLife?(): void;
  /** In virtual time: how the simulation went so far. */
  simulation?(): ShardSimulation;
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
  if (setup.task.scenario.clock === 'virtual') return createVirtualShard(setup, responderOf);
  return setup.task.scenario.runtime === 'memory'
    ? Object.assign(inRealTime(memoryRuntime(setup), setup.task), { responderOf, prepare: async () => {} })
    : udpRuntime(setup, responderOf);
}

/** A runtime that serves until no worker needs its peers any more. */
function inRealTime(runtime: Runtime, task: ShardTask): Omit<ShardRuntime, 'prepare' | 'responderOf'> {
  const stopDrainNs = Math.min(task.scenario.load.drainNs, STOP_DRAIN_NS);
  return {
    nowNs: () => runtime.nowNs(),
    dispatch: (peerId, event) => runtime.dispatch(peerId, event),
    get drops() {
      return runtime.drops;
    },
    close: () => runtime.close(),
    carry: (load, control) =>
      runtime.run(servingAgenda(load, control), () => {
        const level = control.stopLevel();
        if (level === 'drain') load.stopStarting(runtime.nowNs(), stopDrainNs);
        return level === 'abort';
      }),
  };
}

function servingAgenda(load: LoadAgenda, control: RunControl): Agenda {
  return {
    nextDueNs: () => load.nextDueNs(),
    runDue: (nowNs, limit) => load.runDue(nowNs, limit),
    isDone(nowNs) {
      if (!load.isDone(nowNs)) return false;
      control.finish();
      return control.areAllFinished();
    },
  };
}

/** A simulated responder, or the tested system in its place. */
function responderEndpoint({ task, population }: ShardRuntimeSetup, responder: number): Endpoint {
  const endpoint = endpointOf(population, responder);
  if (task.scenario.runtime === 'memory') return endpoint;
  const { address, port } = { ...endpoint, ...task.target };
  return { address, port, octets: parseAddress(address) ?? endpoint.octets };
}

function memoryRuntime(setup: ShardRuntimeSetup): Runtime {
  const { task, network, peers, onDatagram } = setup;
  return createMemoryRuntime({
    clock: setup.clock,
    network: task.state.network!,
    worker: task.worker,
    workerOf: setup.workerOf,
    peerAt: (peerId) => peers.at(peerId),
    addressOf: setup.placeOf,
    // Without a description datagrams arrive at once.
    ...(task.scenario.network !== undefined && { model: network }),
    peerAtAddress: (address) => network.nodeAt(address),
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
  const leave = (peerIds: readonly number[], control: RunControl): Promise<void> =>
    runtime.run(new Farewell(peerIds, runtime), () => control.stopLevel() === 'abort');
  return Object.assign(inRealTime(runtime, setup.task), { responderOf, prepare, leave });
}
