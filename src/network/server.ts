/**
 * A server that gateways ask, for RADIUS or for revocation lists: so many requests at a time, the
 * others in a queue in the order in which they came, and none for whom the queue is full. As with
 * links the queue is computed: each place at the counter knows until when it is taken.
 */
import type { Ns } from '../peer/timer.ts';
import type { PositionedStream } from '../random/positioned-stream.ts';
import { isDownAt, type DownTime } from './down-time.ts';
import { drawLatencyNs, type Latency } from './latency.ts';

/** What a server is like. Plain data. */
export interface ServerModel {
  /** Time that one answer takes. */
  readonly service: Latency;
  /** Requests that it works on at the same time. */
  readonly capacity: number;
  /** Requests that wait at most. */
  readonly queueLimit: number;
  /** It does not hear then, and what it was asked before it still answers. */
  readonly downTimes: readonly DownTime[];
  /** Answers begun then take so many times as long. */
  readonly slowTimes: readonly { readonly when: DownTime; readonly factor: number }[];
}

export const SERVER_DROPS = ['server-down', 'server-queue-full'] as const;
export type ServerDrop = (typeof SERVER_DROPS)[number];

export class QueueingServer {
  readonly #model: ServerModel;
  readonly #entity: number;
  readonly #random: PositionedStream;
  /** Until when each place is taken. */
  readonly #freeAtNs: Float64Array;
  /** When the work on each waiting request begins, in order; those before `#firstWaiting` have begun. */
  #beginningsNs: Ns[] = [];
  #firstWaiting = 0;
  #asked = 0;

  constructor(model: ServerModel, entity: number, random: PositionedStream) {
    this.#model = model;
    this.#entity = entity;
    this.#random = random;
    this.#freeAtNs = new Float64Array(model.capacity);
  }

  /** Requests that wait at that time. */
  waitingAt(nowNs: Ns): number {
    const beginnings = this.#beginningsNs;
    while (this.#firstWaiting < beginnings.length && beginnings[this.#firstWaiting]! <= nowNs) {
      this.#firstWaiting++;
    }
    if (this.#firstWaiting > COMPACT_AFTER && this.#firstWaiting * 2 > beginnings.length) {
      this.#beginningsNs = beginnings.slice(this.#firstWaiting);
      this.#firstWaiting = 0;
    }
    return this.#beginningsNs.length - this.#firstWaiting;
  }

  /** When a request that arrives at `nowNs` is answered, or why it never is. Calls come in order of time. */
  ask(nowNs: Ns): Ns | ServerDrop {
    const { service, queueLimit, downTimes, slowTimes } = this.#model;
    this.#random.seek(this.#entity, this.#asked++);
    if (isDownAt(downTimes, nowNs, 0)) return 'server-down';
    const waiting = this.waitingAt(nowNs);
    const place = this.#firstFree();
    const beginNs = Math.max(nowNs, this.#freeAtNs[place]!);
    if (beginNs > nowNs) {
      if (waiting >= queueLimit) return 'server-queue-full';
      this.#beginningsNs.push(beginNs);
    }
    let serviceNs = drawLatencyNs(service, this.#random);
    for (const { when, factor } of slowTimes) {
      if (isDownAt([when], beginNs, 0)) serviceNs = Math.round(serviceNs * factor);
    }
    const answerNs = beginNs + serviceNs;
    this.#freeAtNs[place] = answerNs;
    return answerNs;
  }

  #firstFree(): number {
    const freeAtNs = this.#freeAtNs;
    let first = 0;
    for (let place = 1; place < freeAtNs.length; place++) {
      if (freeAtNs[place]! < freeAtNs[first]!) first = place;
    }
    return first;
  }
}

/** Begun requests that are kept before the list is made anew. */
const COMPACT_AFTER = 1024;
