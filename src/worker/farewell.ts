/**
 * The end of a run with real gateways: each peer deletes its SAs. A gateway would keep them for hours, and answer the next run
 * with all of them in its tables. Not all at once: nobody sends a delete again that was lost for a full buffer.
 */
import { NS_PER_S } from '../peer/timer.ts';
import type { Ns } from '../peer/timer.ts';
import type { Agenda, Runtime } from '../runtime/runtime.ts';

export class Farewell implements Agenda {
  readonly #peerIds: readonly number[];
  readonly #runtime: Pick<Runtime, 'dispatch'>;
  readonly #beginningNs: Ns;
  readonly #gapNs: Ns;
  #next = 0;

  constructor(peerIds: readonly number[], runtime: Pick<Runtime, 'dispatch' | 'nowNs'>) {
    this.#peerIds = peerIds;
    this.#runtime = runtime;
    this.#beginningNs = runtime.nowNs();
    this.#gapNs = Math.floor(Math.min(NS_PER_S / RATE_HZ, LONGEST_NS / Math.max(1, peerIds.length)));
  }

  nextDueNs(): Ns | undefined {
    return this.#next < this.#peerIds.length ? this.#beginningNs + this.#next * this.#gapNs : undefined;
  }

  runDue(nowNs: Ns, limit: number): void {
    for (let count = 0; count < limit; count++) {
      const dueNs = this.nextDueNs();
      if (dueNs === undefined || dueNs > nowNs) return;
      this.#runtime.dispatch(this.#peerIds[this.#next++]!, { type: 'disconnect' });
    }
  }

  isDone(): boolean {
    return this.#next >= this.#peerIds.length;
  }
}

/** Each peer sends one or two datagrams. */
const RATE_HZ = 2000;
/** However many they are. */
const LONGEST_NS = 5 * NS_PER_S;
