/** A server of users or of revocation lists as a peer: gets questions by datagrams, has so many answers in the making at a time, and sends them. */
import type { Endpoint } from '../ike/endpoint.ts';
import type { Effect } from '../peer/effect.ts';
import type { PeerEvent } from '../peer/event.ts';
import type { Peer } from '../peer/peer.ts';
import { decodeQuestion, encodeAnswer, LIST_REQUEST, type ReadQuestion } from '../peer/server-question.ts';
import { createTimer, NS_PER_MS, type Ns, type Timer } from '../peer/timer.ts';
import { PositionedStream } from '../random/positioned-stream.ts';
import type { DownTime } from './down-time.ts';
import { latestList, type PublishedLists } from './list-shelf.ts';
import { QueueingServer, type ServerModel } from './server.ts';

export interface ServerPeerSetup {
  readonly id: number;
  readonly endpoint: Endpoint;
  readonly model: Pick<ServerModel, 'service' | 'capacity' | 'queueLimit'>;
  readonly seed: number;
  /** Absent: it has none. */
  readonly lists?: PublishedLists;
  /** UTC time of the clock's origin, milliseconds since 1970, for whoever publishes lists. Absent: 0. */
  readonly epochMs?: number;
}

interface Answer {
  readonly from: Endpoint;
  readonly to: Endpoint;
  readonly question: Uint8Array;
  readonly asked: ReadQuestion;
}

export class ServerPeer implements Peer {
  readonly id: number;
  readonly endpoint: Endpoint;
  readonly phase1Count = 0;
  readonly childCount = 0;
  readonly #server: QueueingServer;
  readonly #lists: PublishedLists;
  readonly #epochMs: number;
  readonly #slowTimes: { readonly when: DownTime; readonly factor: number }[] = [];

  constructor({ id, endpoint, model, seed, lists, epochMs }: ServerPeerSetup) {
    this.#lists = lists ?? NO_LISTS;
    this.#epochMs = epochMs ?? 0;
    this.id = id;
    this.endpoint = endpoint;
    const random = new PositionedStream(seed, 'server');
    this.#server = new QueueingServer({ ...model, downTimes: [], slowTimes: this.#slowTimes }, id, random);
  }

  halfOpenCountOf(): number {
    return 0;
  }

  handle(event: PeerEvent, nowNs: Ns, effects: Effect[]): void {
    switch (event.type) {
      case 'datagram.received':
        return this.#receive(event, nowNs, effects);
      case 'timer.fired': {
        const { from, to, question, asked } = event.timer.subject as Answer;
        const octets = encodeAnswer(question, this.#listFor(asked, nowNs));
        effects.push({ type: 'send', from, to, octets, isRetransmission: false });
        return;
      }
      case 'slowed':
        this.#slowTimes.push({
          when: { startNs: nowNs, durationNs: event.forNs },
          factor: event.factor,
        });
        return;
      default:
      // It begins nothing, and has nothing to take down.
    }
  }

  #receive(
    { octets, from, to }: PeerEvent & { type: 'datagram.received' },
    nowNs: Ns,
    effects: Effect[],
  ): void {
    const asked = decodeQuestion(octets);
    if (asked === undefined) {
      effects.push({ type: 'record', fact: { type: 'dropped', reason: 'malformed' } });
      return;
    }
    const answerNs = this.#server.ask(nowNs);
    if (typeof answerNs === 'string') {
      effects.push({ type: 'record', fact: { type: 'dropped', reason: 'server-queue-full' } });
      return;
    }
    const subject: Answer = { from: to, to: from, question: octets, asked };
    const timer: Timer = createTimer(this.id, 'access', subject);
    timer.dueNs = answerNs;
    effects.push({ type: 'timer.set', timer });
  }

  /** As of when it is sent: who waited in the queue gets no older one. */
  #listFor({ code, name }: ReadQuestion, nowNs: Ns): Uint8Array | undefined {
    if (code !== LIST_REQUEST) return undefined;
    return latestList(this.#lists, name, this.#epochMs + nowNs / NS_PER_MS);
  }
}

const NO_LISTS: PublishedLists = new Map();
