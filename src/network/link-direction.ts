/** The access links of some groups, or the paths of a connection: one direction, with the state of each of them. */
import type { Ns } from '../peer/timer.ts';
import { PositionedStream } from '../random/positioned-stream.ts';
import {
  createLinkState,
  createPassage,
  crossLink,
  isSteady,
  type LinkModel,
  type LinkState,
  type Passage,
} from './link.ts';
import { leastLatencyNs } from './latency.ts';
import { countDrop, type FlowCounts } from './network-counts.ts';

export class LinkDirection {
  readonly counts: FlowCounts;
  /** Least time from one end to the other. */
  readonly leastNs: Ns;
  readonly #model: LinkModel;
  readonly #isSteady: boolean;
  readonly #random: PositionedStream;
  readonly #states = new Map<number, LinkState>();
  readonly #passage: Passage = createPassage();
  readonly #crossing = { nowNs: 0, length: 0, addressLength: 4, spentNs: 0 };

  /** `purpose` names its random numbers: no two directions of a network have the same. */
  constructor(model: LinkModel, setup: { seed: number; purpose: string; counts: FlowCounts }) {
    this.#model = model;
    this.#isSteady = isSteady(model);
    this.#random = new PositionedStream(setup.seed, setup.purpose);
    this.counts = setup.counts;
    this.leastNs = leastLatencyNs(model.latency);
  }

  /**
   * Sends a datagram over link `number`; the answer is good until the next call. `key` tells links apart
   * that have the same number; `nowNs` counts from the beginning of the run.
   */
  cross(number: number, key: number, nowNs: Ns, length: number, addressLength: number, spentNs: Ns): Passage {
    const passage = this.#passage;
    const { counts } = this;
    counts.sent++;
    if (this.#isSteady) {
      passage.dropped = undefined;
      passage.arrivalNs = nowNs + this.leastNs - spentNs;
      passage.secondArrivalNs = -1;
      counts.delivered++;
      return passage;
    }
    let state = this.#states.get(key);
    if (state === undefined) this.#states.set(key, (state = createLinkState(number, this.#random)));
    const crossing = this.#crossing;
    crossing.nowNs = nowNs;
    crossing.length = length;
    crossing.addressLength = addressLength;
    crossing.spentNs = spentNs;
    crossLink(this.#model, state, this.#random, crossing, passage);
    if (passage.dropped !== undefined) {
      countDrop(counts, passage.dropped);
      return passage;
    }
    counts.delivered++;
    if (passage.secondArrivalNs >= 0) {
      counts.duplicated++;
      counts.delivered++;
    }
    return passage;
  }
}
