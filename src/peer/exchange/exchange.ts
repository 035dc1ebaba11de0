/** What all exchanges have in common: a chart, a transmission, and the ways in which both end. */
import type { EventObject } from 'xstate';
import type { Incoming } from '../../ike/v1/incoming.ts';
import type { Chart } from '../chart.ts';
import type { FailureCause } from '../fact.ts';
import type { ExchangeActor, ExchangeEvent } from '../machine/exchange-chart.ts';
import { followPath } from '../path-following.ts';
import type { SaEntry } from '../sa-entry.ts';
import type { Ns, Timer } from '../timer.ts';
import type { PeerServices, TimerSubject } from './services.ts';
import { Transmission } from './transmission.ts';

export abstract class Exchange<TEvent extends EventObject = EventObject>
  implements TimerSubject, ExchangeActor
{
  readonly transmission: Transmission;
  readonly entry: SaEntry;
  protected readonly services: PeerServices;

  constructor(services: PeerServices, entry: SaEntry) {
    this.services = services;
    this.entry = entry;
    this.transmission = new Transmission(services, entry.sa, this);
  }

  protected abstract readonly chart: Chart<TEvent | ExchangeEvent>;

  /** Name of the chart's state. */
  get state(): string {
    return this.chart.state;
  }

  /**
   * Takes a message of this exchange.
   * @throws Discard or Refusal; the peer turns the one into a counted drop, the other into `refuseWith`.
   */
  abstract handle(message: Incoming): void;

  isDuplicate(octets: Uint8Array): boolean {
    return this.transmission.isDuplicate(octets);
  }

  get hasRetransmitted(): boolean {
    return this.transmission.hasRetransmitted;
  }

  /** Takes note of a good and new message, before it is answered; returns the time since the request it answers was first sent. */
  protected accepted(message: Incoming): Ns {
    followPath(this.entry, message.path);
    return this.transmission.answered(message.octets);
  }

  /** Tells the chart that the exchange cannot go on. */
  refuseWith(cause: FailureCause): void {
    this.chart.send({ type: 'refused', cause });
  }

  /** Tells the chart that nobody wants the exchange any more. */
  abandon(): void {
    this.chart.send({ type: 'abandoned' });
  }

  timerFired(timer: Timer): void {
    if (timer.kind === 'half-open') this.chart.send({ type: 'half-open.expired' });
    else
      this.chart.send({ type: this.transmission.hasTriesLeft ? 'retransmit.due' : 'retransmit.exhausted' });
  }

  abstract establish(): void;
  abstract timeOut(): void;
  abstract refuse(cause: FailureCause): void;

  retransmit(): void {
    this.transmission.retransmit();
  }

  stopWaiting(): void {
    this.transmission.stop();
  }
}
