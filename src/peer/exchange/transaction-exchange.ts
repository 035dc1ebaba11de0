/** Transaction exchanges in both roles: messages in, chart events out. What they say is for the SA's `Access` to decide. */
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
import type { Ns, Timer } from '../timer.ts';
import type { PeerServices, TimerSubject } from './services.ts';
import { Transmission } from './transmission.ts';

export abstract class TransactionExchange implements TimerSubject {
  readonly transmission: Transmission;
  /** When it was done, so that what only duplicates need can be let go of later. */
  finishedNs: Ns | undefined;
  protected readonly services: PeerServices;
  protected readonly entry: SaEntry;
  protected readonly transaction: Transaction;

  constructor(services: PeerServices, entry: SaEntry, messageId: number) {
    this.services = services;
    this.entry = entry;
    this.transaction = createTransaction(entry.sa, messageId);
    this.transmission = new Transmission(services, entry.sa, this);
  }

  abstract get state(): string;
  /** @throws Discard, as `Phase1Exchange.handle`. */
  abstract handle(message: Incoming): void;
  abstract refuseWith(cause: FailureCause): void;
  abstract abandon(): void;
  abstract timerFired(timer: Timer): void;

  refuse(cause: FailureCause): void {
    this.stopWaiting();
    this.services.later({ type: 'transaction.failed', entry: this.entry, cause });
  }

  stopWaiting(): void {
    this.transmission.stop();
    this.finishedNs = this.services.nowNs;
  }
}

/** What an exchange is to say, and the cause to give when nobody answers. */
export interface Request {
  readonly payload: AttributesPayload;
  readonly timeoutCause: FailureCause;
}

export class TransactionInitiator extends TransactionExchange implements TransactionInitiatorActor {
  readonly #request: Request;
  readonly #chart: Chart<TransactionInitiatorEvent>;
  /** Time from the first sending of the request to its answer. */
  elapsedNs: Ns = 0;
  /** There once the exchange is over and went well. */
  answer: AttributesPayload | undefined;

  constructor(services: PeerServices, entry: SaEntry, messageId: number, request: Request) {
    super(services, entry, messageId);
    this.#request = request;
    this.#chart = services.startChart(transactionInitiatorMachine, this);
  }

  override get state(): string {
    return this.#chart.state;
  }

  start(): void {
    this.#chart.send({ type: 'start' });
  }

  override handle(message: Incoming): void {
    if (this.transmission.isDuplicate(message.octets)) return this.services.drop('duplicate');
    if (this.#chart.state !== 'requestSent') {
      throw new Discard('unexpected-state', `no answer is expected: ${this.#chart.state}`);
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
    this.elapsedNs = this.transmission.answered(message.octets);
    this.#chart.send({ type: 'answer.accepted' });
  }

  override timerFired(_timer: Timer): void {
    this.#chart.send({ type: this.transmission.hasTriesLeft ? 'retransmit.due' : 'retransmit.exhausted' });
  }

  override refuseWith(cause: FailureCause): void {
    this.#chart.send({ type: 'refused', cause });
  }

  override abandon(): void {
    this.#chart.send({ type: 'abandoned' });
  }

  sendRequest(): void {
    this.transmission.request(sealTransaction(this.entry.sa, this.transaction, this.#request.payload));
  }

  finish(): void {
    this.stopWaiting();
    this.services.later({ type: 'transaction.answered', entry: this.entry, exchange: this });
  }

  retransmit(): void {
    this.transmission.retransmit();
  }

  timeOut(): void {
    this.refuse(this.#request.timeoutCause);
  }
}

export class TransactionResponder extends TransactionExchange implements TransactionResponderActor {
  readonly #access: Access;
  readonly #chart: Chart<TransactionResponderEvent>;
  #answer: AttributesPayload | undefined;

  constructor(services: PeerServices, entry: SaEntry, messageId: number, access: Access) {
    super(services, entry, messageId);
    this.#access = access;
    this.#chart = services.startChart(transactionResponderMachine, this);
  }

  override get state(): string {
    return this.#chart.state;
  }

  override handle(message: Incoming): void {
    if (this.transmission.isDuplicate(message.octets)) return this.transmission.repeatReply();
    const { payload, nextIv } = openTransaction(this.entry.sa, this.transaction, message);
    this.#answer = this.#access.respond(payload);
    this.transaction.iv = nextIv;
    this.transmission.answered(message.octets);
    this.#chart.send({ type: 'request.accepted' });
    this.#access.responded();
  }

  override timerFired(_timer: Timer): void {
    // Nothing of a responder is retransmitted by time.
  }

  override refuseWith(cause: FailureCause): void {
    this.#chart.send({ type: 'refused', cause });
  }

  override abandon(): void {
    this.#chart.send({ type: 'abandoned' });
  }

  sendAnswer(): void {
    if (this.#answer === undefined) throw new Error('there is no answer to send');
    this.transmission.reply(sealTransaction(this.entry.sa, this.transaction, this.#answer));
    this.#answer = undefined;
    this.finishedNs = this.services.nowNs;
  }
}
