/**
 * What the main thread and all workers of a run look at together: how far the run is, when it
 * began, and who is still busy. All words are 32-bit integers used through Atomics only; the
 * beginning is written before the gate opens and read after.
 *
 *     word 0  stop: 0 run, 1 start nothing more and drain, 2 leave at once
 *     word 1  workers that are ready
 *     word 2  gate: 1 when the beginning is known
 *     word 3  workers with something to start or in flight
 *     octets 16..23  beginning of the run, nanoseconds of the run's clock, a double
 */
import { NS_PER_S } from '../peer/timer.ts';
import type { Ns } from '../peer/timer.ts';
import { createLiveBuffer } from '../measure/live-counters.ts';
import { createNetworkMemory } from '../runtime/memory/network-memory.ts';
import type { NetworkMemory } from '../runtime/memory/network-memory.ts';
import { createVirtualMemory } from '../runtime/virtual/virtual-memory.ts';
import type { VirtualMemory } from '../runtime/virtual/virtual-memory.ts';
import type { ClockName } from '../scenario/scenario.ts';

/** Plain data, sent to the workers as it is. */
export interface SharedState {
  readonly workers: number;
  readonly control: SharedArrayBuffer;
  /** For runs in real time. */
  readonly network?: NetworkMemory;
  /** For runs in virtual time. */
  readonly virtual?: VirtualMemory;
  /** Live counters by worker. */
  readonly live: readonly SharedArrayBuffer[];
}

/** Longest wait for what is in flight when a run is asked to stop: somebody waits at the keyboard. */
export const STOP_DRAIN_NS = 3 * NS_PER_S;

export type StopLevel = 'none' | 'drain' | 'abort';

export function createSharedState(workers: number, clock: ClockName = 'real'): SharedState {
  const state: SharedState = {
    workers,
    control: new SharedArrayBuffer(CONTROL_OCTETS),
    ...(clock === 'real'
      ? { network: createNetworkMemory(workers) }
      : { virtual: createVirtualMemory(workers) }),
    live: Array.from({ length: workers }, createLiveBuffer),
  };
  Atomics.store(wordsOf(state), ACTIVE, workers);
  return state;
}

/** Asks all workers to stop; a level once reached is never lowered. */
export function requestStop(state: SharedState, level: 'drain' | 'abort'): void {
  const words = wordsOf(state);
  if (level === 'abort') Atomics.store(words, STOP, 2);
  else Atomics.compareExchange(words, STOP, 0, 1);
  Atomics.notify(words, GATE);
}

/** The run's beginning; undefined while not all workers are ready. */
export function beginningOf(state: SharedState): Ns | undefined {
  if (Atomics.load(wordsOf(state), GATE) === 0) return undefined;
  return new Float64Array(state.control, BEGINNING_OFFSET, 1)[0];
}

/** A worker's view of the shared words, made once: these are asked in every round of its loop. */
export class RunControl {
  readonly #state: SharedState;
  readonly #words: Int32Array;
  #isActive = true;

  constructor(state: SharedState) {
    this.#state = state;
    this.#words = wordsOf(state);
  }

  /**
   * Waits for all workers; the last one to come sets the beginning, a little ahead of `nowNs()` in
   * real time, 0 in virtual time. Blocks the thread. Returns undefined when the run was aborted before it began.
   */
  awaitBeginning(nowNs: () => Ns): Ns | undefined {
    if (Atomics.add(this.#words, READY, 1) === this.#state.workers - 1) {
      const beginningNs = this.#state.virtual === undefined ? nowNs() + LEAD_NS : 0;
      new Float64Array(this.#state.control, BEGINNING_OFFSET, 1)[0] = beginningNs;
      Atomics.store(this.#words, GATE, 1);
      Atomics.notify(this.#words, GATE);
    }
    while (Atomics.load(this.#words, GATE) === 0) {
      if (this.stopLevel() === 'abort') return undefined;
      Atomics.wait(this.#words, GATE, 0, GATE_POLL_MS);
    }
    return beginningOf(this.#state);
  }

  stopLevel(): StopLevel {
    return STOP_LEVELS[Atomics.load(this.#words, STOP)] ?? 'abort';
  }

  /** Says that this worker has nothing more to start and nothing in flight; it goes on serving the others. */
  finish(): void {
    if (!this.#isActive) return;
    this.#isActive = false;
    Atomics.sub(this.#words, ACTIVE, 1);
  }

  /** True when every worker has finished. */
  areAllFinished(): boolean {
    return Atomics.load(this.#words, ACTIVE) === 0;
  }
}

function wordsOf(state: SharedState): Int32Array {
  return new Int32Array(state.control, 0, 4);
}

const STOP = 0;
const READY = 1;
const GATE = 2;
const ACTIVE = 3;
const STOP_LEVELS = ['none', 'drain', 'abort'] as const;
const BEGINNING_OFFSET = 16;
const CONTROL_OCTETS = 64;
/** Enough for every worker to wake up before the first start is due. */
const LEAD_NS = 5_000_000;
/** A worker that died before it was ready never opens the gate: look at the stop word this often. */
const GATE_POLL_MS = 50;
