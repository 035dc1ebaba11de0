/**
 * The load of one worker: starts negotiations when the schedule says, by initiators that are
 * free. Arrival k of the run belongs to initiator k mod n; every worker knows the whole schedule
 * and keeps to the arrivals of its own initiators, so that the number of workers changes nothing.
 */
import type { Endpoint } from '../ike/endpoint.ts';
import type { Fact } from '../peer/fact.ts';
import type { Ns } from '../peer/timer.ts';
import type { Retry } from '../scenario/scenario.ts';
import type { Agenda, Runtime } from '../runtime/runtime.ts';
import type { Standing } from '../runtime/virtual/meeting.ts';
import type { VirtualAgenda } from '../runtime/virtual/virtual-runtime.ts';
import type { FaultAgenda } from './fault-agenda.ts';
import { InitiatorBook } from './initiator-book.ts';
import type { Initiator } from './initiator-book.ts';
import { RetryBook, type ComeBack } from './retry-book.ts';

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
  /** An initiator that failed or lost its tunnel at `begunNs` comes back, or does not. */
  comeBack(what: ComeBack, group: number, begunNs: Ns, nowNs: Ns): void;
}

/** What a scenario lets go wrong, and how initiators come back. */
export interface Adversity {
  readonly faults: FaultAgenda;
  readonly seed: number;
  /** In the whole run. */
  readonly initiatorCount: number;
  /** End of the measure window: nobody comes back later, and the run lasts until then. */
  readonly endNs: Ns;
  /** An initiator will try again, or does so no more: it is back, or gave up. */
  comesBack(peerId: number, isOnTheWay: boolean): void;
  /** By index of the group. */
  retryOf(group: number): Retry | undefined;
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
  /** Absent: nothing goes wrong by plan, and who fails waits for the load. */
  readonly adversity?: Adversity;
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
  /** Whether a peer has one of them. */
  isInFlight(peerId: number): boolean;
}

export function createAgenda(setup: AgendaSetup): LoadAgenda {
  return new LoadDriver(setup);
}

class LoadDriver implements LoadAgenda {
  readonly #setup: AgendaSetup;
  readonly #book: InitiatorBook;
  readonly #faults: FaultAgenda | undefined;
  readonly #retries: RetryBook | undefined;
  /** The run lasts at least until then. */
  readonly #leastEndNs: Ns;
  #isStopped = false;
  /** No wait for what is in flight beyond this; set with the last planned start, or when stopped. */
  #deadlineNs: Ns = Infinity;
  #lastPlannedNs: Ns = 0;
  #lastStartNs: Ns = -Infinity;
  #lastEndNs: Ns = -Infinity;
  #lastFreedNs: Ns = -Infinity;

  constructor(setup: AgendaSetup) {
    const { initiators, adversity } = setup;
    this.#setup = setup;
    this.#book = new InitiatorBook(initiators, setup.hasHold);
    this.#faults = adversity?.faults;
    this.#leastEndNs = adversity?.endNs ?? -Infinity;
    this.#retries =
      adversity &&
      new RetryBook({
        initiators,
        retryOf: (slot) => adversity.retryOf(initiators[slot]!.group),
        seed: adversity.seed,
        endNs: adversity.endNs,
        listen: (what, slot, begunNs, nowNs) => this.#noteComeBack(what, initiators[slot]!, begunNs, nowNs),
      });
  }

  #noteComeBack(what: ComeBack, { group, peerId }: Initiator, begunNs: Ns, nowNs: Ns): void {
    this.#setup.listener.comeBack(what, group, begunNs, nowNs);
    if (what !== 'tried') this.#setup.adversity?.comesBack(peerId, what === 'begun');
  }

  get inFlight(): number {
    return this.#book.inFlight;
  }

  isInFlight(peerId: number): boolean {
    return this.#book.isInFlight(peerId);
  }

  nextDueNs(): Ns | undefined {
    const startNs = this.#nextStartNs();
    const faultNs = this.#faults?.nextNs ?? Infinity;
    const dueNs = Math.min(startNs, faultNs);
    return dueNs === Infinity ? undefined : dueNs;
  }

  /** When somebody starts next, or loses patience; Infinity: nobody will as it is. */
  #nextStartNs(): Ns {
    if (this.#isStopped) return Infinity;
    return Math.min(this.#setup.source.nextDueNs() ?? Infinity, this.#retries?.nextDueNs() ?? Infinity);
  }

  /** At one time: faults, then those who come back, then the load. */
  runDue(nowNs: Ns, limit: number): void {
    for (let count = 0; count < limit; count++) {
      const startNs = this.#nextStartNs();
      const faultNs = this.#faults?.nextNs ?? Infinity;
      if (Math.min(startNs, faultNs) > nowNs) return;
      if (faultNs <= startNs) this.#faults!.runNext(this.#dispatch);
      else if ((this.#retries?.nextDueNs() ?? Infinity) <= startNs) this.#retry();
      else this.#start(this.#setup.source.take());
    }
  }

  readonly #dispatch: Runtime['dispatch'] = (peerId, event) => this.#setup.runtime.dispatch(peerId, event);

  isDone(nowNs: Ns): boolean {
    if (!this.#isStopped && nowNs >= this.#leastEndNs && this.#setup.source.isExhausted(nowNs)) {
      this.#isStopped = true;
      this.#deadlineNs = Math.max(this.#leastEndNs, this.#lastPlannedNs + this.#setup.drainNs);
    }
    return this.#isStopped && (this.#book.inFlight === 0 || nowNs >= this.#deadlineNs);
  }

  note(fact: Fact, peerId: number, nowNs: Ns): void {
    const before = this.#book.inFlight;
    const slot = this.#book.note(fact, peerId);
    if (this.#book.inFlight < before) this.#lastEndNs = nowNs;
    if (slot !== undefined) {
      if (!this.#setup.source.isOpen) this.#lastFreedNs = nowNs;
      this.#setup.source.freed(this.#book.initiators[slot]!.position, nowNs);
    }
    if (this.#retries !== undefined) this.#noteForRetry(this.#retries, fact, peerId, nowNs);
  }

  #noteForRetry(retries: RetryBook, fact: Fact, peerId: number, nowNs: Ns): void {
    switch (fact.type) {
      case 'lifecycle': {
        if (fact.event !== 'crashed' && fact.event !== 'restarted') return;
        const slot = this.#book.slotOf(peerId);
        if (slot === undefined) return;
        return fact.event === 'crashed' ? retries.crashed(slot) : retries.restarted(slot, nowNs);
      }
      case 'negotiation.succeeded':
      case 'negotiation.failed':
      case 'negotiation.closed': {
        const slot = this.#book.slotOf(peerId);
        if (slot === undefined || !this.#book.isCurrent(slot, fact.negotiation)) return;
        if (fact.type === 'negotiation.succeeded') return retries.succeeded(slot, nowNs);
        const isTrouble =
          fact.type === 'negotiation.failed' ? fact.cause !== 'aborted' : fact.wasLost === true;
        if (isTrouble) retries.failed(slot, nowNs);
      }
    }
  }

  stopStarting(nowNs: Ns, drainNs: Ns): void {
    this.#isStopped = true;
    this.#deadlineNs = Math.min(this.#deadlineNs, nowNs + drainNs);
  }

  report(standing: Standing): void {
    const { source, adversity } = this.#setup;
    standing.lastStartNs = this.#lastStartNs;
    standing.lastEndNs = this.#lastEndNs;
    standing.lastFreedNs = this.#lastFreedNs;
    standing.inFlight = this.#book.inFlight;
    standing.hasPlanned = this.#nextStartNs() !== Infinity;
    standing.mayPlanMore = !this.#isStopped && (adversity !== undefined || !source.isExhausted(-Infinity));
  }

  #start(start: PlannedStart): void {
    const { runtime, listener, mayReplaceInitiator } = this.#setup;
    const { plannedNs, negotiation } = start;
    this.#lastPlannedNs = Math.max(this.#lastPlannedNs, plannedNs);
    this.#lastStartNs = runtime.nowNs();
    const wanted = this.#book.slotAt(start.position)!;
    const slot = mayReplaceInitiator ? this.#book.freeFrom(wanted) : wanted;
    if (slot === undefined || !this.#book.isFree(slot)) {
      listener.droppedStart(this.#book.initiators[wanted]!.group, plannedNs);
      return;
    }
    if (this.#book.hasTunnel(slot)) {
      runtime.dispatch(this.#book.initiators[slot]!.peerId, { type: 'disconnect' });
    }
    this.#connect(slot, negotiation, plannedNs);
  }

  /** An initiator tries again, or does not want to wait for an answer any longer. */
  #retry(): void {
    const { runtime, adversity } = this.#setup;
    const { index: slot, isAttempt, dueNs } = this.#retries!.take();
    const { peerId, position } = this.#book.initiators[slot]!;
    if (!isAttempt) return runtime.dispatch(peerId, { type: 'disconnect', isImpatient: true });
    this.#lastPlannedNs = Math.max(this.#lastPlannedNs, dueNs);
    this.#lastStartNs = runtime.nowNs();
    const number = this.#retries!.attemptsOf(slot) * adversity!.initiatorCount + position;
    this.#connect(slot, FIRST_RETRY + number, dueNs);
  }

  #connect(slot: number, negotiation: number, plannedNs: Ns): void {
    const { runtime, listener, responderOf } = this.#setup;
    const { peerId, group } = this.#book.initiators[slot]!;
    // Before the peer hears of it: its first facts may already be about this negotiation.
    this.#book.started(slot, negotiation);
    this.#retries?.started(slot, runtime.nowNs());
    listener.recordStart(runtime.nowNs() - plannedNs, plannedNs, group);
    runtime.dispatch(peerId, { type: 'connect', negotiation, plannedNs, to: responderOf(peerId) });
  }
}

/** Numbers of negotiations from here on are of initiators that come back; no load plans so many starts. */
const FIRST_RETRY = 0x100_0000_0000;
