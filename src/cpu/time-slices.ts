/**
 * Cores whose time is given out in slices, as by the scheduler of an operating system: whoever has had a core
 * for a slice goes to the end of the line, if there is one. A short job waits for at most a slice of a long one.
 */
import type { Ns } from '../peer/timer.ts';
import type { CoreShare } from './core-share.ts';
import { Fifo } from './job-queue.ts';

interface Turn {
  readonly thread: number;
  readonly workNs: Ns;
  /** When it began to run, this time or the last, and what was left of its work then. */
  sinceNs: Ns;
  leftNs: Ns;
}

export class TimeSlices implements CoreShare {
  readonly #cores: number;
  readonly #sliceNs: Ns;
  /** At most one a core. */
  readonly #running: Turn[] = [];
  readonly #waiting = new Fifo<Turn>();

  constructor(cores: number, sliceNs: Ns) {
    this.#cores = cores;
    this.#sliceNs = sliceNs;
  }

  get busyCores(): number {
    return this.#running.length;
  }

  begin(thread: number, workNs: Ns, nowNs: Ns): void {
    this.#giveTurns(nowNs);
    const turn = { thread, workNs, sinceNs: nowNs, leftNs: workNs };
    if (this.#running.length < this.#cores) {
      this.#running.push(turn);
      return;
    }
    if (this.#waiting.length === 0) this.#endLongTurns(nowNs);
    this.#waiting.push(turn);
  }

  /** When the first work is done or the first turn is over. */
  nextEndNs(): Ns | undefined {
    const next = this.#running[this.#next()];
    return next === undefined ? undefined : this.#changeOf(next);
  }

  popDone(nowNs: Ns): number | undefined {
    this.#giveTurns(nowNs);
    const index = this.#next();
    const turn = this.#running[index];
    if (turn === undefined) return undefined;
    const endNs = turn.sinceNs + turn.leftNs;
    if (endNs > nowNs) return undefined;
    this.#running.splice(index, 1);
    this.#runNext(endNs);
    return turn.thread;
  }

  unfinishedWorkNs(nowNs: Ns): number {
    let sum = 0;
    for (const { workNs, leftNs, sinceNs } of this.#running) sum += workNs - leftNs + nowNs - sinceNs;
    for (const { workNs, leftNs } of this.#waiting) sum += workNs - leftNs;
    return sum;
  }

  /** While nobody waited, a slice could be over without consequence; it is over now that somebody does. */
  #endLongTurns(nowNs: Ns): void {
    for (const turn of this.#running) {
      const surplusNs = nowNs - this.#sliceNs - turn.sinceNs;
      if (surplusNs <= 0) continue;
      turn.sinceNs += surplusNs;
      turn.leftNs -= surplusNs;
    }
  }

  /** Makes the changes that are due up to `nowNs` and before the first work that is done. */
  #giveTurns(nowNs: Ns): void {
    for (;;) {
      if (this.#waiting.length === 0) return;
      const index = this.#next();
      const turn = this.#running[index]!;
      const overNs = this.#changeOf(turn);
      if (overNs > nowNs || overNs === turn.sinceNs + turn.leftNs) return;
      this.#running.splice(index, 1);
      this.#runNext(overNs);
      turn.leftNs -= overNs - turn.sinceNs;
      turn.sinceNs = overNs;
      this.#waiting.push(turn);
    }
  }

  /** The core is free from the very moment on at which it was given back. */
  #runNext(nowNs: Ns): void {
    const next = this.#waiting.shift();
    if (next === undefined) return;
    next.sinceNs = nowNs;
    this.#running.push(next);
  }

  /** When it is done or, if others wait, has to let them run. */
  #changeOf({ sinceNs, leftNs }: Turn): Ns {
    return sinceNs + (this.#waiting.length > 0 ? Math.min(leftNs, this.#sliceNs) : leftNs);
  }

  /** Of changes at the same time that of the one that began to run first. */
  #next(): number {
    let next = -1;
    for (let index = 0; index < this.#running.length; index++) {
      if (next < 0 || this.#changeOf(this.#running[index]!) < this.#changeOf(this.#running[next]!))
        next = index;
    }
    return next;
  }
}
