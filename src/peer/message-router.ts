/** Finds the SA and the exchange that a message belongs to, or begins a new one. */
import { buildClearNotify, buildInformational, phase1Notify } from '../ike/v1/informational.ts';
import type { Incoming } from '../ike/v1/incoming.ts';
import { drawMessageId } from '../ike/v1/quick-mode.ts';
import { Discard, Refusal } from '../ike/v1/refusal.ts';
import { ExchangeType, HeaderFlag } from '../ike/wire/numbers.ts';
import { equalOctets, isZeroOctets } from '../ike/wire/octets.ts';
import { handleClearInformational, handleInformational } from './exchange/informational-exchange.ts';
import type { Phase1Exchange } from './exchange/phase1-exchange.ts';
import { QuickModeResponder, type QuickModeExchange } from './exchange/quick-mode-exchange.ts';
import type { PeerServices } from './exchange/services.ts';
import type { ResponderLife } from './responder-life.ts';
import { pruneQuickModes, type SaEntry } from './sa-entry.ts';
import { forgetSa } from './sa-removal.ts';
import type { SaTable } from './sa-table.ts';
import { giveUpAfterNs } from '../ike/retransmit.ts';

export class MessageRouter {
  readonly #services: PeerServices;
  readonly #table: SaTable;
  readonly #responder: ResponderLife;

  constructor(services: PeerServices, table: SaTable, responder: ResponderLife) {
    this.#services = services;
    this.#table = table;
    this.#responder = responder;
  }

  route(message: Incoming): void {
    const { header } = message;
    if (isZeroOctets(header.initiatorCookie)) return this.#services.drop('zero-cookie');
    const entry = this.#table.find(header.initiatorCookie);
    if (entry === undefined) return this.#routeToNew(message);
    if (!this.#isOfSa(entry, message)) return this.#services.drop('unknown-sa');
    switch (header.exchangeType) {
      case ExchangeType.identityProtection:
      case ExchangeType.aggressive:
        return this.#routeToPhase1(entry, message);
      case ExchangeType.quickMode:
        return this.#routeToQuickMode(entry, message);
      case ExchangeType.informational:
        return this.#routeInformational(entry, message);
      default:
        return this.#services.drop('unexpected-exchange');
    }
  }

  /** The responder's cookie is right, not known yet, or still missing in a repeated first message. */
  #isOfSa(entry: SaEntry, message: Incoming): boolean {
    const { responderCookie, exchangeType } = message.header;
    if (isZeroOctets(entry.sa.responderCookie)) return true;
    if (equalOctets(responderCookie, entry.sa.responderCookie)) return true;
    const isPhase1 =
      exchangeType === ExchangeType.identityProtection || exchangeType === ExchangeType.aggressive;
    return isPhase1 && !entry.sa.isInitiator && isZeroOctets(responderCookie);
  }

  #routeToNew(message: Incoming): void {
    const { header } = message;
    const isPhase1 =
      header.exchangeType === ExchangeType.identityProtection ||
      header.exchangeType === ExchangeType.aggressive;
    const isFirst = isZeroOctets(header.responderCookie) && (header.flags & HeaderFlag.encryption) === 0;
    if (!isPhase1 || !isFirst) return this.#services.drop('unknown-sa');
    const entry = this.#responder.begin(message);
    if (entry?.phase1 === undefined) return;
    this.#deliver(entry, entry.phase1, message);
    // Nothing came of it: no state is kept for a message that was not even a beginning.
    if (entry.phase1.state === 'idle') forgetSa(this.#services, this.#table, entry);
  }

  #routeToPhase1(entry: SaEntry, message: Incoming): void {
    const mode = message.header.exchangeType === ExchangeType.aggressive ? 'aggressive' : 'main';
    if (mode !== entry.sa.mode || message.header.messageId !== 0 || entry.phase1 === undefined) {
      return this.#services.drop('unexpected-exchange');
    }
    this.#deliver(entry, entry.phase1, message);
  }

  #routeToQuickMode(entry: SaEntry, message: Incoming): void {
    const { messageId } = message.header;
    if (entry.state !== 'established' || messageId === 0) return this.#services.drop('unexpected-state');
    const known = entry.quickModes.get(messageId);
    if (known !== undefined) return this.#deliver(entry, known, message);
    if (entry.spentMessageIds.has(messageId)) return this.#services.drop('duplicate');
    const { policy, nowNs } = this.#services;
    pruneQuickModes(entry, nowNs - giveUpAfterNs(policy.retransmit));
    let inProgress = 0;
    for (const exchange of entry.quickModes.values()) if (exchange.isInProgress) inProgress++;
    if (inProgress >= policy.limits.exchangesPerSa) return this.#services.drop('limit-exchanges');
    const exchange = new QuickModeResponder(this.#services, entry, messageId);
    entry.quickModes.set(messageId, exchange);
    this.#deliver(entry, exchange, message);
    if (exchange.state === 'idle') entry.quickModes.delete(messageId);
  }

  #routeInformational(entry: SaEntry, message: Incoming): void {
    try {
      if ((message.header.flags & HeaderFlag.encryption) === 0)
        return handleClearInformational(entry, message);
      if (entry.sa.keys === undefined) throw new Discard('unexpected-state', 'there are no keys yet');
      handleInformational(this.#services, this.#table, entry, message);
    } catch (error) {
      if (!(error instanceof Discard)) throw error;
      this.#services.drop(error.reason);
    }
  }

  #deliver(entry: SaEntry, exchange: Phase1Exchange | QuickModeExchange, message: Incoming): void {
    try {
      exchange.handle(message);
    } catch (error) {
      if (error instanceof Discard) return this.#services.drop(error.reason);
      if (!(error instanceof Refusal)) {
        // A mistake of ours must not take the other peers of the worker down; it shows in the result.
        return exchange.refuseWith('internal-error');
      }
      this.#tell(entry, error, message);
      exchange.refuseWith(error.cause);
    }
  }

  /** Notifies the other end of a refusal: encrypted when both ends have the same keys, else in clear. */
  #tell(entry: SaEntry, refusal: Refusal, message: Incoming): void {
    if (refusal.notify === undefined) return;
    const { sa } = entry;
    const haveSameKeys = sa.keys !== undefined && (message.header.flags & HeaderFlag.encryption) !== 0;
    if (!haveSameKeys) {
      return this.#services.send(sa, buildClearNotify(sa, message.header.messageId, refusal.notify), false);
    }
    const messageId = drawMessageId(this.#services.setting.random);
    const notify = phase1Notify(sa, refusal.notify);
    this.#services.send(sa, buildInformational(sa, messageId, [notify]), false);
  }
}
