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
import { tellRefusal } from './tell-refusal.ts';

/** What all four charts know, besides their own events. */
export type ProofEvent = { readonly type: 'revocation.asked' };

/** A message that proved who the other end is, and what follows when its certificate was not revoked. */
interface Suspended<TEvent> {
  readonly message: Incoming;
  readonly next: TEvent;
}

export abstract class Phase1Exchange<TEvent extends EventObject = EventObject> extends Exchange<
  TEvent | ProofEvent
> {
  #hasInitialContact = false;
  #suspended: Suspended<TEvent> | undefined;

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

  /**
   * The other end has proven who it is: goes on with `next`, or asks first whether its certificate was revoked.
   * @throws Refusal when it was, or nobody can tell and the policy is strict.
   */
  protected proven(message: Incoming, next: TEvent): void {
    const revocable = this.entry.sa.handshake?.revocable;
    if (revocable === undefined || this.services.policy.revocation === undefined) {
      return this.chart.send(next);
    }
    const { revocations } = this.services;
    const judgement = revocations.judge(revocable, false);
    if (judgement === 'good') return this.chart.send(next);
    if (judgement instanceof Refusal) throw judgement;
    this.#suspended = { message, next };
    this.chart.send({ type: 'revocation.asked' });
    revocations.ask(revocable, this);
  }

  /** What there is to know of the certificate is known. */
  revocationTold(): void {
    const suspended = this.#suspended;
    this.#suspended = undefined;
    const revocable = this.entry.sa.handshake?.revocable;
    if (suspended === undefined || revocable === undefined || !this.isJudging) return;
    const judgement = this.services.revocations.judge(revocable, true);
    if (!(judgement instanceof Refusal)) return this.chart.send(suspended.next);
    tellRefusal(this.services, this.entry, judgement, suspended.message);
    this.refuseWith(judgement.cause);
  }

  /** A server is asked about the other end's certificate: nothing that the other end says moves the exchange. */
  protected get isJudging(): boolean {
    return this.chart.state === 'revocationAsked';
  }

  /** The other end repeated its last message. What answers it is not there yet while its certificate is judged. */
  protected repeatReply(): void {
    if (this.isJudging) this.services.drop('duplicate');
    else this.transmission.repeatReply();
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
