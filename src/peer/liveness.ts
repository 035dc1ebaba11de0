/**
 * Whether the other end of an SA is still there: dead peer detection (RFC 3706) asks when nothing
 * was heard for a while, and NAT keepalives hold a mapping open (RFC 3948 §4).
 */
import { areYouThere } from '../ike/v1/dpd.ts';
import { buildInformational } from '../ike/v1/informational.ts';
import { drawMessageId } from '../ike/v1/quick-mode.ts';
import type { PeerServices, TimerSubject } from './exchange/services.ts';
import type { SaEntry } from './sa-entry.ts';
import { createTimer, type Ns, type Timer } from './timer.ts';

const FIRST_SEQUENCE_BITS = 0x7fff_ffff;

export class Liveness implements TimerSubject {
  readonly #services: PeerServices;
  readonly #entry: SaEntry;
  readonly #dpdTimer: Timer;
  readonly #keepaliveTimer: Timer;
  #sequence = 0;
  /** When the first question was asked that is still open. */
  #askedNs: Ns | undefined;

  constructor(services: PeerServices, entry: SaEntry) {
    this.#services = services;
    this.#entry = entry;
    this.#dpdTimer = createTimer(services.id, 'dpd', this);
    this.#keepaliveTimer = createTimer(services.id, 'keepalive', this);
  }

  start(): void {
    const { policy, nowNs } = this.#services;
    const { sa } = this.#entry;
    if (policy.dpd !== undefined && sa.peerSupportsDpd) {
      this.#services.setTimer(this.#dpdTimer, nowNs + policy.dpd.delayNs);
    }
    // The initiator is the one behind the NAT, as far as it can be reached at all.
    if (policy.natKeepaliveNs > 0 && sa.isNatted && sa.isInitiator) {
      this.#services.setTimer(this.#keepaliveTimer, nowNs + policy.natKeepaliveNs);
    }
  }

  stop(): void {
    this.#services.cancelTimer(this.#dpdTimer);
    this.#services.cancelTimer(this.#keepaliveTimer);
  }

  /** An authenticated message came: whatever was asked is answered. */
  heard(): void {
    this.#askedNs = undefined;
  }

  timerFired(timer: Timer): void {
    if (timer === this.#keepaliveTimer) this.#keepAlive();
    else this.#detect();
  }

  #keepAlive(): void {
    const { policy, nowNs } = this.#services;
    this.#services.sendKeepalive(this.#entry.sa);
    this.#services.setTimer(this.#keepaliveTimer, nowNs + policy.natKeepaliveNs);
  }

  #detect(): void {
    const services = this.#services;
    const { policy, nowNs } = services;
    if (policy.dpd === undefined) return;
    const { delayNs, retryNs, timeoutNs } = policy.dpd;
    const silentNs = nowNs - this.#entry.lastHeardNs;
    if (this.#askedNs === undefined && silentNs < delayNs) {
      return services.setTimer(this.#dpdTimer, this.#entry.lastHeardNs + delayNs);
    }
    if (this.#askedNs !== undefined && nowNs - this.#askedNs >= timeoutNs) {
      services.record({ type: 'lifecycle', event: 'peer-dead' });
      return services.later({ type: 'sa.lost', entry: this.#entry, reason: 'dead' });
    }
    this.#ask();
    services.setTimer(this.#dpdTimer, nowNs + retryNs);
  }

  #ask(): void {
    const services = this.#services;
    const { sa } = this.#entry;
    const { random } = services.setting;
    this.#askedNs ??= services.nowNs;
    if (this.#sequence === 0) this.#sequence = firstSequence(random(4));
    this.#sequence = (this.#sequence + 1) >>> 0;
    const question = areYouThere(sa, this.#sequence);
    services.record({ type: 'lifecycle', event: 'liveness-asked' });
    services.send(sa, buildInformational(sa, drawMessageId(random), [question]), false);
  }
}

/** Random, with the top bit clear so that it does not wrap soon (RFC 3706 §6.2). */
function firstSequence(octets: Uint8Array): number {
  const [a = 0, b = 0, c = 0, d = 0] = octets;
  return ((a << 24) | (b << 16) | (c << 8) | d) & FIRST_SEQUENCE_BITS;
}
