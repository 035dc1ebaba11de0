/**
 * Which of a worker's initiators are connected, and how long those took to come back that a
 * disturbance had to do with. Of a storm that is everybody who starts. Else a peer is affected when it
 * started, or was in the midst of, a negotiation between the beginning and the end of the disturbance,
 * or lost its tunnel to a dead peer or a failed rekeying from its beginning on. It is back with its
 * next success; one before the end of the disturbance counts as back at the end, unless its tunnel is
 * lost again.
 */
import type { Fact } from '../peer/fact.ts';
import type { Ns } from '../peer/timer.ts';
import type { Disturbance } from './disturbance.ts';
import { LatencyHistogram, type HistogramSnapshot } from './histogram.ts';

/** What a worker knows of its peers; parts of several workers can be added up. */
export interface ConnectionSnapshot {
  /** Peers that the disturbance had to do with. */
  readonly affected: number;
  /** Of those, how many never came back and negotiate at the moment, or will try again. */
  readonly trying: number;
  /** End of the disturbance to connected, of those that came back. */
  readonly back: HistogramSnapshot;
}

export interface ConnectionLogSetup {
  /** Of the whole run: facts name peers by their numbers. */
  readonly peers: number;
  /** On the clock of the facts; absent: only the number of connected peers is followed. */
  readonly disturbance?: Disturbance;
  /** The number of connected peers has changed. */
  onChange(by: number, timeNs: Ns): void;
}

const CONNECTED = 1;
const NEGOTIATING = 2;
const AFFECTED = 4;
const ON_THE_WAY = 8;

export class ConnectionLog {
  readonly #setup: ConnectionLogSetup;
  /** A set of the bits above for each peer. */
  readonly #states: Uint8Array;
  /** When a peer came back; NaN: it has not. Empty without a disturbance. */
  readonly #backNs: Float64Array;
  readonly #startNs: Ns;
  readonly #endNs: Ns;
  /** Who starts up to then is affected. */
  readonly #lastStartNs: Ns;
  #affected = 0;

  constructor(setup: ConnectionLogSetup) {
    this.#setup = setup;
    this.#states = new Uint8Array(setup.peers);
    this.#backNs = new Float64Array(setup.disturbance === undefined ? 0 : setup.peers).fill(Number.NaN);
    this.#startNs = setup.disturbance?.startNs ?? Infinity;
    this.#endNs = setup.disturbance?.endNs ?? Infinity;
    this.#lastStartNs = setup.disturbance?.kind === 'storm' ? Infinity : this.#endNs;
  }

  /** Takes a fact of a peer; those that say nothing of its tunnel change nothing. */
  note(fact: Fact, peerId: number, nowNs: Ns): void {
    switch (fact.type) {
      case 'negotiation.started':
        return this.#started(peerId, nowNs);
      case 'negotiation.succeeded':
        return this.#succeeded(peerId, nowNs);
      case 'negotiation.failed':
        this.#disturb(peerId, nowNs);
        this.#states[peerId]! &= ~NEGOTIATING;
        return;
      case 'negotiation.closed':
        if (fact.wasLost === true) this.#lost(peerId, nowNs);
        return this.#disconnect(peerId, nowNs);
      case 'lifecycle':
        if (fact.event === 'peer-dead' || fact.event === 'rekey-failed') this.#lost(peerId, nowNs);
        return;
      default:
    }
  }

  /** An initiator that failed or lost its tunnel will try again, or does so no more: it is back, or gave up. */
  comesBack(peerId: number, isOnTheWay: boolean): void {
    if (isOnTheWay) this.#states[peerId]! |= ON_THE_WAY;
    else this.#states[peerId]! &= ~ON_THE_WAY;
  }

  snapshot(): ConnectionSnapshot {
    const back = new LatencyHistogram();
    let trying = 0;
    if (this.#affected > 0) {
      for (const [peerId, backNs] of this.#backNs.entries()) {
        if (backNs >= 0) back.record(backNs);
        else if ((this.#states[peerId]! & AFFECTED) !== 0 && (this.#states[peerId]! & TRYING) !== 0) trying++;
      }
    }
    return { affected: this.#affected, trying, back: back.snapshot() };
  }

  #started(peerId: number, nowNs: Ns): void {
    this.#states[peerId]! |= NEGOTIATING;
    if (nowNs >= this.#startNs && nowNs <= this.#lastStartNs) this.#affect(peerId);
  }

  /** What began before the disturbance and ends in it. */
  #disturb(peerId: number, nowNs: Ns): void {
    if (nowNs >= this.#startNs && nowNs <= this.#endNs) this.#affect(peerId);
  }

  #succeeded(peerId: number, nowNs: Ns): void {
    this.#disturb(peerId, nowNs);
    const before = this.#states[peerId]!;
    this.#states[peerId] = (before | CONNECTED) & ~NEGOTIATING;
    if ((before & CONNECTED) === 0) this.#setup.onChange(1, nowNs);
    if ((before & AFFECTED) === 0 || this.#backNs[peerId]! >= 0) return;
    this.#backNs[peerId] = Math.max(0, nowNs - this.#endNs);
  }

  #lost(peerId: number, nowNs: Ns): void {
    // A gateway that gives up a host has lost no tunnel of its own.
    if (nowNs < this.#startNs || (this.#states[peerId]! & CONNECTED) === 0) return;
    this.#affect(peerId);
    this.#backNs[peerId] = Number.NaN;
  }

  #disconnect(peerId: number, nowNs: Ns): void {
    const before = this.#states[peerId]!;
    if ((before & CONNECTED) === 0) return;
    this.#states[peerId] = before & ~CONNECTED;
    this.#setup.onChange(-1, nowNs);
  }

  #affect(peerId: number): void {
    const state = this.#states[peerId]!;
    if ((state & AFFECTED) !== 0) return;
    this.#states[peerId] = state | AFFECTED;
    this.#affected++;
  }
}

const TRYING = NEGOTIATING | ON_THE_WAY;

/** Adds up what workers know. */
export function addConnections(parts: readonly ConnectionSnapshot[]): ConnectionSnapshot {
  const back = new LatencyHistogram();
  let affected = 0;
  let trying = 0;
  for (const part of parts) {
    affected += part.affected;
    trying += part.trying;
    back.add(part.back);
  }
  return { affected, trying, back: back.snapshot() };
}
