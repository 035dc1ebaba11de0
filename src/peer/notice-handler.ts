/** What follows when an exchange is over: facts, lifetimes, and news for the charts of the peer's life. */
import type { ChildSa } from '../ike/v1/child-sa.ts';
import { keysOf } from '../ike/v1/isakmp-sa.ts';
import { encryptionKeyword } from '../ike/transform.ts';
import type { QuickModeExchange } from './exchange/quick-mode-exchange.ts';
import type { Notice, PeerServices, TimerSubject } from './exchange/services.ts';
import type { FailureCause } from './fact.ts';
import type { InitiatorLife } from './initiator-life.ts';
import type { ResponderLife } from './responder-life.ts';
import type { SaEntry } from './sa-entry.ts';
import { deleteSa, forgetSa } from './sa-removal.ts';
import type { SaTable } from './sa-table.ts';
import { createTimer, NS_PER_S } from './timer.ts';

export class NoticeHandler {
  readonly #services: PeerServices;
  readonly #table: SaTable;
  readonly #initiator: InitiatorLife;
  readonly #responder: ResponderLife;

  constructor(services: PeerServices, table: SaTable, initiator: InitiatorLife, responder: ResponderLife) {
    this.#services = services;
    this.#table = table;
    this.#initiator = initiator;
    this.#responder = responder;
  }

  handle(notice: Notice): void {
    const { entry } = notice;
    // Something earlier in the same event may have ended the SA.
    if (entry.state === 'dead') return;
    switch (notice.type) {
      case 'phase1.established':
        return this.#phase1Established(entry, notice.hasInitialContact);
      case 'phase1.failed':
        return this.#phase1Failed(entry, notice.cause);
      case 'child.established':
        return this.#childEstablished(entry, notice.exchange);
      case 'child.failed':
        return this.#childFailed(entry, notice.cause);
      case 'sa.lost':
        return this.#lost(entry);
    }
  }

  #phase1Established(entry: SaEntry, hasInitialContact: boolean): void {
    const services = this.#services;
    const { nowNs, policy } = services;
    if (!entry.sa.isInitiator) this.#table.halfOpenCount--;
    entry.state = 'established';
    entry.expiresNs = nowNs + policy.ikeLifetimeS * NS_PER_S;
    this.#armLifetime(entry);
    this.#reportPhase1Keys(entry);
    const { negotiation } = entry;
    if (negotiation === undefined) {
      services.record({ type: 'responder.phase1.established' });
      if (hasInitialContact) this.#responder.forgetStale(entry);
      this.#responder.checkLimit();
      return;
    }
    const elapsedNs = nowNs - negotiation.startedNs;
    services.record({ type: 'phase1.established', plannedNs: negotiation.plannedNs, elapsedNs });
    if (this.#initiator.owns(entry)) this.#initiator.phase1Established();
  }

  #phase1Failed(entry: SaEntry, cause: FailureCause): void {
    if (entry.negotiation !== undefined) {
      this.#initiator.send({ type: 'negotiation.failed', cause });
      return;
    }
    this.#services.record({ type: 'responder.failed', cause });
    forgetSa(this.#services, this.#table, entry);
    this.#responder.checkLimit();
  }

  #childEstablished(entry: SaEntry, exchange: QuickModeExchange): void {
    const services = this.#services;
    const { nowNs, policy } = services;
    const { child } = exchange;
    if (child === undefined) return;
    entry.children.push({ child, expiresNs: nowNs + policy.espLifetimeS * NS_PER_S });
    this.#table.childCount++;
    this.#armLifetime(entry);
    this.#reportChildKeys(entry, child);
    const { negotiation } = entry;
    if (negotiation === undefined) {
      services.record({ type: 'responder.phase2.established' });
      return;
    }
    const elapsedNs = nowNs - exchange.startedNs;
    services.record({ type: 'phase2.established', plannedNs: negotiation.plannedNs, elapsedNs });
    if (this.#initiator.owns(entry)) this.#initiator.childEstablished();
  }

  #childFailed(entry: SaEntry, cause: FailureCause): void {
    if (entry.negotiation === undefined) this.#services.record({ type: 'responder.failed', cause });
    else this.#initiator.send({ type: 'negotiation.failed', cause });
  }

  /** The other end deleted the SA: what is left of it here goes without a word. */
  #lost(entry: SaEntry): void {
    const isOwn = this.#initiator.owns(entry);
    const isInFlight = isOwn && this.#initiator.state !== 'established';
    if (isInFlight) return this.#initiator.send({ type: 'negotiation.failed', cause: 'deleted-by-peer' });
    forgetSa(this.#services, this.#table, entry);
    if (isOwn) this.#loseTunnel();
    else this.#responder.checkLimit();
  }

  #loseTunnel(): void {
    this.#initiator.lose();
    this.#initiator.send({ type: 'sa.lost' });
  }

  #armLifetime(entry: SaEntry): void {
    let dueNs = entry.expiresNs;
    for (const { expiresNs } of entry.children) dueNs = Math.min(dueNs, expiresNs);
    if (entry.lifetimeTimer === undefined) {
      const subject: TimerSubject = { timerFired: () => this.#expire(entry) };
      entry.lifetimeTimer = createTimer(this.#services.id, 'lifetime', subject);
    }
    this.#services.setTimer(entry.lifetimeTimer, dueNs);
  }

  /** Ends what is older than its lifetime; to an initiator the tunnel ends with its last child SA. */
  #expire(entry: SaEntry): void {
    const { nowNs } = this.#services;
    const alive = entry.children.filter(({ expiresNs }) => expiresNs > nowNs);
    const isChildless = alive.length === 0 && entry.children.length > 0;
    if (entry.expiresNs > nowNs && !(isChildless && entry.sa.isInitiator)) {
      this.#table.childCount -= entry.children.length - alive.length;
      entry.children.splice(0, entry.children.length, ...alive);
      return this.#armLifetime(entry);
    }
    const isOwn = this.#initiator.owns(entry);
    deleteSa(this.#services, this.#table, entry);
    if (isOwn) this.#loseTunnel();
  }

  #reportPhase1Keys(entry: SaEntry): void {
    if (!this.#services.policy.reportKeys) return;
    const { initiatorCookie, responderCookie } = entry.sa;
    const keys = { initiatorCookie, responderCookie, ...keysOf(entry.sa) };
    this.#services.record({ type: 'keys.phase1', keys });
  }

  #reportChildKeys(entry: SaEntry, child: ChildSa): void {
    if (!this.#services.policy.reportKeys) return;
    const own = entry.sa.own.address;
    const remote = entry.sa.remote.address;
    const encryption = encryptionKeyword(child.transform);
    const integrity = child.transform.integrity ?? '';
    this.#services.record({
      type: 'keys.child',
      initiatorCookie: entry.sa.initiatorCookie,
      messageId: child.messageId,
      keys: [
        { ...child.outbound, source: own, destination: remote, encryption, integrity },
        { ...child.inbound, source: remote, destination: own, encryption, integrity },
      ],
    });
  }
}
