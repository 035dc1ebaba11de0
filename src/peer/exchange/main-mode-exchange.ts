/** Main mode in both roles: messages in, chart events out, and what the chart's actions do. */
import { signatureAlgorithm } from '../../ike/authentication.ts';
import {
  acceptMessage1,
  acceptMessage2,
  acceptMessage3,
  acceptMessage4,
  acceptMessage5,
  acceptMessage6,
  buildMessage1,
  buildMessage2,
  buildMessage3,
  buildMessage4,
  buildMessage5,
  buildMessage6,
} from '../../ike/v1/main-mode.ts';
import type { Incoming, Path } from '../../ike/v1/incoming.ts';
import { buildInformational, phase1Notify, readUnderOtherIv } from '../../ike/v1/informational.ts';
import { drawMessageId } from '../../ike/v1/quick-mode.ts';
import { causeOfNotify, Discard } from '../../ike/v1/refusal.ts';
import type { Payload } from '../../ike/wire/message.ts';
import { NotifyType } from '../../ike/wire/numbers.ts';
import type { Chart } from '../chart.ts';
import type { RoundTrip } from '../fact.ts';
import {
  mainModeInitiatorMachine,
  type MainModeInitiatorActor,
  type MainModeInitiatorEvent,
} from '../machine/main-mode-initiator.machine.ts';
import {
  mainModeResponderMachine,
  type MainModeResponderActor,
  type MainModeResponderEvent,
} from '../machine/main-mode-responder.machine.ts';
import type { SaEntry } from '../sa-entry.ts';
import { Phase1Exchange, Phase1Responder } from './phase1-exchange.ts';
import type { PeerServices } from './services.ts';

export class MainModeInitiator
  extends Phase1Exchange<MainModeInitiatorEvent>
  implements MainModeInitiatorActor
{
  protected override readonly hasHeardLastMessage = true;
  protected override readonly chart: Chart<MainModeInitiatorEvent>;
  /** Which transmission of message 5 was last followed by something unreadable. */
  #unreadableAttempt: number | undefined;

  constructor(services: PeerServices, entry: SaEntry) {
    super(services, entry);
    this.chart = services.startChart(mainModeInitiatorMachine, this);
  }

  start(): void {
    const cause = this.hindrance();
    this.chart.send(cause === undefined ? { type: 'start' } : { type: 'refused', cause });
  }

  override handle(message: Incoming): void {
    const { sa } = this.entry;
    const { setting } = this.services;
    // What the initiator waits for is asked for by its own timer, never by a repeated answer.
    if (this.transmission.isDuplicate(message.octets)) return this.services.drop('duplicate');
    switch (this.chart.state) {
      case 'message1Sent':
        acceptMessage2(sa, message, setting);
        this.#answered('main-1', message);
        return this.chart.send({ type: 'message2.accepted' });
      case 'message3Sent':
        acceptMessage4(sa, message, setting);
        this.#answered('main-3', message);
        this.floatIfNatted();
        return this.chart.send({ type: 'message4.accepted' });
      case 'message5Sent':
        acceptMessage6(sa, message, setting);
        this.#answered('main-5', message);
        return this.proven(message, { type: 'message6.accepted' });
      default:
        throw new Discard('unexpected-state', `no message of main mode is expected: ${this.chart.state}`);
    }
  }

  #answered(name: RoundTrip, message: Incoming): void {
    const elapsedNs = this.transmission.answered(message.octets);
    const { negotiation } = this.entry;
    // Rekeying is not what the load schedule asked for.
    if (negotiation === undefined) return;
    this.services.record({ type: 'round-trip', name, plannedNs: negotiation.plannedNs, elapsedNs });
  }

  /**
   * An informational message that cannot be read came: with differing pre-shared keys, message 5 is
   * answered so each time it is sent. A single one may be forged, so it takes two, of which each
   * follows another transmission of message 5. To an end that has sent a message 6 that was lost phase 1
   * stands, so that it may ask or delete something under the IV that this message left. One that refuses message 5
   * with the keys of this end (libreswan, for a certificate) is believed after two as well.
   * @throws Discard for what has such another IV, but the keys of this end, and is no refusal.
   */
  noteUnreadable(message: Incoming): void {
    if (this.chart.state !== 'message5Sent') return;
    const payloads = readUnderOtherIv(this.entry.sa, message);
    if (payloads !== undefined && !payloads.some(isError)) {
      throw new Discard('unexpected-state', 'it follows a message 6 that has not come');
    }
    if (this.transmission.attempt === this.#unreadableAttempt) return;
    const isFirst = this.#unreadableAttempt === undefined;
    this.#unreadableAttempt = this.transmission.attempt;
    if (!isFirst) this.refuseWith('authentication-failed');
  }

  override timeOut(): void {
    const isKeyWrong = this.#unreadableAttempt !== undefined;
    this.refuse(isKeyWrong ? 'authentication-failed' : 'timeout-phase1');
  }

  sendMessage1(): void {
    this.transmission.request(buildMessage1(this.entry.sa, this.services.setting));
  }

  sendMessage3(): void {
    this.transmission.request(buildMessage3(this.entry.sa, this.services.setting));
  }

  sendMessage5(): void {
    this.transmission.request(buildMessage5(this.entry.sa, this.services.setting));
  }
}

export class MainModeResponder
  extends Phase1Responder<MainModeResponderEvent>
  implements MainModeResponderActor
{
  protected override readonly hasHeardLastMessage = false;
  protected override readonly chart: Chart<MainModeResponderEvent>;
  /** Last block of the message 5 that could not be read; the other end's IVs start there. */
  #unreadableEnd: Uint8Array | undefined;
  #unreadablePath: Path | undefined;

  constructor(services: PeerServices, entry: SaEntry) {
    super(services, entry);
    this.chart = services.startChart(mainModeResponderMachine, this);
  }

  override handle(message: Incoming): void {
    const { sa } = this.entry;
    const { setting } = this.services;
    if (this.transmission.isDuplicate(message.octets)) return this.repeatReply();
    switch (this.chart.state) {
      case 'idle':
        acceptMessage1(sa, message, setting);
        this.transmission.answered(message.octets);
        return this.chart.send({ type: 'message1.accepted' });
      case 'message2Sent':
        acceptMessage3(sa, message, setting);
        this.transmission.answered(message.octets);
        return this.chart.send({ type: 'message3.accepted' });
      case 'message4Sent':
        return this.#handleMessage5(message);
      default:
        throw new Discard('unexpected-state', `no message of main mode is expected: ${this.chart.state}`);
    }
  }

  #handleMessage5(message: Incoming): void {
    try {
      const { hasInitialContact } = acceptMessage5(this.entry.sa, message, this.services.setting);
      this.noteInitialContact(hasInitialContact);
    } catch (error) {
      // Of the octets that a wrong key leaves, some happen to look like payloads.
      if (error instanceof Discard && error.reason !== 'not-encrypted') {
        this.#unreadableEnd = message.octets.slice(-(this.entry.sa.cipher?.blockLength ?? 0));
        this.#unreadablePath = message.path;
        this.chart.send({ type: 'message5.unreadable' });
      }
      throw error;
    }
    this.transmission.answered(message.octets);
    this.adoptPath(message);
    this.proven(message, { type: 'message5.accepted' });
  }

  sendMessage2(): void {
    this.transmission.answer(buildMessage2(this.entry.sa, this.services.setting), 'main-2');
  }

  sendMessage4(): void {
    this.transmission.answer(buildMessage4(this.entry.sa, this.services.setting), 'main-4');
  }

  sendMessage6(): void {
    this.transmission.reply(buildMessage6(this.entry.sa, this.services.setting));
  }

  /**
   * Tells the other end, encrypted. If it can read that, the keys agree and only the message was
   * damaged; if it cannot, the pre-shared keys or decrypted nonces differ, which it has no other way to learn.
   */
  reportUnreadable(): void {
    const { sa } = this.entry;
    const notify = phase1Notify(sa, NotifyType.payloadMalformed);
    const messageId = drawMessageId(this.services.setting.random);
    const path = this.#unreadablePath;
    const answering = path ? { ...sa, own: path.to, remote: path.from, hasMarker: path.hasMarker } : sa;
    this.services.send(answering, buildInformational(sa, messageId, [notify], this.#unreadableEnd), false);
  }

  override timeOut(): void {
    // Keys depend on who the ends are, but for signatures.
    const dependsOnEnds = signatureAlgorithm(this.entry.sa.authentication) === undefined;
    const isKeyWrong = this.#unreadableEnd !== undefined && dependsOnEnds;
    this.refuse(isKeyWrong ? 'authentication-failed' : 'timeout-phase1');
  }
}

function isError(payload: Payload): boolean {
  return payload.kind === 'notification' && causeOfNotify(payload.notifyType) !== undefined;
}
