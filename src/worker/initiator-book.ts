/**
 * What the initiators of one worker are doing, as far as the load has to know: who is free, who
 * negotiates, who holds a tunnel. Facts of their peers move them from state to state.
 */
import type { Fact } from '../peer/fact.ts';

/** A peer of this worker that starts negotiations. */
export interface Initiator {
  readonly peerId: number;
  /** Position among all initiators of the run. */
  readonly position: number;
  /** Index of its group in the scenario. */
  readonly group: number;
  /** It pings through its tunnels: a negotiation is over when its pings are. */
  readonly pings?: boolean;
}

export class InitiatorBook {
  readonly initiators: readonly Initiator[];
  readonly #states: Uint8Array;
  /** The negotiation that a peer is busy with; -1: none yet. */
  readonly #negotiations: Float64Array;
  readonly #slotByPeer = new Map<number, number>();
  readonly #slotByPosition = new Map<number, number>();
  readonly #keepsBusyAfterSuccess: boolean;
  #free: number;
  #inFlight = 0;

  /** `keepsBusyAfterSuccess`: tunnels are held for a time and taken down by the peer itself, which frees it. */
  constructor(initiators: readonly Initiator[], keepsBusyAfterSuccess: boolean) {
    this.initiators = initiators;
    this.#states = new Uint8Array(initiators.length);
    this.#negotiations = new Float64Array(initiators.length).fill(-1);
    this.#keepsBusyAfterSuccess = keepsBusyAfterSuccess;
    this.#free = initiators.length;
    for (const [slot, initiator] of initiators.entries()) {
      this.#slotByPeer.set(initiator.peerId, slot);
      this.#slotByPosition.set(initiator.position, slot);
    }
  }

  /** Negotiations started that neither failed nor succeeded, or whose pings are not over. */
  get inFlight(): number {
    return this.#inFlight;
  }

  /** Place in `initiators` of the one at this position of the run; undefined when it lives elsewhere. */
  slotAt(position: number): number | undefined {
    return this.#slotByPosition.get(position);
  }

  /** Place in `initiators` of a peer; undefined for one that does not initiate here. */
  slotOf(peerId: number): number | undefined {
    return this.#slotByPeer.get(peerId);
  }

  /** Whether a negotiation is the one that an initiator is busy with, or was last. */
  isCurrent(slot: number, negotiation: number): boolean {
    return this.#negotiations[slot] === negotiation;
  }

  /** Whether a peer has started what has neither failed nor succeeded, or pings. */
  isInFlight(peerId: number): boolean {
    const slot = this.#slotByPeer.get(peerId);
    return slot !== undefined && isInFlight(this.#states[slot]!);
  }

  isFree(slot: number): boolean {
    return this.#states[slot] === FREE || this.#states[slot] === ESTABLISHED;
  }

  /** True when a tunnel of an earlier negotiation is up and nobody will take it down but us. */
  hasTunnel(slot: number): boolean {
    return this.#states[slot] === ESTABLISHED;
  }

  /** `slot` when it is free, else the next free one after it, going round; undefined when all are busy. */
  freeFrom(slot: number): number | undefined {
    if (this.#free === 0) return undefined;
    const count = this.#states.length;
    for (let step = 0; step < count; step++) {
      const candidate = slot + step < count ? slot + step : slot + step - count;
      if (this.isFree(candidate)) return candidate;
    }
    return undefined;
  }

  started(slot: number, negotiation: number): void {
    if (this.isFree(slot)) this.#free--;
    this.#states[slot] = NEGOTIATING;
    this.#negotiations[slot] = negotiation;
    this.#inFlight++;
  }

  /**
   * Moves a peer on. Returns its slot when the fact made it free, else undefined. Facts about
   * earlier negotiations, and of peers that do not initiate, change nothing.
   */
  note(fact: Fact, peerId: number): number | undefined {
    if (
      fact.type !== 'negotiation.succeeded' &&
      fact.type !== 'negotiation.failed' &&
      fact.type !== 'pings.finished' &&
      fact.type !== 'negotiation.closed'
    ) {
      return undefined;
    }
    const slot = this.#slotByPeer.get(peerId);
    if (slot === undefined || this.#negotiations[slot] !== fact.negotiation) return undefined;
    const before = this.#states[slot] as number;
    if (fact.type === 'pings.finished' && before !== PINGING) return undefined;
    const wasFree = this.isFree(slot);
    const after = this.#stateAfter(fact.type, this.initiators[slot]?.pings === true);
    if (isInFlight(before) && !isInFlight(after)) this.#inFlight--;
    this.#states[slot] = after;
    if (wasFree || !this.isFree(slot)) return undefined;
    this.#free++;
    return slot;
  }

  #stateAfter(type: EndingFact, pings: boolean): number {
    if (type === 'negotiation.failed' || type === 'negotiation.closed') return FREE;
    if (type === 'negotiation.succeeded' && pings) return PINGING;
    return this.#keepsBusyAfterSuccess ? HOLDING : ESTABLISHED;
  }
}

type EndingFact = 'negotiation.succeeded' | 'negotiation.failed' | 'negotiation.closed' | 'pings.finished';

function isInFlight(state: number): boolean {
  return state === NEGOTIATING || state === PINGING;
}

const FREE = 0;
const NEGOTIATING = 1;
/** The tunnel is up until the peer's own hold time is over. */
const HOLDING = 2;
/** The tunnel is up until the peer is needed again. */
const ESTABLISHED = 3;
/** The tunnel is up, and pings go through it. */
const PINGING = 4;
