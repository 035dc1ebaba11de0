/**
 * Adds up what the handling of one event costs, operation by operation, by a calibration card. Whoever
 * does something tells the ledger in passing, without an object for it: see
 * docs/decisions on accounting for work.
 */
import type { Ns } from '../peer/timer.ts';
import type { CalibrationCard } from './calibration-card.ts';

export interface OperationUse {
  calls: number;
  octets: number;
  /** Calls whose octets the card does not cover. */
  outOfRange: number;
}

/** Charges one call of an operation. */
export type Charge = (octets: number) => void;

export interface WorkLedgerSetup {
  readonly card: CalibrationCard;
  /** How many times as fast as the card's computer this one is; default 1. */
  readonly speed?: number;
  /** Operations that wait for another server, and for how long. */
  readonly blockingNs?: Readonly<Record<string, Ns>>;
}

export class WorkLedger {
  /** Of all operations that were ever asked for; those that the card does not have cost nothing. */
  readonly uses = new Map<string, OperationUse>();
  /** Operations that were charged and are not on the card. */
  readonly unknown = new Set<string>();
  readonly #setup: WorkLedgerSetup;
  readonly #slowness: number;
  #ns = 0;
  #blockedNs: Ns = 0;

  constructor(setup: WorkLedgerSetup) {
    this.#setup = setup;
    this.#slowness = 1 / (setup.speed ?? 1);
  }

  /** How to charge an operation; ask once and keep it. */
  account(operation: string): Charge {
    let use = this.uses.get(operation);
    if (use === undefined) this.uses.set(operation, (use = { calls: 0, octets: 0, outOfRange: 0 }));
    return this.#chargeOf(operation, use);
  }

  /** Something waits for another server, if what it does is said to. */
  wait(operation: string): void {
    this.#blockedNs += this.#setup.blockingNs?.[operation] ?? 0;
  }

  /** Work charged since the last time, in whole nanoseconds, so that it does not depend on who else charges. */
  takeNs(): Ns {
    const ns = Math.round(this.#ns);
    this.#ns = 0;
    return ns;
  }

  /** Waits for other servers since the last time. */
  takeBlockedNs(): Ns {
    const ns = this.#blockedNs;
    this.#blockedNs = 0;
    return ns;
  }

  #chargeOf(operation: string, use: OperationUse): Charge {
    const cost = this.#setup.card.operations[operation];
    if (cost === undefined) {
      return (octets) => {
        this.unknown.add(operation);
        use.calls++;
        use.octets += octets;
      };
    }
    const callNs = cost.callNs * this.#slowness;
    const octetNs = cost.octetNs * this.#slowness;
    const { octetsMinimum, octetsMaximum } = cost;
    return (octets) => {
      this.#ns += callNs + octetNs * octets;
      use.calls++;
      use.octets += octets;
      if (octets < octetsMinimum || octets > octetsMaximum) use.outOfRange++;
    };
  }
}
