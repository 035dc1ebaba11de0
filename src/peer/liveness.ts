/**
 * Whether the other end of an SA is still there: dead peer detection (RFC 3706) asks when nothing
 * was heard for a while, and NAT keepalives hold a mapping open (RFC 3948 §4).
 */
import { giveUpAfterNs } from '../ike/retransmit.ts';
import { areYouThere, isSequenceBefore } from '../ike/v1/dpd.ts';
import { sendInformational } from './exchange/send-informational.ts';
import type { PeerServices, TimerSubject } from './exchange/services.ts';
import type { RecordReader } from './parking/record-reader.ts';
import type { RecordWriter } from './parking/record-writer.ts';
import type { TimerReader, TimerWriter } from './parking/timer-list.ts';
import type { DpdPolicy } from './policy.ts';
import type { SaEntry } from './sa-entry.ts';
import { createTimer, NS_PER_S, type Ns, type Timer } from './timer.ts';

const FIRST_SEQUENCE_BITS = 0x7fff_ffff;
/** Of questions that are asked for a reason, where the policy asks nobody by itself. */
const PROBE: DpdPolicy = { delayNs: Infinity, retryNs: 4 * NS_PER_S, timeoutNs: 16 * NS_PER_S };

export class Liveness implements TimerSubject {
  readonly #services: PeerServices;
  readonly #entry: SaEntry;
  #dpdTimer: Timer;
  #keepaliveTimer: Timer;
  #sequence = 0;
  /** Of the first question of the latest silence. */
  #firstSequence = 0;
  /** When the first question was asked that is still open. */
  #askedNs: Ns | undefined;
  #hadChild = false;

  constructor(services: PeerServices, entry: SaEntry) {
    this.#services = services;
    this.#entry = entry;
    this.#dpdTimer = createTimer(services.id, 'dpd', this);
    this.#keepaliveTimer = createTimer(services.id, 'keepalive', this);
  }

  /** Liveness of an SA that was parked. */
  static read(reader: RecordReader, timers: TimerReader, services: PeerServices, entry: SaEntry): Liveness {
    const liveness = new Liveness(services, entry);
    liveness.#sequence = reader.uint32();
    liveness.#firstSequence = reader.uint32();
    liveness.#hadChild = reader.flag();
    liveness.#dpdTimer = timers.read(reader, liveness)!;
    liveness.#keepaliveTimer = timers.read(reader, liveness)!;
    return liveness;
  }

  /** While nothing is asked. */
  write(writer: RecordWriter, timers: TimerWriter): void {
    writer.uint32(this.#sequence);
    writer.uint32(this.#firstSequence);
    writer.flag(this.#hadChild);
    timers.write(writer, this.#dpdTimer);
    timers.write(writer, this.#keepaliveTimer);
  }

  /** Whether a question is open. */
  get isAsking(): boolean {
    return this.#askedNs !== undefined;
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

  /** Asks at once, because there is reason to think that the other end is gone. */
  probe(): void {
    if (this.#askedNs !== undefined || !this.#entry.sa.peerSupportsDpd) return;
    this.#ask();
    this.#services.setTimer(this.#dpdTimer, this.#services.nowNs + this.#policy.retryNs);
  }

  /** Whether a question with this sequence number was asked in the latest silence. */
  hasAsked(sequence: number): boolean {
    if (this.#sequence === 0) return false;
    return !isSequenceBefore(sequence, this.#firstSequence) && !isSequenceBefore(this.#sequence, sequence);
  }

  get #policy(): DpdPolicy {
    return this.#services.policy.dpd ?? PROBE;
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
    const { nowNs } = services;
    const { delayNs, retryNs, timeoutNs } = this.#policy;
    const silentNs = nowNs - this.#entry.lastHeardNs;
    const dueAfterNs = Math.max(delayNs, this.#patienceNs());
    if (this.#askedNs === undefined && silentNs < dueAfterNs) {
      // A child SA may come at any time, and with it the shorter wait.
      const nextNs = silentNs < delayNs ? this.#entry.lastHeardNs : nowNs;
      const dueNs = Math.min(nextNs + delayNs, this.#entry.lastHeardNs + dueAfterNs);
      if (dueNs < Infinity) services.setTimer(this.#dpdTimer, dueNs);
      return;
    }
    if (this.#askedNs !== undefined && nowNs - this.#askedNs >= timeoutNs) {
      services.record({ type: 'lifecycle', event: 'peer-dead' });
      return services.later({ type: 'sa.lost', entry: this.#entry, reason: 'dead' });
    }
    this.#ask();
    services.setTimer(this.#dpdTimer, nowNs + retryNs);
  }

  /**
   * How long the other end may be silent because it is still setting up the first child SA: some give up when they are
   * asked in the middle of that, and until there is a tunnel nobody has to be told that it is dead.
   */
  #patienceNs(): Ns {
    if (this.#entry.children.length > 0) this.#hadChild = true;
    return this.#hadChild ? 0 : giveUpAfterNs(this.#services.policy.retransmit);
  }

  #ask(): void {
    const services = this.#services;
    const { sa } = this.#entry;
    if (this.#sequence === 0) this.#sequence = firstSequence(services.setting.random(4));
    this.#sequence = (this.#sequence + 1) >>> 0;
    if (this.#askedNs === undefined) this.#firstSequence = this.#sequence;
    this.#askedNs ??= services.nowNs;
    services.record({ type: 'lifecycle', event: 'liveness-asked' });
    sendInformational(services, this.#entry, [areYouThere(sa, this.#sequence)]);
  }
}

/** Random, with the top bit clear so that it does not wrap soon (RFC 3706 §6.2). */
function firstSequence(octets: Uint8Array): number {
  const [a = 0, b = 0, c = 0, d = 0] = octets;
  return ((a << 24) | (b << 16) | (c << 8) | d) & FIRST_SEQUENCE_BITS;
}
