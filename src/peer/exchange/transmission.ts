/**
 * Keeps a message exchange alive over a network that loses and repeats: remembers the last message
 * in each direction, retransmits by the schedule of the policy, and recognises duplicates
 * (RFC 2408 §5.1).
 */
import { giveUpAfterNs, retransmitWaitNs, type RetransmitSchedule } from '../../ike/retransmit.ts';
import type { IsakmpSa } from '../../ike/v1/isakmp-sa.ts';
import { equalOctets } from '../../ike/wire/octets.ts';
import type { ResponderMessage, ResponderRetransmit } from '../policy.ts';
import { createTimer, type Ns, type Timer } from '../timer.ts';
import type { LastWords } from './finished-exchange.ts';
import type { PeerServices, TimerSubject } from './services.ts';

const USUALLY_REPEATED: readonly ResponderMessage[] = ['aggressive-2', 'quick-2'];

/** What a forged address makes others suffer must not be much more than what the forger sent. */
const UNPROVEN_REPEATS_MAX = 2;
const UNPROVEN_OCTETS_FACTOR = 3;

/** As patient as the schedule, but silent. */
function onceOnly(schedule: RetransmitSchedule): RetransmitSchedule {
  return { firstNs: giveUpAfterNs(schedule), factor: 1, maximumNs: Infinity, tries: 0 };
}

export class Transmission {
  readonly #services: PeerServices;
  readonly #sa: IsakmpSa;
  readonly #subject: TimerSubject;
  /** There when something was sent that has to be answered. */
  #timer: Timer | undefined;
  #lastSent: Uint8Array | undefined;
  #lastReceived: Uint8Array | undefined;
  #sentNs: Ns = 0;
  #attempt = 0;
  #schedule: RetransmitSchedule;
  /** How often the last message may still be sent again because the other end repeated itself. */
  #repeatsLeft = Infinity;
  #receivedOctets = 0;
  /** How often the timer may send the last message again before it falls silent. */
  #timerRepeatsMax = Infinity;
  /** Whether anything was sent twice because no answer came. */
  hasRetransmitted = false;

  constructor(services: PeerServices, sa: IsakmpSa, subject: TimerSubject) {
    this.#services = services;
    this.#sa = sa;
    this.#schedule = services.policy.retransmit;
    this.#subject = subject;
  }

  /** Sends a message that is repeated until `answered`. */
  request(octets: Uint8Array): void {
    this.#timerRepeatsMax = Infinity;
    this.#request(octets, this.#services.policy.retransmit);
  }

  /** Sends an answer that waits for another message: repeated by itself only where the policy says so. */
  answer(octets: Uint8Array, name: ResponderMessage): void {
    const { responderRetransmit, retransmit } = this.#services.policy;
    const { messages, schedule, toUnproven }: ResponderRetransmit = responderRetransmit ?? {
      messages: USUALLY_REPEATED,
      schedule: retransmit,
    };
    const isBounded = toUnproven !== 'as-scheduled' && (name === 'main-2' || name === 'aggressive-2');
    this.#timerRepeatsMax = isBounded ? this.#repeatsToUnproven(octets.length) : Infinity;
    if (messages.includes(name)) this.#request(octets, schedule);
    else if (name === 'quick-2') this.#request(octets, onceOnly(schedule));
    else this.reply(octets);
    if (name === 'main-2' || name === 'aggressive-2') this.#repeatsLeft = Infinity;
  }

  #repeatsToUnproven(octets: number): number {
    const affordable = Math.floor((UNPROVEN_OCTETS_FACTOR * this.#receivedOctets) / octets) - 1;
    return Math.max(0, Math.min(UNPROVEN_REPEATS_MAX, affordable));
  }

  #request(octets: Uint8Array, schedule: RetransmitSchedule): void {
    this.reply(octets);
    this.#schedule = schedule;
    this.#sentNs = this.#services.nowNs;
    this.#attempt = 0;
    this.#arm();
  }

  /** Sends a message that is repeated only when the other end repeats itself. */
  reply(octets: Uint8Array): void {
    this.#lastSent = octets;
    this.#repeatsLeft = this.#services.policy.limits.repeatedAnswers ?? Infinity;
    this.#services.send(this.#sa, octets, false);
  }

  /** The retransmission timer fired and tries are left: sends again. */
  retransmit(): void {
    this.#attempt++;
    this.hasRetransmitted = true;
    this.#repeat();
    this.#arm();
  }

  /** How often the last request was sent again. */
  get attempt(): number {
    return this.#attempt;
  }

  get hasTriesLeft(): boolean {
    return this.#attempt < this.#schedule.tries;
  }

  /** Takes note of an accepted message; returns the time since the request it answers was first sent. */
  answered(octets: Uint8Array): Ns {
    this.#lastReceived = octets;
    this.#receivedOctets = octets.length;
    this.stop();
    return this.#services.nowNs - this.#sentNs;
  }

  /** A message was refused, in words that were sent already. */
  refused(octets: Uint8Array, notify: Uint8Array): void {
    this.#lastReceived = octets;
    this.#lastSent = notify;
    this.#repeatsLeft = this.#services.policy.limits.repeatedAnswers ?? Infinity;
  }

  isDuplicate(octets: Uint8Array): boolean {
    return this.#lastReceived !== undefined && equalOctets(octets, this.#lastReceived);
  }

  /** The other end repeated its last message: what answered it got lost. */
  repeatReply(): void {
    this.#services.drop('duplicate');
    if (this.#repeatsLeft <= 0) return;
    this.#repeatsLeft--;
    this.#repeat();
  }

  stop(): void {
    if (this.#timer !== undefined) this.#services.cancelTimer(this.#timer);
  }

  /** Nothing is sent by time any more, only when the other end repeats itself. */
  finish(): void {
    this.stop();
    this.#timer = undefined;
  }

  /** The other end had the last word: nothing of ours is ever asked for again. */
  forget(): void {
    this.#lastSent = undefined;
    this.#lastReceived = undefined;
  }

  /** What an exchange that is over has to remember. */
  get lastWords(): LastWords {
    return {
      sent: this.#lastSent,
      received: this.#lastReceived,
      repeatsLeft: this.#repeatsLeft,
      hasRetransmitted: this.hasRetransmitted,
    };
  }

  #repeat(): void {
    if (this.#lastSent === undefined) return;
    this.#services.record({ type: 'retransmitted' });
    this.#services.send(this.#sa, this.#lastSent, true);
  }

  /** Who falls silent waits for the end of what is half open. */
  #arm(): void {
    if (this.#attempt >= this.#timerRepeatsMax) return;
    const waitNs = retransmitWaitNs(this.#schedule, this.#attempt);
    this.#timer ??= createTimer(this.#services.id, 'retransmit', this.#subject);
    this.#services.setTimer(this.#timer, this.#services.nowNs + waitNs);
  }
}
