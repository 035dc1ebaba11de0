/** One phase 1 SA of a peer with all that hangs on it: its exchange, its quick modes, its child SAs. */
import type { ChildSa } from '../ike/v1/child-sa.ts';
import type { IsakmpSa } from '../ike/v1/isakmp-sa.ts';
import type { FragmentReassembler } from '../ike/wire/fragment.ts';
import type { Phase1Exchange } from './exchange/phase1-exchange.ts';
import type { QuickModeExchange } from './exchange/quick-mode-exchange.ts';
import type { Liveness } from './liveness.ts';
import type { Ns, Timer } from './timer.ts';

/** What an initiator was told to set up. */
export interface Negotiation {
  readonly number: number;
  readonly plannedNs: Ns;
  readonly startedNs: Ns;
  childrenLeft: number;
}

export interface EstablishedChild {
  readonly child: ChildSa;
  readonly expiresNs: Ns;
  /** At an initiator that rekeys. */
  rekeyTimer: Timer | undefined;
}

export interface SaEntry {
  readonly sa: IsakmpSa;
  /** Of the other end when the SA began; a NAT may move it later. */
  readonly address: string;
  /** Set once, right after the entry is made. */
  phase1: Phase1Exchange | undefined;
  state: 'half-open' | 'established' | 'dead';
  /** Present at the initiator. */
  readonly negotiation: Negotiation | undefined;
  readonly quickModes: Map<number, QuickModeExchange>;
  /** Message IDs of quick modes that are over, so that a replay does not start another one. */
  spentMessageIds: Set<number> | undefined;
  readonly children: EstablishedChild[];
  lifetimeTimer: Timer | undefined;
  /** At an initiator that rekeys. */
  rekeyTimer: Timer | undefined;
  liveness: Liveness | undefined;
  /** When the last authenticated message came. */
  lastHeardNs: Ns;
  /** Made when the first fragment comes. */
  reassembler: FragmentReassembler | undefined;
  /** The established SA that this one is to replace. */
  readonly replaces: SaEntry | undefined;
  expiresNs: Ns;
}

export interface SaEntryOrigin {
  readonly negotiation?: Negotiation;
  readonly replaces?: SaEntry;
}

export function createSaEntry(sa: IsakmpSa, { negotiation, replaces }: SaEntryOrigin = {}): SaEntry {
  return {
    sa,
    address: sa.remote.address,
    phase1: undefined,
    state: 'half-open',
    negotiation,
    quickModes: new Map(),
    spentMessageIds: undefined,
    children: [],
    lifetimeTimer: undefined,
    rekeyTimer: undefined,
    liveness: undefined,
    lastHeardNs: 0,
    reassembler: undefined,
    replaces,
    expiresNs: Infinity,
  };
}

/** Remembered at most; the oldest are forgotten first. */
const SPENT_MESSAGE_IDS_MAX = 1024;

/** Lets go of quick modes that ended so long ago that no duplicate of them can come any more. */
export function pruneQuickModes(entry: SaEntry, endedBeforeNs: Ns): void {
  for (const [messageId, exchange] of entry.quickModes) {
    if (exchange.finishedNs === undefined || exchange.finishedNs >= endedBeforeNs) continue;
    entry.quickModes.delete(messageId);
    entry.spentMessageIds ??= new Set();
    entry.spentMessageIds.add(messageId);
  }
  const spent = entry.spentMessageIds;
  if (spent === undefined) return;
  for (const messageId of spent) {
    if (spent.size <= SPENT_MESSAGE_IDS_MAX) break;
    spent.delete(messageId);
  }
}
