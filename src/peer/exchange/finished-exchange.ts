/**
 * What is left of an exchange that established its SA: enough to know its last message again and to
 * repeat what answered it. The exchange itself, with its chart and its timers, is let go of.
 */
import type { Incoming } from '../../ike/v1/incoming.ts';
import type { IsakmpSa } from '../../ike/v1/isakmp-sa.ts';
import { Discard } from '../../ike/v1/refusal.ts';
import { equalOctets } from '../../ike/wire/octets.ts';
import type { Ns } from '../timer.ts';
import type { PeerServices } from './services.ts';

export interface LastWords {
  /** The last message of ours; undefined where the other end never asks for it again. */
  readonly sent: Uint8Array | undefined;
  readonly received: Uint8Array | undefined;
  /** How often the former may still be sent again. */
  readonly repeatsLeft: number;
  /** Whether anything was sent twice because no answer came. */
  readonly hasRetransmitted: boolean;
}

export class FinishedExchange {
  readonly finishedNs: Ns;
  readonly #services: PeerServices;
  readonly #sa: IsakmpSa;
  readonly #lastWords: LastWords;
  #repeatsLeft: number;

  constructor(services: PeerServices, sa: IsakmpSa, lastWords: LastWords, finishedNs: Ns) {
    this.#services = services;
    this.#sa = sa;
    this.#lastWords = lastWords;
    this.#repeatsLeft = lastWords.repeatsLeft;
    this.finishedNs = finishedNs;
  }

  get state(): string {
    return 'established';
  }

  get isInProgress(): boolean {
    return false;
  }

  get lastWords(): LastWords {
    return { ...this.#lastWords, repeatsLeft: this.#repeatsLeft };
  }

  get hasRetransmitted(): boolean {
    return this.#lastWords.hasRetransmitted;
  }

  isDuplicate(octets: Uint8Array): boolean {
    const { received } = this.#lastWords;
    return received !== undefined && equalOctets(octets, received);
  }

  /** The last message may come again because its answer got lost. @throws Discard for any other one */
  handle({ octets }: Incoming): void {
    if (!this.isDuplicate(octets)) {
      throw new Discard('unexpected-state', 'the exchange is over, no message of it is expected');
    }
    this.#services.drop('duplicate');
    const { sent } = this.#lastWords;
    if (this.#repeatsLeft <= 0) return;
    this.#repeatsLeft--;
    if (sent === undefined) return;
    this.#services.record({ type: 'retransmitted' });
    this.#services.send(this.#sa, sent, true);
  }

  /** What is over cannot be refused any more. */
  refuseWith(): void {}

  abandon(): void {}

  stopWaiting(): void {}
}
