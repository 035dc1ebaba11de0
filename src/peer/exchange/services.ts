/** What an exchange may ask of the peer that it belongs to. */
import type { Endpoint } from '../../ike/endpoint.ts';
import type { ChildSa } from '../../ike/v1/child-sa.ts';
import type { IsakmpSa, Phase1Setting } from '../../ike/v1/isakmp-sa.ts';
import type { Phase2Setting } from '../../ike/v1/quick-mode.ts';
import type { StartChart } from '../chart.ts';
import type { DropReason, Fact, FailureCause } from '../fact.ts';
import type { PeerPolicy } from '../policy.ts';
import type { DataPlane } from '../data/data-plane.ts';
import type { ChildTable } from '../child-table.ts';
import type { InitiatorLife } from '../initiator-life.ts';
import type { ResponderLife } from '../responder-life.ts';
import type { RevocationLists } from '../revocation-lists.ts';
import type { SaEntry } from '../sa-entry.ts';
import type { SaTable } from '../sa-table.ts';
import type { ServerQuestions } from '../server-question.ts';
import type { Ns, Timer } from '../timer.ts';
import type { AddressPool } from '../address-pool.ts';
import type { QuickModeExchange } from './quick-mode-exchange.ts';
import type { TransactionInitiator } from './transaction-exchange.ts';

/** News for the peer, handled after the event at hand, in order: charts never run inside one another. */
export type Notice =
  | { readonly type: 'phase1.established'; readonly entry: SaEntry; readonly hasInitialContact: boolean }
  | { readonly type: 'phase1.failed'; readonly entry: SaEntry; readonly cause: FailureCause }
  | { readonly type: 'child.established'; readonly entry: SaEntry; readonly exchange: QuickModeExchange }
  | {
      readonly type: 'child.failed';
      readonly entry: SaEntry;
      readonly exchange: QuickModeExchange;
      readonly cause: FailureCause;
    }
  /** The server said whether the certificate of the other end was revoked, or did not. */
  | { readonly type: 'revocation.told'; readonly entry: SaEntry }
  /** A request or set of our own got its answer. */
  | {
      readonly type: 'transaction.answered';
      readonly entry: SaEntry;
      readonly exchange: TransactionInitiator;
    }
  | { readonly type: 'transaction.failed'; readonly entry: SaEntry; readonly cause: FailureCause }
  /** The user is logged in, the address is still to come. */
  | { readonly type: 'access.configuring'; readonly entry: SaEntry }
  /** A client has all that it needs for quick mode. */
  | { readonly type: 'access.granted'; readonly entry: SaEntry }
  | { readonly type: 'access.failed'; readonly entry: SaEntry; readonly cause: FailureCause }
  /** Traffic has come near a limit, or reached it. */
  | {
      readonly type: 'child.rekey-due' | 'child.traffic-over';
      readonly entry: SaEntry;
      readonly child: ChildSa;
    }
  | { readonly type: 'phase1.rekey-due' | 'phase1.traffic-over'; readonly entry: SaEntry }
  /** An ESP packet that came before the other end said that it is ready. */
  | {
      readonly type: 'packet.early';
      readonly entry: SaEntry;
      readonly octets: Uint8Array;
      readonly own: Endpoint;
      readonly remote: Endpoint;
    }
  | { readonly type: 'sa.lost'; readonly entry: SaEntry; readonly reason: LossReason };

/** The other end deleted the SA, or all child SAs of a tunnel of ours, or does not answer any more. */
export type LossReason = 'deleted-by-peer' | 'childless' | 'dead';

export interface PeerServices {
  readonly id: number;
  /** Where the peer lives when no NAT made it float. */
  readonly endpoint: Endpoint;
  readonly policy: PeerPolicy;
  readonly setting: Phase1Setting & Phase2Setting;
  readonly startChart: StartChart;
  /** What a gateway lends to its clients. */
  readonly addressPool: AddressPool | undefined;
  readonly children: ChildTable;
  /** What is asked of servers of users and of revocation lists. */
  readonly questions: ServerQuestions;
  readonly revocations: RevocationLists;
  /** Time of the event at hand. */
  readonly nowNs: Ns;
  send(sa: IsakmpSa, octets: Uint8Array, isRetransmission: boolean): void;
  /** Sends the single octet that keeps a NAT mapping open (RFC 3948 §2.3). */
  sendKeepalive(sa: IsakmpSa): void;
  /** Sends an ESP packet; the ports of the two ends say whether it goes in UDP. */
  sendPacket(own: Endpoint, remote: Endpoint, octets: Uint8Array): void;
  setTimer(timer: Timer, dueNs: Ns): void;
  cancelTimer(timer: Timer): void;
  record(fact: Fact): void;
  drop(reason: DropReason): void;
  later(notice: Notice): void;
}

/** What a timer's `subject` is inside a peer. */
export interface TimerSubject {
  timerFired(timer: Timer): void;
}

/** A peer as the code sees it that lies between its exchanges and the two halves of its life. */
export interface PeerParts extends PeerServices {
  readonly table: SaTable;
  readonly initiator: InitiatorLife;
  readonly responder: ResponderLife;
  readonly data: DataPlane;
}
