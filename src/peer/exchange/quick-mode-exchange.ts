/** Quick mode in both roles: messages in, chart events out, and what the chart's actions do. */
import type { EventObject } from 'xstate';
import { UNLIMITED, type Lifetime } from '../../ike/lifetime.ts';
import { deriveChildSa } from '../../ike/v1/child-keys.ts';
import type { ChildSa } from '../../ike/v1/child-sa.ts';
import type { Incoming } from '../../ike/v1/incoming.ts';
import { buildInformational } from '../../ike/v1/informational.ts';
import {
  acceptMessage1,
  acceptMessage2,
  acceptMessage3,
  acceptMessage4,
  buildMessage1,
  buildMessage2,
  buildMessage3,
  connectedNotify,
  createQuickMode,
  type Phase2Setting,
  type QuickMode,
} from '../../ike/v1/quick-mode.ts';
import { Discard, Refusal } from '../../ike/v1/refusal.ts';
import { NotifyType } from '../../ike/wire/numbers.ts';
import type { Chart } from '../chart.ts';
import type { FailureCause } from '../fact.ts';
import {
  quickModeInitiatorMachine,
  type QuickModeInitiatorActor,
  type QuickModeInitiatorEvent,
} from '../machine/quick-mode-initiator.machine.ts';
import {
  quickModeResponderMachine,
  type QuickModeResponderActor,
  type QuickModeResponderEvent,
} from '../machine/quick-mode-responder.machine.ts';
import { spendInformationalId, type SaEntry } from '../sa-entry.ts';
import type { Ns } from '../timer.ts';
import { Exchange } from './exchange.ts';
import type { PeerServices } from './services.ts';

export abstract class QuickModeExchange<TEvent extends EventObject = EventObject> extends Exchange<TEvent> {
  readonly startedNs: Ns;
  /** When it was done, so that what only duplicates need can be let go of later. */
  finishedNs: Ns | undefined;
  /** The result, once established, or once the other end has only to say that it is ready. */
  child: ChildSa | undefined;
  lifetime: Lifetime = UNLIMITED;
  readonly #messageId: number;
  #quick: QuickMode | undefined;
  readonly #ownSetting: Phase2Setting | undefined;

  constructor(services: PeerServices, entry: SaEntry, quick: QuickMode, setting?: Phase2Setting) {
    super(services, entry);
    this.#ownSetting = setting;
    this.#quick = quick;
    this.#messageId = quick.messageId;
    this.startedNs = services.nowNs;
  }

  get messageId(): number {
    return this.#messageId;
  }

  protected get quick(): QuickMode {
    if (this.#quick === undefined) throw new Error('quick mode is over, its state is gone');
    return this.#quick;
  }

  protected get setting(): Phase2Setting {
    return this.#ownSetting ?? this.entry.phase2Setting ?? this.services.setting;
  }

  get isInProgress(): boolean {
    const { state } = this;
    return state === 'message1Sent' || state === 'message2Sent' || state === 'awaitingConnected';
  }

  override establish(): void {
    this.transmission.finish();
    const { quick } = this;
    this.child ??= deriveChildSa(this.entry.sa, quick, this.setting.policy);
    this.lifetime = quick.lifetime;
    // Who has heard the last word of the exchange is never asked for its own again.
    if (quick.isInitiator === quick.hasCommitBit) this.transmission.forget();
    this.#quick = undefined;
    this.finishedNs = this.services.nowNs;
    this.services.later({ type: 'child.established', entry: this.entry, exchange: this });
  }

  override timeOut(): void {
    this.refuse('timeout-phase2');
  }

  override refuse(cause: FailureCause): void {
    this.transmission.stop();
    this.finishedNs = this.services.nowNs;
    this.services.later({ type: 'child.failed', entry: this.entry, exchange: this, cause });
  }

  override stopWaiting(): void {
    super.stopWaiting();
    this.finishedNs = this.services.nowNs;
  }
}

export class QuickModeInitiator
  extends QuickModeExchange<QuickModeInitiatorEvent>
  implements QuickModeInitiatorActor
{
  protected override readonly chart: Chart<QuickModeInitiatorEvent>;

  /** The child SA that the new one is to replace, when this is a rekeying. */
  readonly replaces: ChildSa | undefined;

  constructor(
    services: PeerServices,
    entry: SaEntry,
    messageId: number,
    replaces?: ChildSa,
    setting?: Phase2Setting,
  ) {
    const { random } = services.setting;
    super(services, entry, createQuickMode(entry.sa, { isInitiator: true, messageId, random }), setting);
    this.replaces = replaces;
    this.chart = services.startChart(quickModeInitiatorMachine, this);
  }

  start(): void {
    this.chart.send({ type: 'start' });
  }

  override handle(message: Incoming): void {
    // A repeated message 2 means that message 3 was lost.
    if (this.transmission.isDuplicate(message.octets)) return this.transmission.repeatReply();
    if (this.chart.state === 'awaitingConnected') {
      acceptMessage4(this.entry.sa, this.quick, message);
      this.accepted(message);
      return this.connected();
    }
    if (this.chart.state !== 'message1Sent') {
      throw new Discard('unexpected-state', `no message of quick mode is expected: ${this.chart.state}`);
    }
    acceptMessage2(this.entry.sa, this.quick, message, this.setting);
    const elapsedNs = this.accepted(message);
    const { negotiation } = this.entry;
    // Rekeying is not what the load schedule asked for.
    if (negotiation !== undefined && this.replaces === undefined) {
      const { plannedNs } = negotiation;
      this.services.record({ type: 'round-trip', name: 'quick-1', plannedNs, elapsedNs });
    }
    this.chart.send({ type: this.quick.hasCommitBit ? 'message2.committing' : 'message2.accepted' });
  }

  sendMessage1(): void {
    this.transmission.request(buildMessage1(this.entry.sa, this.quick, this.setting));
  }

  sendMessage3(): void {
    this.transmission.reply(buildMessage3(this.entry.sa, this.quick));
  }

  requestConnected(): void {
    const { children } = this.services;
    this.child = deriveChildSa(this.entry.sa, this.quick, this.setting.policy);
    children.awaitTraffic(this.child, this);
    this.transmission.request(buildMessage3(this.entry.sa, this.quick));
  }

  /** The other end is ready for traffic, or has sent some already. Without effect where nobody waits for that. */
  connected(): void {
    this.chart.send({ type: 'connected' });
  }

  override establish(): void {
    super.establish();
    this.#awaitNoLonger();
  }

  override refuse(cause: FailureCause): void {
    this.#awaitNoLonger();
    super.refuse(cause);
  }

  override stopWaiting(): void {
    this.#awaitNoLonger();
    super.stopWaiting();
  }

  #awaitNoLonger(): void {
    if (this.child !== undefined) this.services.children.awaitTrafficNoLonger(this.child);
  }
}

export class QuickModeResponder
  extends QuickModeExchange<QuickModeResponderEvent>
  implements QuickModeResponderActor
{
  protected override readonly chart: Chart<QuickModeResponderEvent>;

  constructor(services: PeerServices, entry: SaEntry, messageId: number) {
    const { random } = services.setting;
    super(services, entry, createQuickMode(entry.sa, { isInitiator: false, messageId, random }));
    this.chart = services.startChart(quickModeResponderMachine, this);
  }

  override handle(message: Incoming): void {
    const { sa } = this.entry;
    if (this.transmission.isDuplicate(message.octets)) return this.transmission.repeatReply();
    switch (this.chart.state) {
      case 'idle':
        acceptMessage1(sa, this.quick, message, this.setting);
        this.#requireAccess();
        this.accepted(message);
        return this.chart.send({ type: 'message1.accepted' });
      case 'message2Sent':
        acceptMessage3(sa, this.quick, message);
        this.accepted(message);
        return this.chart.send({
          type: this.quick.hasCommitBit ? 'message3.committing' : 'message3.accepted',
        });
      default:
        throw new Discard('unexpected-state', `no message of quick mode is expected: ${this.chart.state}`);
    }
  }

  /** What refused the first message answers its duplicates too: the notification may be lost. */
  refusedWith(message: Incoming, notify: Uint8Array): void {
    this.transmission.refused(message.octets, notify);
  }

  /** Who has not logged in gets no child SA. @throws Refusal */
  #requireAccess(): void {
    const { access } = this.entry;
    if (access === undefined) return;
    if (!access.isOpen) {
      throw new Refusal(
        'authentication-failed',
        'the user has not logged in yet',
        NotifyType.authenticationFailed,
      );
    }
    access.quickModeBegan();
  }

  sendMessage2(): void {
    this.transmission.answer(buildMessage2(this.entry.sa, this.quick), 'quick-2');
  }

  /** In an informational message of the message ID of quick mode, which is spent: who sends it back to us is not heard. */
  sendConnected(): void {
    const { sa } = this.entry;
    spendInformationalId(this.entry, this.messageId);
    this.transmission.reply(buildInformational(sa, this.messageId, [connectedNotify(this.quick)]));
  }
}
