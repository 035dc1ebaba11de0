/** The transaction exchanges of one SA: begun, remembered for as long as duplicates may come, and let go of. */
import { drawMessageId } from '../ike/v1/quick-mode.ts';
import type { PeerServices } from './exchange/services.ts';
import {
  TransactionInitiator,
  type Request,
  type TransactionExchange,
} from './exchange/transaction-exchange.ts';
import { spendMessageId, type SaEntry } from './sa-entry.ts';

/** Of one SA. A login and a configuration make three; who wants more gets the oldest ones forgotten. */
const TRANSACTIONS_MAX = 8;

/** Sends a request or set of our own. */
export function beginTransaction(
  services: PeerServices,
  entry: SaEntry,
  request: Request,
): TransactionInitiator {
  let messageId = drawMessageId(services.setting.random);
  while (entry.transactions?.has(messageId) === true) messageId = drawMessageId(services.setting.random);
  const exchange = new TransactionInitiator(services, entry, messageId, request);
  rememberTransaction(entry, messageId, exchange);
  exchange.start();
  return exchange;
}

export function rememberTransaction(entry: SaEntry, messageId: number, exchange: TransactionExchange): void {
  entry.transactions ??= new Map();
  entry.transactions.set(messageId, exchange);
  if (entry.transactions.size > TRANSACTIONS_MAX) retireOldest(entry, entry.transactions);
}

function retireOldest(entry: SaEntry, transactions: Map<number, TransactionExchange>): void {
  for (const [messageId, exchange] of transactions) {
    if (exchange.finishedNs === undefined) continue;
    retire(entry, messageId, exchange);
    return;
  }
}

function retire(entry: SaEntry, messageId: number, exchange: TransactionExchange): void {
  entry.transactions?.delete(messageId);
  spendMessageId(entry, messageId);
  if (exchange.transmission.hasRetransmitted) entry.hasRepeatedTransactions = true;
}

/** Lets go of what is over, once a quick mode shows that the other end knows it. */
export function retireTransactions(entry: SaEntry): void {
  for (const [messageId, exchange] of entry.transactions ?? []) {
    if (exchange.finishedNs !== undefined) retire(entry, messageId, exchange);
  }
  if (entry.transactions?.size === 0) entry.transactions = undefined;
}

/** Whether a request of ours had to be sent again by time. */
export function hasRepeatedTransactions(entry: SaEntry): boolean {
  if (entry.hasRepeatedTransactions) return true;
  for (const exchange of entry.transactions?.values() ?? []) {
    if (exchange.transmission.hasRetransmitted) return true;
  }
  return false;
}

/** The SA ends. */
export function abandonTransactions(entry: SaEntry): void {
  for (const exchange of entry.transactions?.values() ?? []) {
    exchange.abandon();
    exchange.stopWaiting();
  }
}
