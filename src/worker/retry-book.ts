/**
 * Initiators of one worker that come back: those that failed or lost their tunnel, by the retry policy
 * of their group, and those whose patience with a negotiation ends. Facts of their peers come in through
 * the agenda, which makes the starts.
 */
import { retryWaitNs } from '../load/retry.ts';
import type { Ns } from '../peer/timer.ts';
import { PositionedStream } from '../random/positioned-stream.ts';
import { TimerQueue, type Due } from '../runtime/timer-queue.ts';
import type { Retry } from '../scenario/scenario.ts';
import type { Initiator } from './initiator-book.ts';

/** What becomes of initiators that have to come back. */
export type ComeBack =
  /** It failed, or lost its tunnel. */
  | 'begun'
  /** It tries again. */
  | 'tried'
  /** It has a tunnel again. */
  | 'back'
  | 'gave-up';

export interface RetryBookSetup {
  readonly initiators: readonly Initiator[];
  /** By place in `initiators`. */
  retryOf(slot: number): Retry | undefined;
  readonly seed: number;
  /** No attempt is planned from here on. */
  readonly endNs: Ns;
  /** `begunNs`: when the row of attempts began. */
  listen(what: ComeBack, slot: number, begunNs: Ns, nowNs: Ns): void;
}

/** Something that is due for an initiator. */
export interface RetryDue extends Due {
  readonly index: number;
  /** An attempt is due, or patience ends. */
  isAttempt: boolean;
}

interface Row {
  readonly due: RetryDue;
  readonly retry: Retry;
  /** When the row of attempts began; -1: there is none. */
  begunNs: Ns;
  /** Attempts of the row. */
  attempts: number;
  /** Attempts of the run. */
  allAttempts: number;
  isDown: boolean;
  /** A negotiation has begun and not ended. */
  isTrying: boolean;
}

export class RetryBook {
  readonly #setup: RetryBookSetup;
  readonly #queue = new TimerQueue<RetryDue>();
  /** By place in `initiators`, made when something happens to one; null for those without a policy. */
  readonly #rows: (Row | null | undefined)[];
  readonly #random: PositionedStream;

  constructor(setup: RetryBookSetup) {
    this.#setup = setup;
    this.#rows = Array.from({ length: setup.initiators.length });
    this.#random = new PositionedStream(setup.seed, 'retry');
  }

  nextDueNs(): Ns | undefined {
    return this.#queue.nextDueNs();
  }

  /** Takes what is due first. Only called when there is something. */
  take(): RetryDue {
    const due = this.#queue.popDue(Infinity)!;
    if (due.isAttempt) {
      const row = this.#rows[due.index]!;
      row.attempts++;
      row.allAttempts++;
      this.#setup.listen('tried', due.index, row.begunNs, due.dueNs);
    }
    return due;
  }

  /** How many attempts an initiator has made in the run. */
  attemptsOf(slot: number): number {
    return this.#rows[slot]?.allAttempts ?? 0;
  }

  started(slot: number, nowNs: Ns): void {
    const row = this.#rowOf(slot);
    if (row === null) return;
    this.#queue.cancel(row.due);
    row.isTrying = true;
    const { patienceNs } = row.retry;
    if (patienceNs !== undefined) this.#arm(row, nowNs + patienceNs, false);
  }

  succeeded(slot: number, nowNs: Ns): void {
    const row = this.#rowOf(slot);
    if (row === null) return;
    this.#queue.cancel(row.due);
    row.isTrying = false;
    if (row.begunNs >= 0) this.#setup.listen('back', slot, row.begunNs, nowNs);
    this.#close(row);
  }

  /** Its negotiation failed, or it lost its tunnel. */
  failed(slot: number, nowNs: Ns): void {
    const row = this.#rowOf(slot);
    if (row === null) return;
    this.#queue.cancel(row.due);
    row.isTrying = false;
    if (row.begunNs < 0) {
      row.begunNs = nowNs;
      this.#setup.listen('begun', slot, nowNs, nowNs);
    }
    // A machine that is down comes back by itself first.
    if (!row.isDown) this.#plan(row, nowNs);
  }

  /** Its machine is down: nobody presses anything. */
  crashed(slot: number): void {
    const row = this.#rowOf(slot);
    if (row === null) return;
    row.isDown = true;
    if (row.due.isAttempt) this.#queue.cancel(row.due);
  }

  restarted(slot: number, nowNs: Ns): void {
    const row = this.#rowOf(slot);
    if (row === null) return;
    row.isDown = false;
    const isWaiting = row.begunNs >= 0 && !row.isTrying && row.due.slot < 0;
    if (isWaiting) this.#plan(row, nowNs);
  }

  #plan(row: Row, nowNs: Ns): void {
    const { index } = row.due;
    const { position } = this.#setup.initiators[index]!;
    const draws = this.#random.seek(position, row.allAttempts);
    const waitNs = retryWaitNs(row.retry, row.attempts + 1, nowNs - row.begunNs, draws);
    if (waitNs === undefined) {
      this.#setup.listen('gave-up', index, row.begunNs, nowNs);
      this.#close(row);
    } else this.#arm(row, nowNs + waitNs, true);
  }

  #arm({ due }: Row, dueNs: Ns, isAttempt: boolean): void {
    if (dueNs >= this.#setup.endNs && isAttempt) return;
    due.dueNs = dueNs;
    due.isAttempt = isAttempt;
    this.#queue.set(due);
  }

  #close(row: Row): void {
    row.begunNs = -1;
    row.attempts = 0;
  }

  #rowOf(slot: number): Row | null {
    const known = this.#rows[slot];
    if (known !== undefined) return known;
    const retry = this.#setup.retryOf(slot);
    const row: Row | null =
      retry === undefined
        ? null
        : {
            due: { dueNs: 0, slot: -1, index: slot, isAttempt: false },
            retry,
            begunNs: -1,
            attempts: 0,
            allAttempts: 0,
            isDown: false,
            isTrying: false,
          };
    this.#rows[slot] = row;
    return row;
  }
}
