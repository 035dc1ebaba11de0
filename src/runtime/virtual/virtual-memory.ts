/**
 * The shared memory of the workers of a run in virtual time: where they meet, what each says there,
 * how far each is, and a ring for each ordered pair. Made once in the main thread.
 *
 *     | meeting words | words of worker 0, even rounds | ... | n-1 | odd rounds ... | progress of worker 0 | ... | ring 0->1 | ...
 */
import type { Ns } from '../../peer/timer.ts';
import { FlightRing, flightRingSize } from './flight-ring.ts';

/** Plain data, sent to the workers as it is. */
export interface VirtualMemory {
  readonly workers: number;
  readonly ringCapacity: number;
  readonly memory: SharedArrayBuffer;
}

/** `ringCapacity` in octets, a power of two; left out, it is chosen so that all rings together stay below 64 MiB. */
export function createVirtualMemory(workers: number, ringCapacity = ringCapacityFor(workers)): VirtualMemory {
  const rings = workers * (workers - 1);
  const size = ringsOffset(workers) + rings * flightRingSize(ringCapacity);
  return { workers, ringCapacity, memory: new SharedArrayBuffer(size) };
}

/** The ring from worker `from` to worker `to`. */
export function flightRingBetween(shared: VirtualMemory, from: number, to: number): FlightRing {
  const index = from * (shared.workers - 1) + (to < from ? to : to - 1);
  const offset = ringsOffset(shared.workers) + index * flightRingSize(shared.ringCapacity);
  return new FlightRing(shared.memory, offset, shared.ringCapacity);
}

/** Two words, a cache line apart: how many have come to the meeting, and the number of the meeting. */
export function meetingWords(shared: VirtualMemory): Int32Array {
  return new Int32Array(shared.memory, 0, MEETING_OCTETS / 4);
}

/** What a worker says at meetings with this parity (0 or 1). */
export function statementOf(shared: VirtualMemory, worker: number, parity: number): Float64Array {
  const offset = MEETING_OCTETS + (parity * shared.workers + worker) * LINE_OCTETS;
  return new Float64Array(shared.memory, offset, LINE_OCTETS / 8);
}

/** How far a worker is. */
export class ProgressCells {
  readonly #cells: Float64Array;

  constructor(shared: VirtualMemory, worker: number) {
    const offset = MEETING_OCTETS + (2 * shared.workers + worker) * LINE_OCTETS;
    this.#cells = new Float64Array(shared.memory, offset, LINE_OCTETS / 8);
  }

  write(nowNs: Ns, events: number): void {
    this.#cells[0] = nowNs;
    this.#cells[1] = events;
  }

  get nowNs(): Ns {
    return this.#cells[0]!;
  }

  get events(): number {
    return this.#cells[1]!;
  }
}

function ringsOffset(workers: number): number {
  return MEETING_OCTETS + 3 * workers * LINE_OCTETS;
}

function ringCapacityFor(workers: number): number {
  let capacity = LARGEST_RING;
  while (capacity > SMALLEST_RING && workers * (workers - 1) * capacity > ALL_RINGS) capacity /= 2;
  return capacity;
}

const LINE_OCTETS = 64;
const MEETING_OCTETS = 2 * LINE_OCTETS;
const LARGEST_RING = 0x10_0000;
/** Twice the largest UDP datagram and more, so that every datagram fits into an empty ring. */
const SMALLEST_RING = 0x4_0000;
const ALL_RINGS = 0x400_0000;
