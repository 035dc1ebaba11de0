/**
 * The shared memory through which the workers of one process exchange datagrams: a wake word for
 * each worker and a ring for each ordered pair of workers. Made once in the main thread.
 *
 *     | wake word of worker 0 | ... | wake word of worker n-1 | ring 0->1 | ring 0->2 | ... |
 */
import { SharedRing, sharedRingSize } from './shared-ring.ts';

/** Plain data, sent to the workers as it is. */
export interface NetworkMemory {
  readonly workers: number;
  readonly ringCapacity: number;
  readonly memory: SharedArrayBuffer;
}

/** `ringCapacity` in octets, a power of two; left out, it is chosen so that all rings together stay below 64 MiB. */
export function createNetworkMemory(workers: number, ringCapacity = ringCapacityFor(workers)): NetworkMemory {
  const rings = workers * (workers - 1);
  const size = workers * WAKE_STRIDE + rings * sharedRingSize(ringCapacity);
  return { workers, ringCapacity, memory: new SharedArrayBuffer(size) };
}

function ringCapacityFor(workers: number): number {
  let capacity = 2 ** 20;
  while (capacity > SMALLEST_RING && workers * (workers - 1) * capacity > 2 ** 26) capacity /= 2;
  return capacity;
}

/** The ring from worker `from` to worker `to`. */
export function ringBetween(network: NetworkMemory, from: number, to: number): SharedRing {
  const index = from * (network.workers - 1) + (to < from ? to : to - 1);
  const offset = network.workers * WAKE_STRIDE + index * sharedRingSize(network.ringCapacity);
  return new SharedRing(network.memory, offset, network.ringCapacity);
}

/** Puts workers to sleep and wakes them. The word is 1 while its worker sleeps or is about to. */
export class WakeWords {
  readonly #words: Int32Array;

  constructor(network: NetworkMemory) {
    this.#words = new Int32Array(network.memory, 0, (network.workers * WAKE_STRIDE) / 4);
  }

  /** To be called after something was made visible to `worker`; costs one atomic read while it is awake. */
  wake(worker: number): void {
    const index = (worker * WAKE_STRIDE) / 4;
    if (Atomics.load(this.#words, index) === 0) return;
    if (Atomics.compareExchange(this.#words, index, 1, 0) === 1) Atomics.notify(this.#words, index);
  }

  /**
   * Sleeps until woken or for `timeoutMs`. `hasWork` is asked after the word says "asleep": what
   * was pushed before that is seen by it, what is pushed later wakes.
   */
  sleep(worker: number, timeoutMs: number, hasWork: () => boolean): void {
    const index = (worker * WAKE_STRIDE) / 4;
    Atomics.store(this.#words, index, 1);
    if (!hasWork()) Atomics.wait(this.#words, index, 1, timeoutMs);
    Atomics.store(this.#words, index, 0);
  }
}

/** One cache line a word. */
const WAKE_STRIDE = 64;
/** Twice the largest UDP datagram and more, so that every datagram fits into an empty ring. */
const SMALLEST_RING = 2 ** 18;
