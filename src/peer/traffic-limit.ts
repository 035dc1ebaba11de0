/** How many octets an SA, or a pair of them, may protect in each direction before it is replaced, and before it ends. */

export type Direction = 'inbound' | 'outbound';

/** `rekey-due` is said once, when it becomes so. */
export type TrafficState = 'within' | 'rekey-due' | 'over';

/** What there is to know of a limit. */
export interface TrafficStanding {
  readonly limitOctets: number;
  readonly rekeyOctets: number;
  readonly inboundOctets: number;
  readonly outboundOctets: number;
  readonly isRekeyDue: boolean;
}

export class TrafficLimit {
  readonly #limitOctets: number;
  readonly #rekeyOctets: number;
  #inboundOctets = 0;
  #outboundOctets = 0;
  #isRekeyDue = false;

  /** Infinity for what there is no limit of. */
  constructor(limitOctets: number, rekeyOctets: number) {
    this.#limitOctets = limitOctets;
    this.#rekeyOctets = rekeyOctets;
  }

  /** A limit of which so much was used. */
  static standing(standing: TrafficStanding): TrafficLimit {
    const limit = new TrafficLimit(standing.limitOctets, standing.rekeyOctets);
    limit.#inboundOctets = standing.inboundOctets;
    limit.#outboundOctets = standing.outboundOctets;
    limit.#isRekeyDue = standing.isRekeyDue;
    return limit;
  }

  get standing(): TrafficStanding {
    return {
      limitOctets: this.#limitOctets,
      rekeyOctets: this.#rekeyOctets,
      inboundOctets: this.#inboundOctets,
      outboundOctets: this.#outboundOctets,
      isRekeyDue: this.#isRekeyDue,
    };
  }

  octetsOf(direction: Direction): number {
    return direction === 'inbound' ? this.#inboundOctets : this.#outboundOctets;
  }

  /** Counts octets that were protected, or were found to be. */
  count(direction: Direction, octets: number): TrafficState {
    const total = this.octetsOf(direction) + octets;
    if (direction === 'inbound') this.#inboundOctets = total;
    else this.#outboundOctets = total;
    if (total >= this.#limitOctets) return 'over';
    if (this.#isRekeyDue || total < this.#rekeyOctets) return 'within';
    this.#isRekeyDue = true;
    return 'rekey-due';
  }
}
