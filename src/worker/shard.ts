/** A worker's share of a run, from the task to what it measured. This is the entry of the pool's threads. */
import { parentPort } from 'node:worker_threads';
import { createModelledPublicKeyOperations } from '../crypto/modelled/public-key.ts';
import { createPublicKeyOperations } from '../crypto/public-key.ts';
import { createCryptoSuite } from '../crypto/registry.ts';
import type { RegisteredSuite } from '../crypto/registry.ts';
import type { PublicKeyOperations } from '../ike/suite.ts';
import { ConnectionLog } from '../measure/connection-log.ts';
import { disturbanceOf } from '../measure/disturbance.ts';
import { LiveCounters } from '../measure/live-counters.ts';
import { createRecorder } from '../measure/recorder.ts';
import type { Recorder } from '../measure/recorder.ts';
import { NETWORK_DROPS } from '../network/network-drop.ts';
import type { NetworkModel } from '../network/network-model.ts';
import type { Fact } from '../peer/fact.ts';
import { NS_PER_MS } from '../peer/timer.ts';
import type { Ns } from '../peer/timer.ts';
import { createClock } from '../runtime/clock.ts';
import { createPopulation } from '../scenario/expand.ts';
import type { Population } from '../scenario/expand.ts';
import type { Scenario } from '../scenario/scenario.ts';
import { planFaults, peersThatCrash, type FaultTimetableSetup } from '../load/fault-timetable.ts';
import { misbehavingPeers } from '../load/misbehaving-peers.ts';
import { windowsOf } from '../load/windows.ts';
import { createAgenda, type Adversity } from './agenda.ts';
import type { LoadAgenda } from './agenda.ts';
import { createCaptureLog } from './capture-log.ts';
import type { CaptureLog } from './capture-log.ts';
import { CertificateBook } from './certificates.ts';
import type { Initiator } from './initiator-book.ts';
import { Computers } from './computers.ts';
import { FaultAgenda } from './fault-agenda.ts';
import { LocalPeers } from './local-peers.ts';
import { createNetwork } from './network.ts';
import { placePopulation } from './placement.ts';
import { RunControl } from './shared-state.ts';
import { RefusedError, createShardRuntime } from './shard-runtime.ts';
import type { ShardRuntime } from './shard-runtime.ts';
import { createStartSource } from './start-source.ts';
import type { ShardMessage, ShardOutcome, ShardReport, ShardTask } from './task.ts';

/** Hears every fact of the worker's peers, after it was measured. */
export type FactListener = (fact: Fact, peerId: number, nowNs: Ns) => void;

/**
 * Runs the task to its end. Errors of peers end the run of this worker, not what it has measured.
 * `listener` is for those who call from the worker's own thread.
 */
export async function runShard(task: ShardTask, listener?: FactListener): Promise<ShardOutcome> {
  const shard = new Shard(task, listener);
  try {
    await shard.prepare();
  } catch (error) {
    await shard.close();
    if (error instanceof RefusedError) return { type: 'refused', message: error.message, hint: error.hint };
    throw error;
  }
  try {
    return await shard.run();
  } finally {
    await shard.close();
  }
}

class Shard {
  readonly #task: ShardTask;
  readonly #listener: FactListener | undefined;
  /** Real time. */
  readonly #clock: () => Ns;
  readonly #control: RunControl;
  readonly #population: Population;
  readonly #network: NetworkModel;
  readonly #placement: Uint16Array;
  /** Index of each peer's group in the scenario. */
  readonly #groups: Uint16Array;
  readonly #suite: RegisteredSuite;
  readonly #computers: Computers;
  readonly #peers: LocalPeers;
  readonly #initiators: readonly Initiator[];
  readonly #capture: CaptureLog | undefined;
  readonly #runtime: ShardRuntime;
  #recorder: Recorder | undefined;
  #connections: ConnectionLog | undefined;
  #agenda: LoadAgenda | undefined;
  #faults: FaultAgenda | undefined;
  #beginningNs: Ns = 0;
  #posting: NodeJS.Timeout | undefined;
  /** Nothing that happens now is measured. */
  #isOver = false;

  constructor(task: ShardTask, listener: FactListener | undefined) {
    const { scenario, worker, state } = task;
    this.#task = task;
    this.#listener = listener;
    this.#clock = createClock(task.origin);
    this.#control = new RunControl(state);
    this.#population = createPopulation(scenario, task.seed);
    const network = createNetwork({ scenario, population: this.#population, seed: task.seed });
    this.#network = network;
    this.#placement = placePopulation(scenario, state.workers, {
      companions: network.companions,
      seed: task.placementSeed,
    });
    this.#groups = groupIndices(scenario);
    this.#suite = createCryptoSuite(scenario.crypto);
    prepareGroups(this.#suite, scenario);
    this.#computers = new Computers({
      scenario,
      population: this.#population,
      cards: task.cards,
      suite: this.#suite,
      peerAt: (peerId) => this.#peers.at(peerId),
      onWaiting: (by, timeNs) => this.#recorder?.changed('waiting', by, timeNs),
    });
    const misbehaving = misbehavingPeers(scenario, this.#faultSetup());
    const crashing = peersThatCrash(this.#faultSetup());
    const isLocal = (peerId: number): boolean => this.#placement[peerId] === worker;
    this.#peers = new LocalPeers({
      population: this.#population,
      suite: this.#suite,
      seed: task.seed,
      keySeed: task.keySeed,
      epochMs: task.epochMs,
      certificates: new CertificateBook(task.certificates, this.#population, operationsFor(scenario.crypto)),
      metered: (group, means) => this.#computers.metered(group, means),
      isLocal,
      mayCrash: (peerId) => crashing.has(peerId),
      rulesOf: (peerId) => misbehaving.get(peerId),
      beginningNs: () => this.#beginningNs,
      parks: task.parks !== false,
    });
    this.#initiators = this.#localInitiators();
    this.#capture =
      task.captureFolder === undefined ? undefined : createCaptureLog(task.captureFolder, worker);
    this.#runtime = this.#createRuntime(network);
  }

  /** Everything that takes long or can be refused, before the common beginning. */
  prepare(): Promise<void> {
    return this.#runtime.prepare();
  }

  async run(): Promise<ShardOutcome> {
    const beginningNs = this.#control.awaitBeginning(this.#clock);
    if (beginningNs === undefined) return { type: 'not-begun' };
    this.#beginningNs = beginningNs;
    this.#network.beginAt?.(beginningNs);
    this.#recorder = this.#createRecorder(beginningNs);
    this.#connections = this.#createConnectionLog(beginningNs);
    this.#agenda = this.#createAgenda(beginningNs);
    this.#postLater(POST_EVERY_MS);
    try {
      await this.#runtime.carry(this.#agenda, this.#control);
      return { type: 'report', report: await this.#end(this.#agenda) };
    } catch (error) {
      return { type: 'crashed', message: textOf(error), report: this.#report() };
    } finally {
      clearTimeout(this.#posting);
    }
  }

  /** Gives up what is in flight. What is deleted at real gateways after that is no part of what was measured. */
  async #end(agenda: LoadAgenda): Promise<ShardReport> {
    const peerIds = [...this.#peers.created()].map(({ id }) => id);
    const leave = this.#task.keepTunnels === true ? undefined : this.#runtime.leave;
    for (const id of peerIds) {
      // A million peers take minutes.
      this.#runtime.showLife?.();
      if (leave === undefined) this.#runtime.dispatch(id, { type: 'stop' });
      else if (agenda.isInFlight(id)) this.#runtime.dispatch(id, { type: 'disconnect' });
    }
    clearTimeout(this.#posting);
    const report = this.#report();
    this.#isOver = true;
    await leave?.(peerIds, this.#control);
    return report;
  }

  async close(): Promise<void> {
    this.#capture?.close();
    await this.#runtime.close();
  }

  #onFact(fact: Fact, peerId: number, nowNs: Ns): void {
    if (this.#isOver) return;
    this.#recorder?.record(fact, this.#groups[peerId]!);
    this.#connections?.note(fact, peerId, nowNs);
    this.#agenda?.note(fact, peerId, nowNs);
    this.#capture?.fact(fact);
    this.#listener?.(fact, peerId, nowNs);
  }

  /** Posts what was measured so far again and again, so seldom that it takes next to none of the peers' time. */
  #postLater(delayMs: number): void {
    this.#posting = setTimeout(() => {
      const beforeNs = this.#clock();
      parentPort?.postMessage({ type: 'shard.report', report: this.#report() } satisfies ShardMessage);
      const tookMs = (this.#clock() - beforeNs) / NS_PER_MS;
      this.#postLater(Math.max(POST_EVERY_MS, tookMs / POST_TIME_SHARE));
    }, delayMs);
  }

  #report(): ShardReport {
    this.#capture?.flush();
    const failure = this.#capture?.failure;
    return {
      worker: this.#task.worker,
      timeNs: this.#runtime.nowNs(),
      snapshot: this.#recorder!.snapshot(),
      connections: this.#connections!.snapshot(),
      losses: withoutNetworkDrops(this.#runtime.drops),
      ...(this.#network.counts !== undefined && { network: this.#network.counts }),
      faults: this.#faults?.counts ?? [],
      cryptoBackends: this.#suite.backendOf,
      ...(this.#task.cards.size > 0 && { computers: this.#computers.snapshots(this.#runtime.nowNs()) }),
      ...(this.#runtime.simulation !== undefined && { simulation: this.#runtime.simulation() }),
      ...(failure === undefined ? {} : { captureFailure: failure }),
    };
  }

  #localInitiators(): Initiator[] {
    const found: Initiator[] = [];
    for (let position = 0; position < this.#population.initiatorCount; position++) {
      const peerId = this.#population.initiatorAt(position);
      if (this.#placement[peerId] !== this.#task.worker) continue;
      const group = this.#groups[peerId]!;
      const pings = this.#task.scenario.groups[group]?.ping !== undefined;
      found.push({ peerId, position, group, pings });
    }
    return found;
  }

  #createRuntime(network: NetworkModel): ShardRuntime {
    const capture = this.#capture;
    const population = this.#population;
    return createShardRuntime({
      task: this.#task,
      clock: this.#clock,
      population,
      // What is no peer lives with its owner, and has its address from the network.
      workerOf: (node) =>
        this.#placement[
          node < population.peerCount ? node : network.nodes[node - population.peerCount]!.owner
        ]!,
      placeOf: (node) =>
        node < population.peerCount
          ? (this.#peers.placeOf(node) ?? {
              address: population.addressOf(node),
              octets: population.addressOctetsOf(node),
            })
          : network.nodes[node - population.peerCount],
      network,
      cpu: this.#computers,
      peers: this.#peers,
      initiators: this.#initiators,
      onFact: (fact, peerId, nowNs) => this.#onFact(fact, peerId, nowNs),
      ...(capture === undefined ? {} : { onDatagram: (datagram) => capture.datagram(datagram) }),
    });
  }

  #createRecorder(beginningNs: Ns): Recorder {
    const { scenario, state, worker } = this.#task;
    const measureStartNs = beginningNs + scenario.load.warmUpNs;
    return createRecorder({
      groups: scenario.groups.map(({ name }) => name),
      measureStartNs,
      measureEndNs: measureStartNs + scenario.load.measureNs,
      live: new LiveCounters(state.live[worker]!),
    });
  }

  #createConnectionLog(beginningNs: Ns): ConnectionLog {
    const disturbance = disturbanceOf(this.#task.scenario);
    return new ConnectionLog({
      peers: this.#population.peerCount,
      ...(disturbance !== undefined && {
        disturbance: {
          ...disturbance,
          startNs: beginningNs + disturbance.startNs,
          endNs: beginningNs + disturbance.endNs,
        },
      }),
      onChange: (by, timeNs) => this.#recorder?.changed('connected', by, timeNs),
    });
  }

  #faultSetup(): FaultTimetableSetup {
    const { scenario, seed } = this.#task;
    return { faults: scenario.faults, seed, rangeOf: (group) => this.#population.rangeOf(group) };
  }

  /** Undefined for a scenario in which nothing goes wrong and nobody comes back. */
  #createAdversity(beginningNs: Ns): Adversity | undefined {
    const { scenario, seed, worker } = this.#task;
    const { faults, groups, load } = scenario;
    if (faults.length === 0 && groups.every(({ retry }) => retry === undefined)) return undefined;
    const planned = planFaults(this.#faultSetup()).filter(({ peerId }) => this.#placement[peerId] === worker);
    this.#faults = new FaultAgenda(planned, faults.length, beginningNs);
    return {
      faults: this.#faults,
      seed,
      initiatorCount: this.#population.initiatorCount,
      endNs: beginningNs + windowsOf(load).measureEndNs,
      comesBack: (peerId, isOnTheWay) => this.#connections?.comesBack(peerId, isOnTheWay),
      retryOf: (group) => groups[group]?.retry,
    };
  }

  #createAgenda(beginningNs: Ns): LoadAgenda {
    const { scenario, seed } = this.#task;
    const { load } = scenario;
    const adversity = this.#createAdversity(beginningNs);
    const source = createStartSource({
      load,
      seed,
      beginningNs,
      initiatorCount: this.#population.initiatorCount,
      positions: this.#initiators.map(({ position }) => position),
    });
    return createAgenda({
      initiators: this.#initiators,
      source,
      // Who is free in a worker depends on who else lives there.
      mayReplaceInitiator: source.isOpen && scenario.clock === 'real',
      hasHold: load.holdNs !== undefined,
      drainNs: load.drainNs,
      runtime: this.#runtime,
      listener: this.#recorder!,
      ...(adversity !== undefined && { adversity }),
      responderOf: (peerId) => this.#runtime.responderOf(peerId),
    });
  }
}

/** What the network lost is no fault of the generator, and stands with the part that lost it. */
function withoutNetworkDrops(drops: ReadonlyMap<string, number>): Record<string, number> {
  return Object.fromEntries([...drops].filter(([reason]) => !NETWORK_DROPS.has(reason)));
}

function operationsFor(crypto: Scenario['crypto']): PublicKeyOperations {
  return crypto === 'modelled' ? createModelledPublicKeyOperations() : createPublicKeyOperations();
}

function groupIndices(scenario: Scenario): Uint16Array {
  const indices = new Uint16Array(scenario.groups.reduce((sum, { count }) => sum + count, 0));
  let first = 0;
  for (const [index, { count }] of scenario.groups.entries()) {
    indices.fill(index, first, first + count);
    first += count;
  }
  return indices;
}

/** A Diffie-Hellman group takes time when it is first used, which must not be that of the first negotiation. */
function prepareGroups(suite: RegisteredSuite, scenario: Scenario): void {
  for (const { ike, esp } of scenario.groups) {
    for (const { group } of [...ike, ...esp]) {
      if (group !== undefined && suite.hasGroup(group)) suite.group(group);
    }
  }
}

function textOf(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}

/** Counts in shared memory survive a lost worker in any case; its histograms are those of its last report. */
const POST_EVERY_MS = 1000;
/** Making a report takes milliseconds, in which peers wait. */
const POST_TIME_SHARE = 0.003;
