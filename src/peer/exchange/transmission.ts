/**
 * Keeps a message exchange alive over a network that loses and repeats: remembers the last message
 * in each direction, retransmits by the schedule of the policy, and recognises duplicates
 * (RFC 2408 §5.1).
 */
import { retransmitWaitNs } from '../../ike/retransmit.ts';
import type { IsakmpSa } from '../../ike/v1/isakmp-sa.ts';
import { equalOctets } from '../../ike/wire/octets.ts';
import { createTimer, type Ns, type Timer } from '../timer.ts';
import type { PeerServices, TimerSubject } from './services.ts';

export class Transmission {
  readonly #services: PeerServices;
  readonly #sa: IsakmpSa;
  readonly #timer: Timer;
  #lastSent: Uint8Array | undefined;
  #lastReceived: Uint8Array | undefined;
  #sentNs: Ns = 0;
  #attempt = 0;
  /** Whether anything was sent twice because no answer came. */
  hasRetransmitted = false;

  constructor(services: PeerServices, sa: IsakmpSa, subject: TimerSubject) {
    this.#services = services;
    this.#sa = sa;
    this.#timer = createTimer(services.id, 'retransmit', subject);
  }

  /** Sends a message that is repeated until `answered`. */
  request(octets: Uint8Array): void {
    this.reply(octets);
    this.#sentNs = this.#services.nowNs;
    this.#attempt = 0;
    this.#arm();
  }

  /** Sends a message that is repeated only when the other end repeats itself. */
  reply(octets: Uint8Array): void {
    this.#lastSent = octets;
    this.#services.send(this.#sa, octets, false);
  }

  /** The retransmission timer fired and tries are left: sends again. */
  retransmit(): void {
    this.#attempt++;
    this.hasRetransmitted = true;
    this.#repeat();
    this.#arm();
  }

  get hasTriesLeft(): boolean {
    return this.#attempt < this.#services.policy.retransmit.tries;
  }

  /** Takes note of an accepted message; returns the time since the request it answers was first sent. */
  answered(octets: Uint8Array): Ns {
    this.#lastReceived = octets;
    this.stop();
    return this.#services.nowNs - this.#sentNs;
  }

  isDuplicate(octets: Uint8Array): boolean {
    return this.#lastReceived !== undefined && equalOctets(octets, this.#lastReceived);
  }

  /** The other end repeated its last message: what answered it got lost. */
  repeatReply(): void {
    this.#services.drop('duplicate');
    this.#repeat();
  }

  stop(): void {
    this.#services.cancelTimer(this.#timer);
  }

  /** The other end had the last word: nothing of ours is ever asked for again. */
  forget(): void {
    this.#lastSent = undefined;
    this.#lastReceived = undefined;
  }

  #repeat(): void {
    if (this.#lastSent === undefined) return;
    this.#services.record({ type: 'retransmitted' });
    this.#services.send(this.#sa, this.#lastSent, true);
  }

  #arm(): void {
    const waitNs = retransmitWaitNs(this.#services.policy.retransmit, this.#attempt);
    this.#services.setTimer(this.#timer, this.#services.nowNs + waitNs);
  }
}
