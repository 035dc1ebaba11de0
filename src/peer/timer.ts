/** Timers as data: a peer asks for them through effects, a runtime fires them as events. */

/** Integer nanoseconds on the runtime's monotonic clock; exact up to 2^53 (104 days). */
export type Ns = number;

export const NS_PER_MS = 1_000_000;
export const NS_PER_S = 1_000_000_000;

export type TimerKind =
  | 'retransmit'
  | 'half-open'
  | 'access'
  | 'hold'
  | 'lifetime'
  | 'rekey'
  | 'dpd'
  | 'keepalive'
  | 'ping'
  | 'misbehaviour';

/**
 * One timer. The peer creates the object and may arm it again after it fired or was cancelled;
 * arming an armed timer moves it. `slot` belongs to the runtime's timer queue (-1: not armed).
 */
export interface Timer {
  readonly peer: number;
  readonly kind: TimerKind;
  /** The exchange or SA inside the peer that it belongs to; opaque to the runtime. Another one stands in for an SA that is parked. */
  subject: unknown;
  dueNs: Ns;
  slot: number;
}

export function createTimer(peer: number, kind: TimerKind, subject: unknown): Timer {
  return { peer, kind, subject, dueNs: 0, slot: -1 };
}
