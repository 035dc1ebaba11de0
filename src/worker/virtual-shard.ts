/** The runtime in virtual time with the peers of one worker in it. */
import { setImmediate } from 'node:timers/promises';
import { windowsOf } from '../load/windows.ts';
import { NS_PER_MS } from '../peer/timer.ts';
import type { Ns } from '../peer/timer.ts';
import { TraceDigest } from '../runtime/virtual/trace-digest.ts';
import { ProgressCells } from '../runtime/virtual/virtual-memory.ts';
import { VirtualRuntime } from '../runtime/virtual/virtual-runtime.ts';
import type { ShardRuntime, ShardRuntimeSetup } from './shard-runtime.ts';
import { STOP_DRAIN_NS } from './shared-state.ts';
import type { ShardSimulation } from './task.ts';

/** A runtime for a run whose shared state has a part for virtual time. */
export function createVirtualShard(
  setup: ShardRuntimeSetup,
  responderOf: ShardRuntime['responderOf'],
): ShardRuntime {
  const { task, population, peers, network, onDatagram } = setup;
  const { measureEndNs, drainNs } = windowsOf(task.scenario.load);
  const digest = task.digest && new TraceDigest({ peers: population.peerCount, ...task.digest });
  const runtime = new VirtualRuntime({
    seed: task.seed,
    peerCount: population.peerCount,
    shared: task.state.virtual!,
    worker: task.worker,
    workerOf: setup.workerOf,
    peerAt: (peerId) => peers.at(peerId),
    addressOf: (peerId) => setup.placeOf(peerId),
    network,
    cpu: setup.cpu,
    ...(digest !== undefined && { digest }),
    course: { startsEndNs: measureEndNs, drainNs, stopDrainNs: Math.min(drainNs, STOP_DRAIN_NS) },
    breathe: createBreath(setup.clock),
    onFact: setup.onFact,
    ...(onDatagram === undefined ? {} : { onDatagram }),
  });
  const progress = new ProgressCells(task.state.virtual!, task.worker);
  let signsOfLife = 0;
  const watch = createStopwatch(setup.clock);
  return {
    nowNs: runtime.nowNs,
    dispatch: (peerId, event) => runtime.dispatch(peerId, event),
    async carry(load, control) {
      watch.start();
      await runtime.run(load, () => control.stopLevel());
      watch.stop();
    },
    get drops() {
      return runtime.drops;
    },
    prepare: async () => {},
    close: async () => {},
    responderOf,
    showLife: () => progress.write(runtime.nowNs(), runtime.events + ++signsOfLife),
    simulation: () => ({ ...simulationOf(runtime, digest), wallNs: watch.elapsedNs() }),
  };
}

function simulationOf(
  runtime: VirtualRuntime,
  digest: TraceDigest | undefined,
): Omit<ShardSimulation, 'wallNs'> {
  const { events, datagramsSent, windows, lookaheadNs } = runtime;
  return {
    events,
    datagrams: datagramsSent,
    windows,
    lookaheadNs: Number.isFinite(lookaheadNs) ? lookaheadNs : null,
    ...(digest !== undefined && { digest: digest.total }),
    checkpoints: digest?.checkpoints ?? [],
    ...(digest?.notes !== undefined && { peers: digest.notes }),
  };
}

function createStopwatch(clock: () => Ns) {
  let startNs: Ns | undefined;
  let stopNs: Ns | undefined;
  return {
    start: () => void (startNs = clock()),
    stop: () => void (stopNs = clock()),
    elapsedNs: () => (startNs === undefined ? 0 : (stopNs ?? clock()) - startNs),
  };
}

/** Lets the event loop of the thread have a turn now and then, as real time goes. */
function createBreath(clock: () => Ns): () => Promise<void> | undefined {
  let nextNs = clock() + BREATHE_EVERY_NS;
  return () => {
    if (clock() < nextNs) return undefined;
    nextNs = clock() + BREATHE_EVERY_NS;
    return setImmediate();
  };
}

/** Messages from the main thread, snapshots and signals get a turn this often. */
const BREATHE_EVERY_NS = 20 * NS_PER_MS;
