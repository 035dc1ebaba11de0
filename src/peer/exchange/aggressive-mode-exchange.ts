/** Aggressive mode in both roles: messages in, chart events out, and what the chart's actions do. */
import {
  acceptMessage1,
  acceptMessage2,
  acceptMessage3,
  buildMessage1,
  buildMessage2,
  buildMessage3,
  discoveriesForMessage3,
} from '../../ike/v1/aggressive-mode.ts';
import type { Incoming } from '../../ike/v1/incoming.ts';
import { Discard } from '../../ike/v1/refusal.ts';
import type { Payload } from '../../ike/wire/message.ts';
import type { Chart } from '../chart.ts';
import {
  aggressiveModeInitiatorMachine,
  type AggressiveModeInitiatorActor,
  type AggressiveModeInitiatorEvent,
} from '../machine/aggressive-mode-initiator.machine.ts';
import {
  aggressiveModeResponderMachine,
  type AggressiveModeResponderActor,
  type AggressiveModeResponderEvent,
} from '../machine/aggressive-mode-responder.machine.ts';
import type { SaEntry } from '../sa-entry.ts';
import { Phase1Exchange, Phase1Responder } from './phase1-exchange.ts';
import type { PeerServices } from './services.ts';

export class AggressiveModeInitiator
  extends Phase1Exchange<AggressiveModeInitiatorEvent>
  implements AggressiveModeInitiatorActor
{
  protected override readonly hasHeardLastMessage = false;
  protected override readonly chart: Chart<AggressiveModeInitiatorEvent>;
  #discoveries: readonly Payload[] = [];

  constructor(services: PeerServices, entry: SaEntry) {
    super(services, entry);
    this.chart = services.startChart(aggressiveModeInitiatorMachine, this);
  }

  start(): void {
    const cause = this.hindrance();
    this.chart.send(cause === undefined ? { type: 'start' } : { type: 'refused', cause });
  }

  override handle(message: Incoming): void {
    const { sa, negotiation } = this.entry;
    const { setting } = this.services;
    // A repeated message 2 means that message 3 was lost.
    if (this.transmission.isDuplicate(message.octets)) return this.repeatReply();
    if (this.chart.state !== 'message1Sent') {
      throw new Discard('unexpected-state', `no message of aggressive mode is expected: ${this.chart.state}`);
    }
    acceptMessage2(sa, message, setting);
    const elapsedNs = this.transmission.answered(message.octets);
    // Rekeying is not what the load schedule asked for.
    if (negotiation !== undefined) {
      const { plannedNs } = negotiation;
      this.services.record({ type: 'round-trip', name: 'aggressive-1', plannedNs, elapsedNs });
    }
    this.#discoveries = discoveriesForMessage3(sa, setting);
    this.floatIfNatted();
    this.proven(message, { type: 'message2.accepted' });
  }

  sendMessage1(): void {
    this.transmission.request(buildMessage1(this.entry.sa, this.services.setting));
  }

  sendMessage3(): void {
    this.transmission.reply(buildMessage3(this.entry.sa, this.services.setting, this.#discoveries));
    this.#discoveries = [];
  }
}

export class AggressiveModeResponder
  extends Phase1Responder<AggressiveModeResponderEvent>
  implements AggressiveModeResponderActor
{
  protected override readonly hasHeardLastMessage = true;
  protected override readonly chart: Chart<AggressiveModeResponderEvent>;
  /** Whether the first message was good enough for an answer. */
  hasAnswered = false;

  constructor(services: PeerServices, entry: SaEntry) {
    super(services, entry);
    this.chart = services.startChart(aggressiveModeResponderMachine, this);
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
        this.noteInitialContact(acceptMessage3(sa, message, setting).hasInitialContact);
        this.transmission.answered(message.octets);
        this.adoptPath(message);
        return this.proven(message, { type: 'message3.accepted' });
      default:
        throw new Discard(
          'unexpected-state',
          `no message of aggressive mode is expected: ${this.chart.state}`,
        );
    }
  }

  sendMessage2(): void {
    this.hasAnswered = true;
    this.transmission.answer(buildMessage2(this.entry.sa, this.services.setting), 'aggressive-2');
  }
}
