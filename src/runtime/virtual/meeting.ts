/**
 * Where the workers of a run meet between two windows: each says how it stands, waits for all others,
 * and hears the sum of what all said, which is the same for all. A worker that dies keeps nobody:
 * those who wait look again and again whether the run was given up.
 */
import type { Ns } from '../../peer/timer.ts';
import { meetingWords, statementOf } from './virtual-memory.ts';
import type { VirtualMemory } from './virtual-memory.ts';

/** How one worker stands, or all together. */
export interface Standing {
  /** Of what is still to happen the earliest, datagrams on their way to other workers included; Infinity: nothing. */
  leastNs: Ns;
  /** Latest start of a negotiation, made or dropped; -Infinity: none yet. */
  lastStartNs: Ns;
  /** Latest end of a negotiation. */
  lastEndNs: Ns;
  /** In closed loads: when an initiator became free last. */
  lastFreedNs: Ns;
  /** Negotiations that have begun and not ended. */
  inFlight: number;
  /** Starts are planned. */
  hasPlanned: boolean;
  /** More may be planned when negotiations end. */
  mayPlanMore: boolean;
  /** Datagrams that did not fit into a ring. */
  unsent: number;
  /** Somebody asked the run to stop. */
  isStopping: boolean;
}

export function createStanding(): Standing {
  return {
    leastNs: Infinity,
    lastStartNs: -Infinity,
    lastEndNs: -Infinity,
    lastFreedNs: -Infinity,
    inFlight: 0,
    hasPlanned: false,
    mayPlanMore: false,
    unsent: 0,
    isStopping: false,
  };
}

export class Meeting {
  readonly #words: Int32Array;
  readonly #workers: number;
  readonly #own: readonly Float64Array[];
  /** By parity and worker. */
  readonly #all: readonly (readonly Float64Array[])[];
  readonly #isGivenUp: () => boolean;
  readonly #sum = createStanding();
  #parity = 0;

  constructor(shared: VirtualMemory, worker: number, isGivenUp: () => boolean) {
    this.#words = meetingWords(shared);
    this.#workers = shared.workers;
    const workers = Array.from({ length: shared.workers }, (_, index) => index);
    this.#all = [0, 1].map((parity) => workers.map((each) => statementOf(shared, each, parity)));
    this.#own = this.#all.map((statements) => statements[worker]!);
    this.#isGivenUp = isGivenUp;
  }

  /**
   * Says `standing`, waits for all workers and returns how all stand together, in an object that the
   * next meeting uses again; undefined when the run was given up.
   */
  hold(standing: Readonly<Standing>): Readonly<Standing> | undefined {
    if (this.#workers === 1) return this.#isGivenUp() ? undefined : standing;
    // Whoever is fast may speak in the next meeting before the slowest has heard all of this one: hence two places.
    this.#parity = 1 - this.#parity;
    write(this.#own[this.#parity]!, standing);
    if (!this.#wait()) return undefined;
    return this.#addUp(this.#all[this.#parity]!);
  }

  #wait(): boolean {
    const meeting = Atomics.load(this.#words, NUMBER);
    if (Atomics.add(this.#words, ARRIVED, 1) === this.#workers - 1) {
      Atomics.store(this.#words, ARRIVED, 0);
      Atomics.add(this.#words, NUMBER, 1);
      Atomics.notify(this.#words, NUMBER);
      return !this.#isGivenUp();
    }
    for (let look = 0; look < LOOKS; look++) {
      if (Atomics.load(this.#words, NUMBER) !== meeting) return true;
    }
    while (Atomics.load(this.#words, NUMBER) === meeting) {
      if (this.#isGivenUp()) return false;
      Atomics.wait(this.#words, NUMBER, meeting, WAIT_MS);
    }
    return true;
  }

  #addUp(statements: readonly Float64Array[]): Standing {
    const sum = this.#sum;
    Object.assign(sum, NOTHING);
    for (let worker = 0; worker < statements.length; worker++) add(sum, statements[worker]!);
    return sum;
  }
}

function write(cells: Float64Array, standing: Readonly<Standing>): void {
  cells[0] = standing.leastNs;
  cells[1] = standing.lastStartNs;
  cells[2] = standing.lastEndNs;
  cells[3] = standing.lastFreedNs;
  cells[4] = standing.inFlight;
  cells[5] = standing.unsent;
  cells[6] =
    (standing.hasPlanned ? HAS_PLANNED : 0) |
    (standing.mayPlanMore ? MAY_PLAN_MORE : 0) |
    (standing.isStopping ? IS_STOPPING : 0);
}

function add(sum: Standing, cells: Float64Array): void {
  sum.leastNs = Math.min(sum.leastNs, cells[0]!);
  sum.lastStartNs = Math.max(sum.lastStartNs, cells[1]!);
  sum.lastEndNs = Math.max(sum.lastEndNs, cells[2]!);
  sum.lastFreedNs = Math.max(sum.lastFreedNs, cells[3]!);
  sum.inFlight += cells[4]!;
  sum.unsent += cells[5]!;
  const flags = cells[6]!;
  if ((flags & HAS_PLANNED) !== 0) sum.hasPlanned = true;
  if ((flags & MAY_PLAN_MORE) !== 0) sum.mayPlanMore = true;
  if ((flags & IS_STOPPING) !== 0) sum.isStopping = true;
}

const NOTHING: Readonly<Standing> = createStanding();
const HAS_PLANNED = 1;
const MAY_PLAN_MORE = 2;
const IS_STOPPING = 4;
const ARRIVED = 0;
/** In a cache line of its own. */
const NUMBER = 16;
/** About ten microseconds: most windows of all workers end nearly together. */
const LOOKS = 400;
const WAIT_MS = 20;
