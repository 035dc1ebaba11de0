/**
 * The load of one worker: starts negotiations when the schedule says, by initiators that are
 * free. Arrival k of the run belongs to initiator k mod n; every worker knows the whole schedule
 * and keeps to the arrivals of its own initiators, so that the number of workers changes nothing.
 */
import type { Endpoint } from '../ike/endpoint.ts';
import type { Fact } from '../peer/fact.ts';
import type { Ns } from '../peer/timer.ts';
import type { Agenda, Runtime } from '../runtime/runtime.ts';
import type { Standing } from '../runtime/virtual/meeting.ts';
import type { VirtualAgenda } from '../runtime/virtual/virtual-runtime.ts';
import { InitiatorBook } from './initiator-book.ts';
import type { Initiator } from './initiator-book.ts';

/** Where starts come from: an open schedule or a closed loop. Times are nanoseconds of the run's clock. */
export interface StartSource {
  /** True when starts do not wait for the ends of earlier ones. */
  readonly isOpen: boolean;
  /** When the next start is due; undefined when there is none at present. */
  nextDueNs(): Ns | undefined;
  /** Takes the start that is due next. Only called when there is one. */
  take(): PlannedStart;
  /** An initiator became free (its negotiation failed, succeeded, or its tunnel was taken down). */
  freed(position: number, nowNs: Ns): void;
  /** True when there will never be another start, whatever initiators do. */
  isExhausted(nowNs: Ns): boolean;
}

export interface PlannedStart {
  readonly plannedNs: Ns;
  /** Number of the negotiation, unique in the run. */
  readonly negotiation: number;
  /** The initiator's position in the run. */
  readonly position: number;
}

/** Told of what the load did; measurement listens. */
export interface StartListener {
  recordStart(lagNs: Ns, plannedNs: Ns, group: number): void;
  droppedStart(group: number, plannedNs: Ns): void;
}

export interface AgendaSetup {
  /** Those of this worker, in order of position. */
  readonly initiators: readonly Initiator[];
  readonly source: StartSource;
  /** False where a start is made by one certain initiator or not at all: in closed loads, and in virtual time. */
  readonly mayReplaceInitiator: boolean;
  /** Tunnels are held for a time and taken down by the peers themselves. */
  readonly hasHold: boolean;
  /** Longest wait for what is in flight, from the last planned start. */
  readonly drainNs: Ns;
  readonly runtime: Pick<Runtime, 'dispatch' | 'nowNs'>;
  readonly listener: StartListener;
  /** Whom an initiator connects to. */
  responderOf(peerId: number): Endpoint;
}

/** An agenda that learns from facts how its negotiations go. */
export interface LoadAgenda extends Agenda, VirtualAgenda {
  /** To be called with every fact of a local peer. */
  note(fact: Fact, peerId: number, nowNs: Ns): void;
  /** Starts nothing more; what is in flight gets `drainNs` at most. */
  stopStarting(nowNs: Ns, drainNs: Ns): void;
  /** Negotiations of this worker started and not ended. */
  readonly inFlight: number;
}

export function createAgenda(setup: AgendaSetup): LoadAgenda {
  return new LoadDriver(setup);
}

class LoadDriver implements LoadAgenda {
  readonly #setup: AgendaSetup;
  readonly #book: InitiatorBook;
  #isStopped = false;
  /** No wait for what is in flight beyond this; set with the last planned start, or when stopped. */
  #deadlineNs: Ns = Infinity;
  #lastPlannedNs: Ns = 0;
  #lastStartNs: Ns = -Infinity;
  #lastEndNs: Ns = -Infinity;
  #lastFreedNs: Ns = -Infinity;

  constructor(setup: AgendaSetup) {
    this.#setup = setup;
    this.#book = new InitiatorBook(setup.initiators, setup.hasHold);
  }

  get inFlight(): number {
    return this.#book.inFlight;
  }

  nextDueNs(): Ns | undefined {
    return this.#isStopped ? undefined : this.#setup.source.nextDueNs();
  }

  runDue(nowNs: Ns, limit: number): void {
    for (let count = 0; count < limit; count++) {
      const dueNs = this.nextDueNs();
      if (dueNs === undefined || dueNs > nowNs) return;
      this.#start(this.#setup.source.take());
    }
  }

  isDone(nowNs: Ns): boolean {
    if (!this.#isStopped && this.#setup.source.isExhausted(nowNs)) {
      this.#isStopped = true;
      this.#deadlineNs = this.#lastPlannedNs + this.#setup.drainNs;
    }
    return this.#isStopped && (this.#book.inFlight === 0 || nowNs >= this.#deadlineNs);
  }

  note(fact: Fact, peerId: number, nowNs: Ns): void {
    const before = this.#book.inFlight;
    const slot = this.#book.note(fact, peerId);
    if (this.#book.inFlight < before) this.#lastEndNs = nowNs;
    if (slot === undefined) return;
    if (!this.#setup.source.isOpen) this.#lastFreedNs = nowNs;
    this.#setup.source.freed(this.#book.initiators[slot]!.position, nowNs);
  }

  stopStarting(nowNs: Ns, drainNs: Ns): void {
    this.#isStopped = true;
    this.#deadlineNs = Math.min(this.#deadlineNs, nowNs + drainNs);
  }

  report(standing: Standing): void {
    const { source } = this.#setup;
    standing.lastStartNs = this.#lastStartNs;
    standing.lastEndNs = this.#lastEndNs;
    standing.lastFreedNs = this.#lastFreedNs;
    standing.inFlight = this.#book.inFlight;
    standing.hasPlanned = this.nextDueNs() !== undefined;
    standing.mayPlanMore = !this.#isStopped && !source.isExhausted(-Infinity);
  }

  #start(start: PlannedStart): void {
    const { runtime, listener, responderOf, mayReplaceInitiator } = this.#setup;
    const { plannedNs, negotiation } = start;
    this.#lastPlannedNs = Math.max(this.#lastPlannedNs, plannedNs);
    this.#lastStartNs = runtime.nowNs();
    const wanted = this.#book.slotAt(start.position)!;
    const slot = mayReplaceInitiator ? this.#book.freeFrom(wanted) : wanted;
    if (slot === undefined || !this.#book.isFree(slot)) {
      listener.droppedStart(this.#book.initiators[wanted]!.group, plannedNs);
      return;
    }
    const { peerId, group } = this.#book.initiators[slot]!;
    if (this.#book.hasTunnel(slot)) runtime.dispatch(peerId, { type: 'disconnect' });
    // Before the peer hears of it: its first facts may already be about this negotiation.
    this.#book.started(slot, negotiation);
    listener.recordStart(runtime.nowNs() - plannedNs, plannedNs, group);
    runtime.dispatch(peerId, { type: 'connect', negotiation, plannedNs, to: responderOf(peerId) });
  }
}
