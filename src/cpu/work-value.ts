/** Which of a gateway's work came to something: that for SAs that were set up, as the gateway itself knows. */
import type { Effect } from '../peer/effect.ts';
import type { Ns } from '../peer/timer.ts';

/** Nanoseconds on cores; together all work that was begun. */
export interface WorkValueStatistics {
  /** For SAs that were set up. */
  readonly usefulNs: Ns;
  /** For SAs that were not, or not yet. */
  readonly unfinishedNs: Ns;
  /** For datagrams that were not acted upon: repeated, late, refused, unreadable. */
  readonly droppedNs: Ns;
  /** Timers, commands and what belongs to no SA. */
  readonly otherNs: Ns;
}

/** In place of the work for an SA that is set up. */
const SET_UP = -1;

export class WorkValue {
  readonly #isPhase1Enough: boolean;
  /** By the key of the SA. */
  readonly #unfinished = new Map<number, Ns>();
  #usefulNs = 0;
  #unfinishedNs = 0;
  #droppedNs = 0;
  #otherNs = 0;

  constructor(isPhase1Enough: boolean) {
    this.#isPhase1Enough = isPhase1Enough;
  }

  /** Work for an SA (`key` -1: for none), with what it led to. */
  add(key: number, cpuNs: Ns, effects: readonly Effect[]): void {
    let isDropped = false;
    let isSetUp = false;
    for (const effect of effects) {
      if (effect.type !== 'record') continue;
      const { type } = effect.fact;
      if (type === 'dropped') isDropped = true;
      else if (
        type === 'responder.phase2.established' ||
        type === 'negotiation.succeeded' ||
        (this.#isPhase1Enough && type === 'responder.phase1.established')
      )
        isSetUp = true;
    }
    if (isDropped) this.#droppedNs += cpuNs;
    else if (key < 0) this.#otherNs += cpuNs;
    else this.#addToSa(key, cpuNs, isSetUp);
  }

  statistics(): WorkValueStatistics {
    return {
      usefulNs: this.#usefulNs,
      unfinishedNs: this.#unfinishedNs,
      droppedNs: this.#droppedNs,
      otherNs: this.#otherNs,
    };
  }

  #addToSa(key: number, cpuNs: Ns, isSetUp: boolean): void {
    const before = this.#unfinished.get(key) ?? 0;
    if (before === SET_UP) {
      this.#usefulNs += cpuNs;
      return;
    }
    if (!isSetUp) {
      this.#unfinished.set(key, before + cpuNs);
      this.#unfinishedNs += cpuNs;
      return;
    }
    this.#unfinished.set(key, SET_UP);
    this.#unfinishedNs -= before;
    this.#usefulNs += before + cpuNs;
  }
}
