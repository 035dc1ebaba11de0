/**
 * One direction of a link: a datagram waits for its turn, takes its time to go out, is lost or not,
 * and arrives after a latency, perhaps twice. The queue is computed, not simulated: the link knows
 * until when it is busy.
 */
import { NS_PER_S, type Ns } from '../peer/timer.ts';
import type { PositionedStream } from '../random/positioned-stream.ts';
import { isDownAt, type DownTime } from './down-time.ts';
import { packetsOf } from './fragments.ts';
import { drawLatencyNs, leastLatencyNs, type Latency } from './latency.ts';
import { happens, isLost, type Loss, type LossState } from './loss.ts';

/** What a link is like in one direction. Plain data. */
export interface LinkModel {
  readonly latency: Latency;
  /** Bits a second, IP and UDP headers included; absent: sending takes no time. */
  readonly bandwidthHz?: number;
  /** Longest wait in the queue; who would wait longer is dropped. Only with a bandwidth. */
  readonly queueNs: Ns;
  /** Octets of the largest IP packet; absent: whatever comes. */
  readonly mtu?: number;
  /** What becomes of the parts of a larger one: many boxes on the way throw them away. */
  readonly fragments: 'pass' | 'drop';
  readonly loss?: Loss;
  /** Chance that a datagram arrives twice. */
  readonly duplication: number;
  /** Chance that a datagram is late by that much, so that later ones overtake it; without it all arrive in order. */
  readonly reordering?: { readonly share: number; readonly delayNs: Ns };
  readonly downTimes: readonly DownTime[];
}

/** What one direction of one link remembers. */
export interface LinkState extends LossState {
  /** Whose random numbers it draws. */
  readonly entity: number;
  /** How late it is in staggered down times, in periods. */
  readonly turn: number;
  /** Datagrams so far: the place of its next random numbers. */
  count: number;
  busyUntilNs: Ns;
  lastArrivalNs: Ns;
}

export const LINK_DROPS = [
  'link-down',
  'link-queue-full',
  'link-loss',
  /** One of several fragments was lost. */
  'link-fragment-loss',
  /** Too large for a link that throws fragments away. */
  'link-too-large',
] as const;
export type LinkDrop = (typeof LINK_DROPS)[number];

/** What became of a datagram; used again and again by the caller. */
export interface Passage {
  dropped: LinkDrop | undefined;
  /** When it comes out at the other end. */
  arrivalNs: Ns;
  /** When it comes out again; -1: once only. */
  secondArrivalNs: Ns;
}

export function createPassage(): Passage {
  return { dropped: undefined, arrivalNs: 0, secondArrivalNs: -1 };
}

/** A link that has not been used. `random` is that of its kind. */
export function createLinkState(entity: number, random: PositionedStream): LinkState {
  const turn = random.seek(entity, 0).unit();
  return { entity, turn, count: 1, isBad: false, busyUntilNs: 0, lastArrivalNs: 0 };
}

/** Whether the link does the same to every datagram, at any time: no state is needed then. */
export function isSteady(model: LinkModel): boolean {
  return (
    model.latency.type === 'constant' &&
    model.bandwidthHz === undefined &&
    model.loss === undefined &&
    model.duplication === 0 &&
    model.reordering === undefined &&
    model.downTimes.length === 0 &&
    !(model.mtu !== undefined && model.fragments === 'drop')
  );
}

export interface Crossing {
  /** Nanoseconds since the beginning of the run. */
  readonly nowNs: Ns;
  /** Octets of the UDP payload. */
  readonly length: number;
  /** 4 or 16. */
  readonly addressLength: number;
  /** Part of the latency that has gone by already. */
  readonly spentNs: Ns;
}

/** Sends a datagram over the link and says in `passage` what becomes of it. Calls come in order of time. */
export function crossLink(
  model: LinkModel,
  state: LinkState,
  random: PositionedStream,
  { nowNs, length, addressLength, spentNs }: Crossing,
  passage: Passage,
): void {
  passage.dropped = undefined;
  passage.secondArrivalNs = -1;
  random.seek(state.entity, state.count++);
  if (model.downTimes.length > 0 && isDownAt(model.downTimes, nowNs, state.turn)) {
    passage.dropped = 'link-down';
    return;
  }
  const packets = packetsOf(length, addressLength, model.mtu);
  if (packets.count > 1 && model.fragments === 'drop') {
    passage.dropped = 'link-too-large';
    return;
  }
  let sentNs = nowNs;
  if (model.bandwidthHz !== undefined) {
    const startNs = state.busyUntilNs > nowNs ? state.busyUntilNs : nowNs;
    if (startNs - nowNs > model.queueNs) {
      passage.dropped = 'link-queue-full';
      return;
    }
    sentNs = startNs + Math.ceil((packets.octets * 8 * NS_PER_S) / model.bandwidthHz);
    state.busyUntilNs = sentNs;
  }
  if (model.loss !== undefined && areLost(packets.count, model.loss, state, random)) {
    passage.dropped = packets.count > 1 ? 'link-fragment-loss' : 'link-loss';
    return;
  }
  passage.arrivalNs = arrivalOf(model, state, random, sentNs - spentNs);
  if (model.duplication > 0 && happens(model.duplication, random)) {
    passage.secondArrivalNs = arrivalOf(model, state, random, sentNs - spentNs);
  }
}

/** A datagram is lost with any of its packets; all of them were sent, whichever was lost. */
function areLost(packets: number, loss: Loss, state: LossState, random: PositionedStream): boolean {
  let areAnyLost = false;
  for (let packet = 0; packet < packets; packet++) {
    if (isLost(loss, state, random)) areAnyLost = true;
  }
  return areAnyLost;
}

function arrivalOf(model: LinkModel, state: LinkState, random: PositionedStream, sentNs: Ns): Ns {
  const arrivalNs = sentNs + drawLatencyNs(model.latency, random);
  if (model.reordering !== undefined && happens(model.reordering.share, random)) {
    return arrivalNs + model.reordering.delayNs;
  }
  // Whoever was sent later does not arrive earlier, however the latencies fall.
  if (arrivalNs > state.lastArrivalNs) state.lastArrivalNs = arrivalNs;
  return state.lastArrivalNs;
}

/** What a link that is never more than steady takes. */
export function leastCrossingNs(model: LinkModel): Ns {
  return leastLatencyNs(model.latency);
}
