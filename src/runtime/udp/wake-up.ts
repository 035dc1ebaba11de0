/**
 * The one real timer of a UDP runtime. Node.js timers count whole milliseconds, arrivals are
 * planned in nanoseconds: the last stretch before a precise moment is spent polling the sockets
 * (one event loop round after the other), so that a start is late by microseconds.
 */
import { NS_PER_MS, type Ns } from '../../peer/timer.ts';

export class WakeUp {
  readonly #run: () => void;
  #timeout: NodeJS.Timeout | undefined;
  #immediate: NodeJS.Immediate | undefined;

  /** `run` is called once for each time that something was arranged. */
  constructor(run: () => void) {
    this.#run = run;
  }

  /** Runs when the sockets that are ready now have been read. */
  soon(): void {
    if (this.#immediate !== undefined) return;
    this.cancel();
    this.#immediate = setImmediate(() => {
      this.#immediate = undefined;
      this.#run();
    });
  }

  /**
   * Runs at the latest about when one of the two waits is over; earlier runs are possible. Replaces
   * what was arranged before. `preciseNs` is kept to microseconds, `coarseNs` to a millisecond or two.
   */
  after(preciseNs: Ns, coarseNs: Ns): void {
    if (preciseNs < POLLING_NS + NS_PER_MS || coarseNs <= 0) return this.soon();
    this.cancel();
    const sleepMs = Math.floor(Math.min(preciseNs - POLLING_NS, coarseNs) / NS_PER_MS);
    this.#timeout = setTimeout(
      () => {
        this.#timeout = undefined;
        this.#run();
      },
      Math.min(Math.max(sleepMs, 1), LONGEST_SLEEP_MS),
    );
  }

  cancel(): void {
    if (this.#timeout !== undefined) clearTimeout(this.#timeout);
    if (this.#immediate !== undefined) clearImmediate(this.#immediate);
    this.#timeout = undefined;
    this.#immediate = undefined;
  }
}

/** Node.js timers come up to a millisecond late; this much before a precise moment polling begins. */
const POLLING_NS: Ns = 1_500_000;
/** A request to stop is noticed after this time at the latest. */
export const LONGEST_SLEEP_NS: Ns = 20 * NS_PER_MS;
const LONGEST_SLEEP_MS = LONGEST_SLEEP_NS / NS_PER_MS;
