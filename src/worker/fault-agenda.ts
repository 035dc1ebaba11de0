/** Faults that happen to the peers of one worker, in order, and how often each one has happened. */
import type { PeerFault } from '../load/fault-timetable.ts';
import type { PeerEvent } from '../peer/event.ts';
import type { Ns } from '../peer/timer.ts';

export class FaultAgenda {
  /** By place in the list of faults: peers that it has happened to. */
  readonly counts: number[];
  readonly #planned: readonly PeerFault[];
  readonly #beginningNs: Ns;
  #next = 0;

  /** `planned`: those of this worker's peers, in order; `faults`: how many faults the scenario has. */
  constructor(planned: readonly PeerFault[], faults: number, beginningNs: Ns) {
    this.#planned = planned;
    this.#beginningNs = beginningNs;
    this.counts = Array.from({ length: faults }, () => 0);
  }

  /** When the next one is due; Infinity when there is none. */
  get nextNs(): Ns {
    const next = this.#planned[this.#next];
    return next === undefined ? Infinity : this.#beginningNs + next.timeNs;
  }

  /** Lets the next one happen. Only called when there is one. */
  runNext(dispatch: (peerId: number, event: PeerEvent) => void): void {
    const { peerId, fault, event, begins } = this.#planned[this.#next++]!;
    if (begins) this.counts[fault]!++;
    dispatch(peerId, event);
  }
}
