/**
 * Counters in shared memory, one buffer for each worker: the worker alone writes, the main thread
 * reads for its live view, and what a killed worker had counted survives it.
 *
 * All cells are 32-bit integers. Aligned 32-bit accesses never tear, there is one writer, and a
 * reader that sees a value some microseconds late does no harm: so no atomics. A buffer begins
 * and ends on a cache line (64 octets) of its own, so workers do not slow each other down.
 *
 *   cell    0  started      4  retransmissions        8  started in window
 *           1  succeeded    5  send lag maximum, us   9  succeeded in window
 *           2  failed       6  dropped starts        10  failed in window
 *           3  first try    7  answers               11  dropped starts in window
 *          12  first try in window
 *          16  failures by cause, 32 cells   48  drops by reason, 64 cells
 *         112  latency of successes, 240 cells (see `latency-cells.ts`)
 *         352  pings sent, answered, lost        355  the same in window
 *         358  lifecycle events, 32 cells        390  failures of responders by cause, 32 cells
 *         422  responders: phase 1, phase 2, echoes
 *         425  tunnels closed
 *         426  tunnels lost, ways back begun, attempts, back, given up
 */
import {
  DROP_REASONS,
  FAILURE_CAUSES,
  LIFECYCLE_EVENTS,
  type DropReason,
  type FailureCause,
  type LifecycleEvent,
} from '../peer/fact.ts';
import type { Ns } from '../peer/timer.ts';
import { LATENCY_CELLS, latencyCell } from './latency-cells.ts';
import {
  createDropCounts,
  createFailureCounts,
  type ComeBackCounts,
  type DropCounts,
  type FailureCounts,
  type PingCounts,
} from './negotiation-counts.ts';
import { createGroupSnapshot, type RecorderSnapshot } from './snapshot.ts';
import { createSeries } from './series.ts';

const CELL = {
  started: 0,
  succeeded: 1,
  failed: 2,
  firstTry: 3,
  retransmissions: 4,
  sendLagMaxUs: 5,
  droppedStarts: 6,
  answers: 7,
  windowStarted: 8,
  windowSucceeded: 9,
  windowFailed: 10,
  windowDroppedStarts: 11,
  windowFirstTry: 12,
  failures: 16,
  drops: 48,
  latency: 112,
} as const;
const PINGS = ['sent', 'answered', 'lost'] as const satisfies readonly (keyof PingCounts)[];
const PING_CELLS = CELL.latency + LATENCY_CELLS;
const WINDOW_PING_CELLS = PING_CELLS + PINGS.length;
const LIFECYCLE_CELLS = WINDOW_PING_CELLS + PINGS.length;
const RESPONDER_FAILURE_CELLS = LIFECYCLE_CELLS + 32;
const RESPONSES = ['phase1', 'phase2', 'echoes'] as const;
const RESPONDER_CELLS = RESPONDER_FAILURE_CELLS + 32;
const CLOSED_CELL = RESPONDER_CELLS + RESPONSES.length;
const WAYS_BACK = [
  'tunnelsLost',
  'begun',
  'tried',
  'back',
  'gaveUp',
] as const satisfies readonly (keyof ComeBackCounts)[];
const WAY_BACK_CELLS = CLOSED_CELL + 1;
const CELLS = WAY_BACK_CELLS + WAYS_BACK.length;
const LINE_OCTETS = 64;
const NS_PER_US = 1000;
const MAXIMUM_INT32 = 0x7fffffff;

const CELL_OF = {
  failures: cellsFrom(CELL.failures, FAILURE_CAUSES),
  drops: cellsFrom(CELL.drops, DROP_REASONS),
  pings: cellsFrom(PING_CELLS, PINGS),
  windowPings: cellsFrom(WINDOW_PING_CELLS, PINGS),
  lifecycle: cellsFrom(LIFECYCLE_CELLS, LIFECYCLE_EVENTS),
  responderFailures: cellsFrom(RESPONDER_FAILURE_CELLS, FAILURE_CAUSES),
  responder: cellsFrom(RESPONDER_CELLS, RESPONSES),
  comeBack: cellsFrom(WAY_BACK_CELLS, WAYS_BACK),
} as const;

/** The cells of some words, one after another. */
function cellsFrom<Word extends string>(
  first: number,
  words: readonly Word[],
): Readonly<Record<Word, number>> {
  return Object.fromEntries(words.map((word, index) => [word, first + index])) as Record<Word, number>;
}

/** Shared memory for one worker's counters, all zero. */
export function createLiveBuffer(): SharedArrayBuffer {
  return new SharedArrayBuffer(Math.ceil((CELLS * Int32Array.BYTES_PER_ELEMENT) / LINE_OCTETS) * LINE_OCTETS);
}

/** The worker's end of the counters. Every method is a few memory accesses and never throws. */
export class LiveCounters {
  readonly #cells: Int32Array;

  /** @throws RangeError when `buffer` is not one of `createLiveBuffer`. */
  constructor(buffer: SharedArrayBuffer) {
    this.#cells = cellsOf(buffer);
  }

  started(inWindow: boolean): void {
    this.#increment(CELL.started);
    if (inWindow) this.#increment(CELL.windowStarted);
  }

  /** @param latencyNs From the planned start. */
  succeeded(latencyNs: Ns, firstTry: boolean, inWindow: boolean): void {
    this.#increment(CELL.succeeded);
    if (firstTry) this.#increment(CELL.firstTry);
    this.#increment(CELL.latency + latencyCell(latencyNs));
    if (!inWindow) return;
    this.#increment(CELL.windowSucceeded);
    if (firstTry) this.#increment(CELL.windowFirstTry);
  }

  failed(cause: FailureCause, inWindow: boolean): void {
    this.#increment(CELL.failed);
    this.#increment(CELL_OF.failures[cause]);
    if (inWindow) this.#increment(CELL.windowFailed);
  }

  answered(): void {
    this.#increment(CELL.answers);
  }

  pinged(outcome: keyof PingCounts, inWindow: boolean): void {
    this.#increment(CELL_OF.pings[outcome]);
    if (inWindow) this.#increment(CELL_OF.windowPings[outcome]);
  }

  retransmitted(): void {
    this.#increment(CELL.retransmissions);
  }

  dropped(reason: DropReason): void {
    this.#increment(CELL_OF.drops[reason]);
  }

  happened(event: LifecycleEvent): void {
    this.#increment(CELL_OF.lifecycle[event]);
  }

  closed(wasLost: boolean): void {
    this.#increment(CLOSED_CELL);
    if (wasLost) this.#increment(CELL_OF.comeBack.tunnelsLost);
  }

  onTheWayBack(what: Exclude<keyof ComeBackCounts, 'tunnelsLost'>): void {
    this.#increment(CELL_OF.comeBack[what]);
  }

  responded(what: (typeof RESPONSES)[number]): void {
    this.#increment(CELL_OF.responder[what]);
  }

  responderFailed(cause: FailureCause): void {
    this.#increment(CELL_OF.responderFailures[cause]);
  }

  droppedStart(inWindow: boolean): void {
    this.#increment(CELL.droppedStarts);
    if (inWindow) this.#increment(CELL.windowDroppedStarts);
  }

  lagged(lagNs: Ns): void {
    const lagUs = Math.min(Math.ceil(lagNs / NS_PER_US), MAXIMUM_INT32);
    if (lagUs > (this.#cells[CELL.sendLagMaxUs] ?? 0)) this.#cells[CELL.sendLagMaxUs] = lagUs;
  }

  #increment(cell: number): void {
    this.#cells[cell] = (this.#cells[cell] ?? 0) + 1;
  }
}

function cellsOf(buffer: SharedArrayBuffer): Int32Array {
  if (buffer.byteLength < CELLS * Int32Array.BYTES_PER_ELEMENT) {
    throw new RangeError(`a buffer of live counters has ${CELLS} cells`);
  }
  return new Int32Array(buffer, 0, CELLS);
}

/** Counters of the whole run so far, of one or all workers. */
export interface LiveReading {
  started: number;
  succeeded: number;
  failed: number;
  firstTry: number;
  inFlight: number;
  retransmissions: number;
  droppedStarts: number;
  answers: number;
  sendLagMaxNs: Ns;
  failures: FailureCounts;
  drops: DropCounts;
  /** Successes by latency from the planned start; see `latency-cells.ts`. */
  latency: Float64Array;
}

/** Adds up the counters of all workers as they are at this moment. */
export function readLiveCounters(buffers: readonly SharedArrayBuffer[]): LiveReading {
  const reading: LiveReading = {
    started: 0,
    succeeded: 0,
    failed: 0,
    firstTry: 0,
    inFlight: 0,
    retransmissions: 0,
    droppedStarts: 0,
    answers: 0,
    sendLagMaxNs: 0,
    failures: createFailureCounts(),
    drops: createDropCounts(),
    latency: new Float64Array(LATENCY_CELLS),
  };
  for (const buffer of buffers) addReading(reading, cellsOf(buffer));
  reading.inFlight = Math.max(0, reading.started - reading.succeeded - reading.failed);
  return reading;
}

function countsFrom<Word extends string>(
  cells: Int32Array,
  cellOf: Readonly<Record<Word, number>>,
): Record<Word, number> {
  const counts: Record<Word, number> = { ...cellOf };
  for (const word in cellOf) counts[word] = valueOf(cells, cellOf[word]);
  return counts;
}

/** Unsigned, so that a counter is right up to 2^32. */
function valueOf(cells: Int32Array, cell: number): number {
  return (cells[cell] ?? 0) >>> 0;
}

function addReading(sum: LiveReading, cells: Int32Array): void {
  sum.started += valueOf(cells, CELL.started);
  sum.succeeded += valueOf(cells, CELL.succeeded);
  sum.failed += valueOf(cells, CELL.failed);
  sum.firstTry += valueOf(cells, CELL.firstTry);
  sum.retransmissions += valueOf(cells, CELL.retransmissions);
  sum.droppedStarts += valueOf(cells, CELL.droppedStarts);
  sum.answers += valueOf(cells, CELL.answers);
  sum.sendLagMaxNs = Math.max(sum.sendLagMaxNs, valueOf(cells, CELL.sendLagMaxUs) * NS_PER_US);
  for (const cause of FAILURE_CAUSES) sum.failures[cause] += valueOf(cells, CELL_OF.failures[cause]);
  for (const reason of DROP_REASONS) sum.drops[reason] += valueOf(cells, CELL_OF.drops[reason]);
  for (let at = 0; at < LATENCY_CELLS; at++) {
    sum.latency[at] = (sum.latency[at] ?? 0) + valueOf(cells, CELL.latency + at);
  }
}

/**
 * What can be saved of a worker that was lost: its counts, without histograms, series, groups and misdeeds.
 * Causes are known for the whole run only, so `window.failures` stays empty.
 */
export function snapshotOfLostWorker(
  buffer: SharedArrayBuffer,
  measureStartNs: Ns,
  measureEndNs: Ns,
): RecorderSnapshot {
  const reading = readLiveCounters([buffer]);
  const cells = cellsOf(buffer);
  const group = createGroupSnapshot();
  const { started, succeeded, failed, firstTry, droppedStarts, failures } = reading;
  group.total = {
    started,
    succeeded,
    failed,
    firstTry,
    retried: succeeded - firstTry,
    droppedStarts,
    failures,
  };
  const windowSucceeded = valueOf(cells, CELL.windowSucceeded);
  const windowFirstTry = valueOf(cells, CELL.windowFirstTry);
  group.window.started = valueOf(cells, CELL.windowStarted);
  group.window.succeeded = windowSucceeded;
  group.window.failed = valueOf(cells, CELL.windowFailed);
  group.window.firstTry = windowFirstTry;
  group.window.retried = windowSucceeded - windowFirstTry;
  group.window.droppedStarts = valueOf(cells, CELL.windowDroppedStarts);
  group.pings.total = countsFrom(cells, CELL_OF.pings);
  group.pings.window = countsFrom(cells, CELL_OF.windowPings);
  group.lifecycle = countsFrom(cells, CELL_OF.lifecycle);
  group.responder = {
    ...countsFrom(cells, CELL_OF.responder),
    failures: countsFrom(cells, CELL_OF.responderFailures),
  };
  group.closed = valueOf(cells, CLOSED_CELL);
  group.comeBack = countsFrom(cells, CELL_OF.comeBack);
  group.answers = reading.answers;
  group.retransmissions = reading.retransmissions;
  group.drops = reading.drops;
  return {
    measureStartNs,
    measureEndNs,
    groups: {},
    unattributed: group,
    series: createSeries(measureStartNs),
  };
}
