/**
 * Datagrams of one worker that are under way in a simulated network, in real time: a model says what
 * becomes of each, and a timing wheel holds them until then.
 */
import type { Datagram, Deliveries, Departures, NetworkModel } from '../../network/network-model.ts';
import type { Ns } from '../../peer/timer.ts';
import { WheeledTimers } from '../wheeled-timers.ts';

export interface DelayedDatagramsSetup {
  readonly model: NetworkModel;
  /** A datagram has crossed to the receiver's side: it goes to the worker of node `to.peer`, which may be this one. */
  arrived(datagram: Datagram): void;
  /** `peer`, which lives here, gets it now. */
  deliver(peer: number, datagram: Datagram): void;
  drop(reason: string): void;
  /** Datagrams under way at most; further ones are dropped as `network-queue-full`. */
  readonly limit: number;
}

interface UnderWay {
  readonly datagram: Datagram;
  /** -1: on its way to the receiver's side, else the peer that will get it. */
  readonly peer: number;
  dueNs: Ns;
  slot: number;
}

export class DelayedDatagrams implements Departures, Deliveries {
  readonly #setup: DelayedDatagramsSetup;
  readonly #queue = new WheeledTimers<UnderWay>();
  #nowNs: Ns = 0;

  constructor(setup: DelayedDatagramsSetup) {
    this.#setup = setup;
  }

  /** How many are under way. */
  get size(): number {
    return this.#queue.size;
  }

  /** When the first of them is due, if that is at `limitNs` or before; undefined otherwise. */
  nextDueNs(limitNs: Ns): Ns | undefined {
    return this.#queue.nextDueNs(limitNs);
  }

  /** A local peer sends. */
  send(datagram: Datagram, nowNs: Ns): void {
    this.#nowNs = nowNs;
    this.#setup.model.depart(datagram, nowNs, this);
  }

  /** A datagram is at the receiver's side of the network, which is here. */
  receive(datagram: Datagram, nowNs: Ns): void {
    this.#nowNs = nowNs;
    this.#setup.model.arrive(datagram, nowNs, this);
  }

  /** Moves on those that are due, at most `limit`; returns how many there were. */
  moveDue(nowNs: Ns, limit: number): number {
    for (let count = 0; count < limit; count++) {
      const next = this.#queue.popDue(nowNs);
      if (next === undefined) return count;
      if (next.peer < 0) this.#setup.arrived(next.datagram);
      else this.#setup.deliver(next.peer, next.datagram);
    }
    return limit;
  }

  /** Called by the model. */
  arrive(arrivalNs: Ns, datagram: Datagram): void {
    this.#hold(datagram, -1, arrivalNs);
  }

  /** Called by the model. */
  deliver(peer: number, deliveryNs: Ns, datagram: Datagram): void {
    if (deliveryNs <= this.#nowNs) this.#setup.deliver(peer, datagram);
    else this.#hold(datagram, peer, deliveryNs);
  }

  /** Called by the model. */
  drop(reason: string): void {
    this.#setup.drop(reason);
  }

  #hold(datagram: Datagram, peer: number, dueNs: Ns): void {
    if (this.#queue.size >= this.#setup.limit) this.#setup.drop('network-queue-full');
    else this.#queue.set({ datagram, peer, dueNs, slot: -1 });
  }
}
