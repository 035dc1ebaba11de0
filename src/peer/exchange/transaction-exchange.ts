/** Transaction exchanges in both roles: messages in, chart events out. What they say is for the SA's `Access` to decide. */
import type { EventObject } from 'xstate';
import type { Incoming } from '../../ike/v1/incoming.ts';
import { Discard } from '../../ike/v1/refusal.ts';
import {
  ConfigurationType,
  createTransaction,
  openTransaction,
  sealTransaction,
  type Transaction,
} from '../../ike/v1/transaction.ts';
import type { AttributesPayload } from '../../ike/wire/message.ts';
import type { Access } from '../access.ts';
import type { Chart } from '../chart.ts';
import type { FailureCause } from '../fact.ts';
import {
  transactionInitiatorMachine,
  type TransactionInitiatorActor,
  type TransactionInitiatorEvent,
} from '../machine/transaction-initiator.machine.ts';
import {
  transactionResponderMachine,
  type TransactionResponderActor,
  type TransactionResponderEvent,
} from '../machine/transaction-responder.machine.ts';
import type { SaEntry } from '../sa-entry.ts';
import type { Ns } from '../timer.ts';
import { Exchange } from './exchange.ts';
import type { PeerServices } from './services.ts';

export abstract class TransactionExchange<TEvent extends EventObject = EventObject> extends Exchange<TEvent> {
  /** When it was done, so that what only duplicates need can be let go of later. */
  finishedNs: Ns | undefined;
  protected readonly transaction: Transaction;

  constructor(services: PeerServices, entry: SaEntry, messageId: number) {
    super(services, entry);
    this.transaction = createTransaction(entry.sa, messageId);
  }

  override refuse(cause: FailureCause): void {
    this.stopWaiting();
    this.services.later({ type: 'transaction.failed', entry: this.entry, cause });
  }

  override stopWaiting(): void {
    super.stopWaiting();
    this.finishedNs = this.services.nowNs;
  }
}

/** What an exchange is to say, and the cause to give when nobody answers. */
export interface Request {
  readonly payload: AttributesPayload;
  readonly timeoutCause: FailureCause;
}

export class TransactionInitiator
  extends TransactionExchange<TransactionInitiatorEvent>
  implements TransactionInitiatorActor
{
  protected override readonly chart: Chart<TransactionInitiatorEvent>;
  readonly #request: Request;
  /** Time from the first sending of the request to its answer. */
  elapsedNs: Ns = 0;
  /** There once the exchange is over and went well. */
  answer: AttributesPayload | undefined;

  constructor(services: PeerServices, entry: SaEntry, messageId: number, request: Request) {
    super(services, entry, messageId);
    this.#request = request;
    this.chart = services.startChart(transactionInitiatorMachine, this);
  }

  start(): void {
    this.chart.send({ type: 'start' });
  }

  override handle(message: Incoming): void {
    if (this.transmission.isDuplicate(message.octets)) return this.services.drop('duplicate');
    if (this.chart.state !== 'requestSent') {
      throw new Discard('unexpected-state', `no answer is expected: ${this.chart.state}`);
    }
    const { payload: answer, nextIv } = openTransaction(this.entry.sa, this.transaction, message);
    const { messageType } = this.#request.payload;
    const expected =
      messageType === ConfigurationType.request ? ConfigurationType.reply : ConfigurationType.ack;
    if (answer.messageType !== expected) {
      throw new Discard('malformed', `message type ${answer.messageType} answers no type ${messageType}`);
    }
    this.transaction.iv = nextIv;
    this.answer = answer;
    this.elapsedNs = this.accepted(message);
    this.chart.send({ type: 'answer.accepted' });
  }

  sendRequest(): void {
    this.transmission.request(sealTransaction(this.entry.sa, this.transaction, this.#request.payload));
  }

  override establish(): void {
    this.stopWaiting();
    this.services.later({ type: 'transaction.answered', entry: this.entry, exchange: this });
  }

  override timeOut(): void {
    this.refuse(this.#request.timeoutCause);
  }
}

export class TransactionResponder
  extends TransactionExchange<TransactionResponderEvent>
  implements TransactionResponderActor
{
  protected override readonly chart: Chart<TransactionResponderEvent>;
  readonly #access: Access;
  #answer: AttributesPayload | undefined;

  constructor(services: PeerServices, entry: SaEntry, messageId: number, access: Access) {
    super(services, entry, messageId);
    this.#access = access;
    this.chart = services.startChart(transactionResponderMachine, this);
  }

  override handle(message: Incoming): void {
    if (this.transmission.isDuplicate(message.octets)) return this.transmission.repeatReply();
    const { payload, nextIv } = openTransaction(this.entry.sa, this.transaction, message);
    this.#answer = this.#access.respond(payload);
    this.transaction.iv = nextIv;
    this.accepted(message);
    this.chart.send({ type: 'request.accepted' });
    this.#access.responded();
  }

  sendAnswer(): void {
    if (this.#answer === undefined) throw new Error('there is no answer to send');
    this.transmission.reply(sealTransaction(this.entry.sa, this.transaction, this.#answer));
    this.#answer = undefined;
  }

  override establish(): void {
    this.finishedNs = this.services.nowNs;
  }

  override timeOut(): void {
    // An answer is repeated when the other end repeats itself, never by time.
  }
}
