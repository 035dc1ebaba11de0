/**
 * The course of a run in virtual time: up to when events may be handled before the workers have to
 * hear of each other again, and when the run is over. Every worker follows it by itself from what all
 * said at the meetings. Nothing here lets a time depend on where a window happened to end: with one
 * worker or ten, the run is over at the same nanosecond.
 */
import { NS_PER_MS, type Ns } from '../../peer/timer.ts';
import type { Standing } from './meeting.ts';

export interface CourseSetup {
  /** Least time that a datagram takes between workers; greater than 0. */
  readonly lookaheadNs: Ns;
  /** Nothing is planned from here on: the end of the measure window. */
  readonly startsEndNs: Ns;
  /** Longest wait for what is in flight, from the latest start. */
  readonly drainNs: Ns;
  /** The same when somebody asked to stop, from then on. */
  readonly stopDrainNs: Ns;
}

/** What to do after a meeting. */
export type Leg =
  /** Handle the events before `endNs`. */
  | { readonly type: 'window'; readonly endNs: Ns }
  /** Nothing but taking and sending what did not fit into rings. */
  | { readonly type: 'exchange' }
  /** The run was over at `nowNs`, up to and with which all events have been handled. */
  | { readonly type: 'over'; readonly nowNs: Ns };

export class Course {
  readonly #setup: CourseSetup;
  /** When it became certain that nothing more is started. */
  #exhaustedNs: Ns | undefined;
  #stopNs: Ns | undefined;
  #overNs: Ns | undefined;

  constructor(setup: CourseSetup) {
    this.#setup = setup;
  }

  /** True from the moment on in which all workers know that somebody asked to stop. */
  get isStopping(): boolean {
    return this.#stopNs !== undefined;
  }

  /** Takes how all workers stand. */
  next(all: Readonly<Standing>): Leg {
    if (all.unsent > 0) return { type: 'exchange' };
    if (all.isStopping) this.#stopNs ??= Math.min(all.leastNs, LATEST_NS);
    this.#exhaustedNs ??= this.#exhausted(all);
    this.#overNs ??= this.#over(all);
    const { lookaheadNs, startsEndNs } = this.#setup;
    if (this.#overNs !== undefined) {
      const lastNs = this.#overNs + SETTLE_NS;
      if (all.leastNs > lastNs) return { type: 'over', nowNs: lastNs };
      return { type: 'window', endNs: Math.min(all.leastNs + lookaheadNs, lastNs + 1) };
    }
    let endNs = all.leastNs + Math.min(lookaheadNs, SETTLE_NS);
    // So that all workers look at one and the same time whether anybody may still start.
    if (this.#exhaustedNs === undefined && all.leastNs < startsEndNs) endNs = Math.min(endNs, startsEndNs);
    return { type: 'window', endNs };
  }

  #exhausted(all: Readonly<Standing>): Ns | undefined {
    if (this.#stopNs !== undefined) return this.#stopNs;
    if (all.hasPlanned) return undefined;
    if (!all.mayPlanMore) return Math.max(0, all.lastStartNs, all.lastFreedNs);
    return all.leastNs >= this.#setup.startsEndNs ? this.#setup.startsEndNs : undefined;
  }

  #over(all: Readonly<Standing>): Ns | undefined {
    const exhaustedNs = this.#exhaustedNs;
    if (exhaustedNs === undefined) return undefined;
    const { drainNs, stopDrainNs } = this.#setup;
    let deadlineNs = Math.max(exhaustedNs, all.lastStartNs + drainNs);
    if (this.#stopNs !== undefined) deadlineNs = Math.min(deadlineNs, this.#stopNs + stopDrainNs);
    if (all.inFlight === 0) return Math.min(deadlineNs, Math.max(exhaustedNs, all.lastEndNs));
    return all.leastNs > deadlineNs ? deadlineNs : undefined;
  }
}

/** Longest time for datagrams that are on their way at the end: a responder's last step may be to receive. No window is longer. */
const SETTLE_NS = 200 * NS_PER_MS;
/** Ten days: with nothing left to happen the least time is Infinity, which is no time to stop at. */
const LATEST_NS = 864_000_000_000_000;
