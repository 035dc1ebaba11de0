/**
 * What a runtime in virtual time asks about the computers that peers run on: when the handling of an
 * event begins, and when it ends. A peer without a computer handles everything at once. One with a
 * computer is driven like this, all at times of the simulation:
 *
 *     event ──▶ offer ──▶ (waits) ──▶ next: 'begin' ──▶ the peer handles it ──▶ handled ──▶ next: 'end'
 *
 * The peer's code runs at the beginning of the handling: its state and its timers change then. What
 * it sends and reports is let out at the end. How long that takes is known to the model from what the
 * peer did between `next` and `handled`, which it meters itself (the operations of the crypto suite,
 * the events and effects). So threads, cores, priorities, blocking calls and lost datagrams are all
 * the model's business, and queueing and time are the runtime's.
 */
import type { Effect } from '../peer/effect.ts';
import type { PeerEvent } from '../peer/event.ts';
import type { Ns } from '../peer/timer.ts';

/** What a computer does next. */
export type ComputerStep =
  /** The peer is to handle `event` now; the runtime answers with `handled` before it asks for the next step. */
  | { readonly type: 'begin'; readonly peer: number; readonly event: PeerEvent }
  /** Handling has ended: `effects` of `peer`, as given to `handled`, become visible now. */
  | { readonly type: 'end'; readonly peer: number; readonly effects: readonly Effect[] };

/** The computer of one peer, or of several in the same worker. All of its state belongs to that worker. */
export interface Computer {
  /** The peer in whose name it orders its steps: its only one, or the first of them. */
  readonly owner: number;
  /** An event for a peer that runs here. Returns why it is lost (a full receive queue), which is counted under this name. */
  offer(peer: number, event: PeerEvent, nowNs: Ns): string | undefined;
  /** When the next step is due, not before the time of the latest call; undefined: nothing until something is offered. */
  nextDueNs(): Ns | undefined;
  /** Takes a step that is due at `nowNs`; undefined when none is. Called until it says undefined. */
  next(nowNs: Ns): ComputerStep | undefined;
  /**
   * The peer has handled the event of the last 'begin'. `effects` are what is visible to others
   * (sendings and facts); the list now belongs to the computer. Empty for a timer that was cancelled
   * while it waited: the peer never saw it.
   */
  handled(effects: readonly Effect[], nowNs: Ns): void;
  /** The machine stops, and everything on it is lost. One that several peers share does not crash. */
  crash(nowNs: Ns): LostWork;
}

/** What was on a machine when it crashed. */
export interface LostWork {
  /** Offered, and not begun. */
  readonly events: readonly PeerEvent[];
  /** Of what was begun and not ended. */
  readonly effects: readonly Effect[];
}

export interface CpuModel {
  /** The computer of a peer that lives in this worker, the same one each time; undefined: it handles everything at once. */
  computerOf(peer: number): Computer | undefined;
}

/** Computing takes no time, for anybody. */
export const FREE_CPU: CpuModel = { computerOf: () => undefined };
