/** One phase 1 SA of a peer with all that hangs on it: its exchange, its quick modes, its child SAs. */
import type { ChildSa } from '../ike/v1/child-sa.ts';
import type { IsakmpSa } from '../ike/v1/isakmp-sa.ts';
import type { FragmentReassembler } from '../ike/wire/fragment.ts';
import type { ClientConfiguration } from '../ike/v1/mode-config.ts';
import type { Phase2Setting } from '../ike/v1/quick-mode.ts';
import type { Access } from './access.ts';
import type { Lease } from './address-pool.ts';
import type { FinishedExchange } from './exchange/finished-exchange.ts';
import type { Phase1Exchange } from './exchange/phase1-exchange.ts';
import type { QuickModeExchange } from './exchange/quick-mode-exchange.ts';
import type { TransactionExchange } from './exchange/transaction-exchange.ts';
import type { ChildTunnel } from './data/child-tunnel.ts';
import type { Liveness } from './liveness.ts';
import type { Ns, Timer } from './timer.ts';
import type { TrafficLimit } from './traffic-limit.ts';

/** What an initiator was told to set up. */
export interface Negotiation {
  readonly number: number;
  readonly plannedNs: Ns;
  readonly startedNs: Ns;
  childrenLeft: number;
}

export interface EstablishedChild {
  readonly child: ChildSa;
  readonly establishedNs: Ns;
  expiresNs: Ns;
  /** Octets of ESP packets; see `countProtected`. */
  traffic: TrafficLimit;
  /** At a peer that rekeys. */
  rekeyTimer: Timer | undefined;
  /** SPI that the one received on which it took the place of. */
  predecessorSpi: number | undefined;
  /** Packets of ours go over the one that it replaces until then. */
  usedFromNs: Ns;
  /** Made with the first packet that it carries. */
  tunnel: ChildTunnel | undefined;
}

export interface SaEntry {
  readonly sa: IsakmpSa;
  /** Of the other end when the SA began; a NAT may move it later. */
  readonly address: string;
  /** Set right after the entry is made, and again when the exchange has established the SA. */
  phase1: Phase1Exchange | FinishedExchange | undefined;
  state: 'half-open' | 'established' | 'dead';
  /** Present at the initiator. */
  readonly negotiation: Negotiation | undefined;
  readonly quickModes: Map<number, QuickModeExchange | FinishedExchange>;
  /** Transaction exchanges; made with the first one. */
  transactions: Map<number, TransactionExchange> | undefined;
  /** A transaction that is let go of had to be sent again by time. */
  hasRepeatedTransactions: boolean;
  /** Login and configuration; present where there is one of them. */
  access: Access | undefined;
  /** At a client: what the gateway gave it. */
  configuration: ClientConfiguration | undefined;
  /** At a gateway: what it gave the client. */
  lease: Lease | undefined;
  /** Of quick modes with an address from mode-config; otherwise the peer's own setting holds. */
  phase2Setting: Phase2Setting | undefined;
  /** Message IDs of exchanges after phase 1 that are over, so that a replay does not start another one. */
  spentMessageIds: Set<number> | undefined;
  /** The same of informational messages, those of our own included. */
  spentInformationalIds: Set<number> | undefined;
  children: EstablishedChild[];
  lifetimeTimer: Timer | undefined;
  /** At a peer that rekeys. */
  rekeyTimer: Timer | undefined;
  liveness: Liveness | undefined;
  /** When the last authenticated message came. */
  lastHeardNs: Ns;
  /** Sequence number of the last R-U-THERE that came. */
  lastAskedSequence: number | undefined;
  /** Made when the first fragment comes. */
  reassembler: FragmentReassembler | undefined;
  /** Whether the SA was begun to replace another one. */
  readonly isReplacement: boolean;
  /** The established SA that this one is to replace, until it has. */
  replaces: SaEntry | undefined;
  /** The SA that is to replace this one, once it has begun. */
  successor: SaEntry | undefined;
  /** Those whose successor this one is, some of them gone by now. */
  succeeds: SaEntry[] | undefined;
  establishedNs: Ns;
  expiresNs: Ns;
  /** Octets of encrypted messages; there where the lifetime has a limit of them. */
  traffic: TrafficLimit | undefined;
}

export interface SaEntryOrigin {
  readonly negotiation?: Negotiation;
  readonly replaces?: SaEntry;
  /** Of an SA that was parked; otherwise they follow from the rest. */
  readonly parked?: Pick<SaEntry, 'address' | 'isReplacement'>;
}

export function createSaEntry(sa: IsakmpSa, { negotiation, replaces, parked }: SaEntryOrigin = {}): SaEntry {
  return {
    sa,
    address: parked?.address ?? sa.remote.address,
    phase1: undefined,
    state: 'half-open',
    negotiation,
    quickModes: new Map(),
    transactions: undefined,
    hasRepeatedTransactions: false,
    access: undefined,
    configuration: undefined,
    lease: undefined,
    phase2Setting: undefined,
    spentMessageIds: undefined,
    spentInformationalIds: undefined,
    children: [],
    lifetimeTimer: undefined,
    rekeyTimer: undefined,
    liveness: undefined,
    lastHeardNs: 0,
    lastAskedSequence: undefined,
    reassembler: undefined,
    isReplacement: parked?.isReplacement ?? replaces !== undefined,
    replaces,
    successor: undefined,
    succeeds: undefined,
    establishedNs: 0,
    expiresNs: Infinity,
    traffic: undefined,
  };
}

/** Lets go of messages of which fragments are missing. */
export function forgetFragments(entry: SaEntry): void {
  entry.reassembler?.clear();
  entry.reassembler = undefined;
}

/** Remembered at most; the oldest are forgotten first. */
const SPENT_MESSAGE_IDS_MAX = 1024;
/** Fewer, because dead peer detection has sequence numbers besides, and other messages name what is gone by then. */
const SPENT_INFORMATIONAL_IDS_MAX = 256;

/** Lets go of quick modes that ended so long ago that no duplicate of them can come any more. */
export function pruneQuickModes(entry: SaEntry, endedBeforeNs: Ns): void {
  for (const [messageId, exchange] of entry.quickModes) {
    if (exchange.finishedNs === undefined || exchange.finishedNs >= endedBeforeNs) continue;
    entry.quickModes.delete(messageId);
    spendMessageId(entry, messageId);
  }
}

/** Remembers that an exchange of this message ID was there. */
export function spendMessageId(entry: SaEntry, messageId: number): void {
  entry.spentMessageIds = spend(entry.spentMessageIds, messageId, SPENT_MESSAGE_IDS_MAX);
}

/** Remembers that there was an informational message of this message ID, of either end. */
export function spendInformationalId(entry: SaEntry, messageId: number): void {
  entry.spentInformationalIds = spend(entry.spentInformationalIds, messageId, SPENT_INFORMATIONAL_IDS_MAX);
}

function spend(spent: Set<number> | undefined, messageId: number, maximum: number): Set<number> {
  if (spent === undefined) return new Set([messageId]);
  spent.add(messageId);
  const [oldest] = spent;
  if (spent.size > maximum && oldest !== undefined) spent.delete(oldest);
  return spent;
}
