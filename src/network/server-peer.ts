/** A server of users as a peer: gets questions by datagrams, has so many answers in the making at a time, and sends them. */
import type { Endpoint } from '../ike/endpoint.ts';
import type { Effect } from '../peer/effect.ts';
import type { PeerEvent } from '../peer/event.ts';
import { encodeAnswer } from '../peer/login-question.ts';
import type { Peer } from '../peer/peer.ts';
import { createTimer, type Ns, type Timer } from '../peer/timer.ts';
import { PositionedStream } from '../random/positioned-stream.ts';
import type { DownTime } from './down-time.ts';
import { QueueingServer, type ServerModel } from './server.ts';

export interface ServerPeerSetup {
  readonly id: number;
  readonly endpoint: Endpoint;
  readonly model: Pick<ServerModel, 'service' | 'capacity' | 'queueLimit'>;
  readonly seed: number;
}

interface Answer {
  readonly from: Endpoint;
  readonly to: Endpoint;
  readonly octets: Uint8Array;
}

export class ServerPeer implements Peer {
  readonly id: number;
  readonly endpoint: Endpoint;
  readonly phase1Count = 0;
  readonly childCount = 0;
  readonly #server: QueueingServer;
  readonly #slowTimes: { readonly when: DownTime; readonly factor: number }[] = [];

  constructor({ id, endpoint, model, seed }: ServerPeerSetup) {
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
        const { from, to, octets } = event.timer.subject as Answer;
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
    const answer = encodeAnswer(octets);
    if (answer === undefined) {
      effects.push({ type: 'record', fact: { type: 'dropped', reason: 'malformed' } });
      return;
    }
    const answerNs = this.#server.ask(nowNs);
    if (typeof answerNs === 'string') {
      effects.push({ type: 'record', fact: { type: 'dropped', reason: 'server-queue-full' } });
      return;
    }
    const subject: Answer = { from: to, to: from, octets: answer };
    const timer: Timer = createTimer(this.id, 'access', subject);
    timer.dueNs = answerNs;
    effects.push({ type: 'timer.set', timer });
  }
}
