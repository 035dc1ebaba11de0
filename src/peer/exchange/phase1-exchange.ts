/** What the four phase 1 exchanges (two modes, two roles) have in common. */
import type { EventObject } from 'xstate';
import { usesPublicKeyEncryption } from '../../ike/authentication.ts';
import { checkResponderKey } from '../../ike/v1/encrypted-contribution.ts';
import type { Incoming } from '../../ike/v1/incoming.ts';
import { floatPorts } from '../../ike/v1/phase1.ts';
import { Refusal } from '../../ike/v1/refusal.ts';
import type { FailureCause } from '../fact.ts';
import type { SaEntry } from '../sa-entry.ts';
import { createTimer, type Timer } from '../timer.ts';
import { Exchange } from './exchange.ts';
import type { PeerServices } from './services.ts';

export abstract class Phase1Exchange<TEvent extends EventObject = EventObject> extends Exchange<TEvent> {
  #hasInitialContact = false;

  /** Whether the exchange ends with a message to this end. */
  protected abstract readonly hasHeardLastMessage: boolean;

  override establish(): void {
    this.transmission.finish();
    if (this.hasHeardLastMessage) this.transmission.forget();
    const hasInitialContact = this.#hasInitialContact;
    this.services.later({ type: 'phase1.established', entry: this.entry, hasInitialContact });
  }

  override timeOut(): void {
    this.refuse('timeout-phase1');
  }

  override refuse(cause: FailureCause): void {
    this.transmission.stop();
    // The other end hears no more than that; this one knows why.
    const disbelief = cause === 'authentication-failed' ? this.entry.sa.handshake?.disbelief : undefined;
    this.services.later({ type: 'phase1.failed', entry: this.entry, cause: disbelief ?? cause });
  }

  /** Why this initiator need not begin: nothing that it could encrypt would reach the responder. */
  protected hindrance(): FailureCause | undefined {
    const { policy, setting } = this.services;
    if (!usesPublicKeyEncryption(policy.authentication)) return undefined;
    try {
      checkResponderKey(this.entry.sa.remote.address, setting);
      return undefined;
    } catch (error) {
      if (error instanceof Refusal) return error.cause;
      throw error;
    }
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
export abstract class Phase1Responder<
  TEvent extends EventObject = EventObject,
> extends Phase1Exchange<TEvent> {
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
