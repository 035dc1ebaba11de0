/** The echo requests of one negotiation: sent at equal distances, each waited for, and counted. */
import { encodeEchoData } from '../../ike/esp/echo-timestamp.ts';
import type { Echo } from '../../ike/esp/icmp-echo.ts';
import type { TimerSubject } from '../exchange/services.ts';
import type { Fact } from '../fact.ts';
import type { PingPolicy } from '../policy.ts';
import { createTimer, type Ns, type Timer } from '../timer.ts';

/** What a pinger needs of its peer. */
export interface PingHost {
  readonly id: number;
  readonly nowNs: Ns;
  record(fact: Fact): void;
  setTimer(timer: Timer, dueNs: Ns): void;
  cancelTimer(timer: Timer): void;
  /** Sends a request through the tunnel of the negotiation; false when there is no way. */
  sendEcho(echo: Echo): boolean;
}

/** Of the negotiation that the pings are for. */
export interface PingedNegotiation {
  readonly number: number;
  readonly plannedNs: Ns;
}

const IDENTIFIERS = 0x1_0000;

export class Pinger implements TimerSubject {
  readonly #host: PingHost;
  readonly #policy: PingPolicy;
  readonly #negotiation: PingedNegotiation;
  readonly #timer: Timer;
  readonly #identifier: number;
  /** When the SAs were set up, which is when the first one is sent. */
  readonly #startNs: Ns;
  /** When each request was sent that is waited for, oldest first. */
  readonly #waiting = new Map<number, Ns>();
  #sent = 0;
  #isAnswered = false;

  constructor(host: PingHost, policy: PingPolicy, negotiation: PingedNegotiation) {
    this.#host = host;
    this.#policy = policy;
    this.#negotiation = negotiation;
    this.#timer = createTimer(host.id, 'ping', this);
    this.#identifier = negotiation.number % IDENTIFIERS;
    this.#startNs = host.nowNs;
  }

  start(): void {
    this.#step();
  }

  timerFired(): void {
    this.#step();
  }

  /** Takes a reply; false when it is not waited for. */
  takeReply({ identifier, sequence }: Echo): boolean {
    const sentNs = identifier === this.#identifier ? this.#waiting.get(sequence) : undefined;
    if (sentNs === undefined) return false;
    const { plannedNs } = this.#negotiation;
    const { nowNs } = this.#host;
    this.#waiting.delete(sequence);
    this.#host.record({ type: 'ping.answered', plannedNs, elapsedNs: nowNs - sentNs });
    if (!this.#isAnswered) {
      this.#isAnswered = true;
      const sinceSaNs = nowNs - this.#startNs;
      this.#host.record({ type: 'first-packet', plannedNs, elapsedNs: nowNs - plannedNs, sinceSaNs });
    }
    this.#step();
    return true;
  }

  /** The tunnel was lost, and with it what is waited for. */
  lose(): void {
    for (let left = this.#waiting.size; left > 0; left--) this.#recordLost();
    this.stop();
  }

  /** Sends nothing more; what is waited for stays without an answer. */
  stop(): void {
    this.#host.cancelTimer(this.#timer);
    this.#waiting.clear();
    this.#sent = this.#policy.count;
  }

  /** Gives up what is overdue, sends what is due, and arms the timer for what comes next. */
  #step(): void {
    const { count, intervalNs, timeoutNs } = this.#policy;
    const { nowNs } = this.#host;
    for (const [sequence, sentNs] of this.#waiting) {
      if (sentNs + timeoutNs > nowNs) break;
      this.#waiting.delete(sequence);
      this.#recordLost();
    }
    while (this.#sent < count && this.#startNs + this.#sent * intervalNs <= nowNs) this.#send();
    const nextNs = this.#sent < count ? this.#startNs + this.#sent * intervalNs : Infinity;
    const [oldestNs = Infinity] = this.#waiting.values();
    const dueNs = Math.min(nextNs, oldestNs + timeoutNs);
    if (dueNs < Infinity) return this.#host.setTimer(this.#timer, dueNs);
    this.#host.cancelTimer(this.#timer);
    this.#host.record({ type: 'pings.finished', negotiation: this.#negotiation.number });
  }

  #send(): void {
    const host = this.#host;
    const { plannedNs } = this.#negotiation;
    this.#sent++;
    const sequence = this.#sent;
    host.record({ type: 'ping.sent', plannedNs });
    const data = encodeEchoData(host.nowNs, this.#policy.dataOctets);
    if (host.sendEcho({ kind: 'request', identifier: this.#identifier, sequence, data })) {
      this.#waiting.set(sequence, host.nowNs);
    } else this.#recordLost();
  }

  #recordLost(): void {
    this.#host.record({ type: 'ping.lost', plannedNs: this.#negotiation.plannedNs });
  }
}
