/**
 * Who runs on the cores. Three disciplines with one interface: in `run-to-completion` whoever has a core
 * keeps it until its work is done and others wait in line, which is a slice without end; in `time-slices` he
 * keeps it for a slice; in `processor-sharing` all run at once and slowly, which is what ever shorter slices come to.
 */
import type { Ns } from '../peer/timer.ts';
import { TimeSlices } from './time-slices.ts';

export type CoreDiscipline = 'run-to-completion' | 'processor-sharing' | 'time-slices';

/** Work is known by the number of the thread that does it. */
export interface CoreShare {
  /** `thread` has `workNs` of work from now on. Times never go back. */
  begin(thread: number, workNs: Ns, nowNs: Ns): void;
  /** When the first work may be done, or somebody else's turn begins; undefined when there is no work. */
  nextEndNs(): Ns | undefined;
  /** Takes a thread whose work is done by now, the earliest first, or undefined. */
  popDone(nowNs: Ns): number | undefined;
  /** How many cores are at work. */
  readonly busyCores: number;
  /** Work done so far for what is not finished yet. */
  unfinishedWorkNs(nowNs: Ns): number;
}

export interface CorePlan {
  readonly cores: number;
  readonly discipline: CoreDiscipline;
  /** Of `time-slices`: how long a thread keeps a core that others wait for. */
  readonly sliceNs?: Ns;
}

/** @throws RangeError for time slices of no length. */
export function createCoreShare({ cores, discipline, sliceNs = 0 }: CorePlan): CoreShare {
  switch (discipline) {
    case 'run-to-completion':
      return new TimeSlices(cores, Infinity);
    case 'processor-sharing':
      return new ProcessorSharing(cores);
    case 'time-slices':
      if (sliceNs <= 0) throw new RangeError(`a slice of ${sliceNs} ns: work would never be done`);
      return new TimeSlices(cores, sliceNs);
  }
}

interface Portion {
  readonly thread: number;
  readonly startService: number;
  /** Service that each runner has had when this one is done. */
  readonly endService: number;
}

/**
 * All runners get the same: with k of them on c cores each advances at min(1, c/k). So it is enough to
 * know how much service one has had since the cores were last idle; who needs the least more is next.
 */
class ProcessorSharing implements CoreShare {
  readonly #cores: number;
  readonly #runners: Portion[] = [];
  /** Nanoseconds of work, a fraction as a rule; only +, -, * and /, so the same on every machine. */
  #service = 0;
  #knownNs: Ns = 0;

  constructor(cores: number) {
    this.#cores = cores;
  }

  get busyCores(): number {
    return Math.min(this.#cores, this.#runners.length);
  }

  begin(thread: number, workNs: Ns, nowNs: Ns): void {
    this.#advance(nowNs);
    if (this.#runners.length === 0) this.#service = 0;
    this.#runners.push({ thread, startService: this.#service, endService: this.#service + workNs });
  }

  nextEndNs(): Ns | undefined {
    const next = this.#runners[this.#next()];
    if (next === undefined) return undefined;
    const left = Math.max(0, next.endService - this.#service);
    return this.#knownNs + Math.ceil((left * this.#runners.length) / this.busyCores - ROUNDING);
  }

  popDone(nowNs: Ns): number | undefined {
    const endNs = this.nextEndNs();
    if (endNs === undefined || endNs > nowNs) return undefined;
    this.#advance(Math.max(endNs, this.#knownNs));
    const [done] = this.#runners.splice(this.#next(), 1);
    return done?.thread;
  }

  unfinishedWorkNs(nowNs: Ns): number {
    const service = this.#serviceAt(nowNs);
    return this.#runners.reduce((sum, { startService }) => sum + service - startService, 0);
  }

  #advance(nowNs: Ns): void {
    this.#service = this.#serviceAt(nowNs);
    this.#knownNs = nowNs;
  }

  #serviceAt(nowNs: Ns): number {
    if (this.#runners.length === 0) return this.#service;
    return this.#service + ((nowNs - this.#knownNs) * this.busyCores) / this.#runners.length;
  }

  /** Of equal needs the one that began first. */
  #next(): number {
    let next = -1;
    for (let index = 0; index < this.#runners.length; index++) {
      if (next < 0 || this.#runners[index]!.endService < this.#runners[next]!.endService) next = index;
    }
    return next;
  }
}

/** Nanoseconds: what sums of fractions may be too large by must not cost a whole nanosecond. */
const ROUNDING = 1e-3;
