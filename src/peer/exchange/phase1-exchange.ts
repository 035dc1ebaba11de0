/** What the four phase 1 exchanges (two modes, two roles) have in common. */
import type { Incoming } from '../../ike/v1/incoming.ts';
import { floatPorts } from '../../ike/v1/phase1.ts';
import type { FailureCause } from '../fact.ts';
import type { SaEntry } from '../sa-entry.ts';
import { createTimer, type Timer } from '../timer.ts';
import type { PeerServices, TimerSubject } from './services.ts';
import { Transmission } from './transmission.ts';

export abstract class Phase1Exchange implements TimerSubject {
  readonly transmission: Transmission;
  protected readonly services: PeerServices;
  protected readonly entry: SaEntry;
  #hasInitialContact = false;

  constructor(services: PeerServices, entry: SaEntry) {
    this.services = services;
    this.entry = entry;
    this.transmission = new Transmission(services, entry.sa, this);
  }

  /** Whether the exchange ends with a message to this end. */
  protected abstract readonly hasHeardLastMessage: boolean;

  /** Name of the chart's state. */
  abstract get state(): string;

  /**
   * Takes a message of this exchange.
   * @throws Discard or Refusal; the peer turns the one into a counted drop, the other into `refuseWith`.
   */
  abstract handle(message: Incoming): void;

  /** Tells the chart that the exchange cannot go on. */
  abstract refuseWith(cause: FailureCause): void;

  /** Tells the chart that nobody wants the exchange any more. */
  abstract abandon(): void;

  abstract timerFired(timer: Timer): void;

  establish(): void {
    this.transmission.stop();
    if (this.hasHeardLastMessage) this.transmission.forget();
    const hasInitialContact = this.#hasInitialContact;
    this.services.later({ type: 'phase1.established', entry: this.entry, hasInitialContact });
  }

  retransmit(): void {
    this.transmission.retransmit();
  }

  timeOut(): void {
    this.refuse('timeout-phase1');
  }

  refuse(cause: FailureCause): void {
    this.transmission.stop();
    this.services.later({ type: 'phase1.failed', entry: this.entry, cause });
  }

  stopWaiting(): void {
    this.transmission.stop();
  }

  protected noteInitialContact(isThere: boolean): void {
    this.#hasInitialContact = isThere;
  }

  /** The initiator moves to the NAT port as soon as it knows of a NAT (RFC 3947 §4). */
  protected floatIfNatted(): void {
    if (this.entry.sa.isNatted) floatPorts(this.entry.sa, this.services.policy.natPort);
  }

  /** A responder answers to where the authenticated message came from. */
  protected adoptPath(message: Incoming): void {
    const { path } = message;
    this.entry.sa.own = path.to;
    this.entry.sa.remote = path.from;
    this.entry.sa.hasMarker = path.hasMarker;
  }
}

/** The responder's side: a timer forgets what stays half open. */
export abstract class Phase1Responder extends Phase1Exchange {
  readonly #halfOpenTimer: Timer;

  constructor(services: PeerServices, entry: SaEntry) {
    super(services, entry);
    this.#halfOpenTimer = createTimer(services.id, 'half-open', this);
    services.setTimer(this.#halfOpenTimer, services.nowNs + services.policy.halfOpenTimeoutNs);
  }

  override establish(): void {
    this.services.cancelTimer(this.#halfOpenTimer);
    super.establish();
  }

  override refuse(cause: FailureCause): void {
    this.services.cancelTimer(this.#halfOpenTimer);
    super.refuse(cause);
  }

  override stopWaiting(): void {
    this.services.cancelTimer(this.#halfOpenTimer);
    super.stopWaiting();
  }
}
