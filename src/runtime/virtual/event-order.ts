/**
 * The order of events, which names no worker: by time, then class, then a hash, so that among
 * simultaneous events of one class nobody always wins, then by who caused it and as which of its
 * events. So events of peers that share a worker come in the same order whichever worker it is, and
 * what one peer sends to another at one time arrives in the order in which it was sent.
 *
 *     time | rank = class * 2^32 + hash(seed, time, target, source) | source | sequence
 */

import type { Ns } from '../../peer/timer.ts';

/** Classes in order of precedence at one time: what arrives is seen before what a peer wants by itself. */
export const EVENT_CLASS = { arrival: 0, delivery: 1, computer: 2, timer: 3 } as const;
export type EventClass = (typeof EVENT_CLASS)[keyof typeof EVENT_CLASS];

export class EventOrder {
  readonly #seed: number;
  /** Of the next event that a node causes. */
  readonly #sequences: Uint32Array;

  /** `nodes`: how many nodes there are in the whole run. */
  constructor(seed: number, nodes: number) {
    this.#seed = mix(((seed % TWO_32) | 0) ^ mix(Math.floor(seed / TWO_32) | 0));
    this.#sequences = new Uint32Array(nodes);
  }

  /** Number of the next event that `source` causes. After 2^32 events of one node it begins again, when no old one is left. */
  nextSequence(source: number): number {
    const sequence = this.#sequences[source]!;
    this.#sequences[source] = sequence + 1;
    return sequence;
  }

  /** What decides between events of one time. */
  rankOf(eventClass: EventClass, timeNs: Ns, target: number, source: number): number {
    const instant = mix(mix(this.#seed ^ (timeNs | 0)) ^ Math.floor(timeNs / TWO_32));
    const hash = mix(mix(instant ^ target) ^ source);
    return eventClass * TWO_32 + (hash >>> 0);
  }
}

/** Spreads 32 bits over 32 bits, one to one: Wellons' "lowbias32", found by search for least bias. */
function mix(value: number): number {
  let word = value;
  word = Math.imul(word ^ (word >>> 16), 0x7feb352d);
  word = Math.imul(word ^ (word >>> 15), 0x846ca68b);
  return word ^ (word >>> 16);
}

const TWO_32 = 0x1_0000_0000;
