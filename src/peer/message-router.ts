/** Finds the SA and the exchange that a message belongs to, or begins a new one. */
import type { Incoming } from '../ike/v1/incoming.ts';
import { Discard, Refusal } from '../ike/v1/refusal.ts';
import { ExchangeType, HeaderFlag } from '../ike/wire/numbers.ts';
import { equalOctets, isZeroOctets } from '../ike/wire/octets.ts';
import type { Access } from './access.ts';
import { ClientAccess } from './client-access.ts';
import { handleClearInformational, handleInformational } from './exchange/informational-exchange.ts';
import type { FinishedExchange } from './exchange/finished-exchange.ts';
import type { Phase1Exchange } from './exchange/phase1-exchange.ts';
import { QuickModeResponder, type QuickModeExchange } from './exchange/quick-mode-exchange.ts';
import type { PeerParts } from './exchange/services.ts';
import { tellRefusal } from './exchange/tell-refusal.ts';
import { TransactionResponder, type TransactionExchange } from './exchange/transaction-exchange.ts';
import { GatewayAccess } from './gateway-access.ts';
import { pruneQuickModes, type SaEntry } from './sa-entry.ts';
import { countMessage } from './lifetimes.ts';
import { forgetSa } from './sa-removal.ts';
import { rememberTransaction } from './transactions.ts';
import { giveUpAfterNs } from '../ike/retransmit.ts';

/** Takes a decoded header and octets to where they belong; whatever is wrong becomes a counted drop or a refusal. */
export function routeMessage(peer: PeerParts, message: Incoming): void {
  const { header } = message;
  if (isZeroOctets(header.initiatorCookie)) return peer.drop('zero-cookie');
  const entry = peer.table.find(header.initiatorCookie);
  if (entry === undefined) return routeToNew(peer, message);
  if (!isOfSa(entry, message)) return peer.drop('unknown-sa');
  switch (header.exchangeType) {
    case ExchangeType.identityProtection:
    case ExchangeType.aggressive:
      return routeToPhase1(peer, entry, message);
    case ExchangeType.quickMode:
      return routeToQuickMode(peer, entry, message);
    case ExchangeType.transaction:
      return routeTransaction(peer, entry, message);
    case ExchangeType.informational:
      return routeInformational(peer, entry, message);
    default:
      return peer.drop('unexpected-exchange');
  }
}

/** The responder's cookie is right, not known yet, or still missing in a repeated first message. */
function isOfSa(entry: SaEntry, message: Incoming): boolean {
  const { responderCookie, exchangeType } = message.header;
  if (isZeroOctets(entry.sa.responderCookie)) return true;
  if (equalOctets(responderCookie, entry.sa.responderCookie)) return true;
  const isPhase1 =
    exchangeType === ExchangeType.identityProtection || exchangeType === ExchangeType.aggressive;
  return isPhase1 && !entry.sa.isInitiator && isZeroOctets(responderCookie);
}

function routeToNew(peer: PeerParts, message: Incoming): void {
  const { header } = message;
  const isPhase1 =
    header.exchangeType === ExchangeType.identityProtection ||
    header.exchangeType === ExchangeType.aggressive;
  const isFirst = isZeroOctets(header.responderCookie) && (header.flags & HeaderFlag.encryption) === 0;
  if (!isPhase1 || !isFirst) return peer.drop('unknown-sa');
  const entry = peer.responder.begin(message);
  if (entry?.phase1 === undefined) return;
  deliver(peer, entry, entry.phase1, message);
  // Nothing came of it: no state is kept for a message that was not even a beginning.
  if (entry.phase1.state !== 'idle') return;
  forgetSa(peer, entry);
  peer.responder.checkLimit();
}

function routeToPhase1(peer: PeerParts, entry: SaEntry, message: Incoming): void {
  const mode = message.header.exchangeType === ExchangeType.aggressive ? 'aggressive' : 'main';
  if (mode !== entry.sa.mode || message.header.messageId !== 0 || entry.phase1 === undefined) {
    return peer.drop('unexpected-exchange');
  }
  deliver(peer, entry, entry.phase1, message);
}

function routeToQuickMode(peer: PeerParts, entry: SaEntry, message: Incoming): void {
  const { messageId } = message.header;
  if (entry.state !== 'established' || messageId === 0) return peer.drop('unexpected-state');
  const known = entry.quickModes.get(messageId);
  if (known !== undefined) return deliver(peer, entry, known, message);
  if (entry.spentMessageIds?.has(messageId) === true) return peer.drop('duplicate');
  const { policy, nowNs } = peer;
  pruneQuickModes(entry, nowNs - giveUpAfterNs(policy.retransmit));
  let inProgress = 0;
  for (const exchange of entry.quickModes.values()) if (exchange.isInProgress) inProgress++;
  if (inProgress >= policy.limits.exchangesPerSa) return peer.drop('limit-exchanges');
  const { childrenPerSa = Infinity } = policy.limits;
  // As many again while each is replaced.
  if (entry.children.length + inProgress >= 2 * childrenPerSa) return peer.drop('limit-children');
  const exchange = new QuickModeResponder(peer, entry, messageId);
  entry.quickModes.set(messageId, exchange);
  deliver(peer, entry, exchange, message);
  if (exchange.state === 'idle') entry.quickModes.delete(messageId);
}

function routeTransaction(peer: PeerParts, entry: SaEntry, message: Incoming): void {
  const { messageId } = message.header;
  if (entry.state !== 'established' || messageId === 0) return peer.drop('unexpected-state');
  const known = entry.transactions?.get(messageId);
  if (known !== undefined) return deliver(peer, entry, known, message);
  if (entry.spentMessageIds?.has(messageId) === true) return peer.drop('duplicate');
  const exchange = new TransactionResponder(peer, entry, messageId, accessOf(peer, entry));
  deliver(peer, entry, exchange, message);
  if (exchange.state !== 'idle') rememberTransaction(entry, messageId, exchange);
}

/** Who needs neither login nor configuration may still be asked for something, or ask. */
function accessOf(peer: PeerParts, entry: SaEntry): Access {
  if (entry.access === undefined) {
    entry.access = entry.sa.isInitiator ? new ClientAccess(peer, entry) : new GatewayAccess(peer, entry);
    entry.access.start();
  }
  return entry.access;
}

function routeInformational(peer: PeerParts, entry: SaEntry, message: Incoming): void {
  try {
    if ((message.header.flags & HeaderFlag.encryption) === 0) return handleClearInformational(entry, message);
    if (entry.sa.keys === undefined) throw new Discard('unexpected-state', 'there are no keys yet');
    const { messageId } = message.header;
    if (entry.spentInformationalIds?.has(messageId) === true) return peer.drop('duplicate');
    handleInformational(peer, entry, message);
    noteHeard(peer, entry, message);
  } catch (error) {
    if (!(error instanceof Discard)) throw error;
    peer.drop(error.reason);
  }
}

function deliver(
  peer: PeerParts,
  entry: SaEntry,
  exchange: Phase1Exchange | QuickModeExchange | TransactionExchange | FinishedExchange,
  message: Incoming,
): void {
  const isNew = !exchange.isDuplicate(message.octets);
  try {
    exchange.handle(message);
    // A repeated message may come from anybody who saw it.
    if (isNew && entry.state === 'established') noteHeard(peer, entry, message);
  } catch (error) {
    if (error instanceof Discard) return peer.drop(error.reason);
    if (!(error instanceof Refusal)) {
      // A mistake of ours must not take the other peers of the worker down; it shows in the result.
      peer.drop('internal-error');
      return exchange.refuseWith('internal-error');
    }
    const notify = tellRefusal(peer, entry, error, message);
    exchange.refuseWith(error.cause);
    if (notify !== undefined && exchange instanceof QuickModeResponder) exchange.refusedWith(message, notify);
  }
}

/** An authenticated message shows that the other end lives. */
function noteHeard(peer: PeerParts, entry: SaEntry, { octets }: Incoming): void {
  countMessage(peer, entry, 'inbound', octets.length);
  entry.lastHeardNs = peer.nowNs;
  entry.liveness?.heard();
}
