/** Peers that ask and answer one datagram, to test a runtime without the protocol. */
import type { Endpoint } from '../../../src/ike/endpoint.ts';
import type { Effect } from '../../../src/peer/effect.ts';
import type { PeerEvent } from '../../../src/peer/event.ts';
import type { Peer } from '../../../src/peer/peer.ts';
import { createTimer, NS_PER_S, type Ns } from '../../../src/peer/timer.ts';

export const REQUEST = Uint8Array.of(1, 2, 3);
export const ANSWER = Uint8Array.of(9, 8, 7);

/** Everything that peers were told, in order. */
export interface Heard {
  readonly peer: number;
  readonly event: PeerEvent;
  readonly nowNs: Ns;
}

abstract class TalkingPeer implements Peer {
  readonly id: number;
  readonly endpoint: Endpoint;
  readonly phase1Count = 0;
  halfOpenCountOf = () => 0;
  readonly childCount = 0;
  protected readonly heard: Heard[];

  constructor(id: number, endpoint: Endpoint, heard: Heard[]) {
    this.id = id;
    this.endpoint = endpoint;
    this.heard = heard;
  }

  handle(event: PeerEvent, nowNs: Ns, effects: Effect[]): void {
    this.heard.push({ peer: this.id, event, nowNs });
    this.react(event, nowNs, effects);
  }

  protected abstract react(event: PeerEvent, nowNs: Ns, effects: Effect[]): void;
}

/** Sends REQUEST when told to connect and again after `patienceNs` unless answered; records success or failure. */
export class AskingPeer extends TalkingPeer {
  /** Long enough for an answer on a busy machine. */
  patienceNs: Ns = 5 * NS_PER_S;
  /** Port written into `from` of what it sends; the runtime picks the socket by it. */
  fromPort: number | undefined;
  readonly #timer = createTimer(this.id, 'retransmit', undefined);
  #to: Endpoint | undefined;
  #negotiation = 0;

  protected override react(event: PeerEvent, nowNs: Ns, effects: Effect[]): void {
    const from = { ...this.endpoint, port: this.fromPort ?? this.endpoint.port };
    switch (event.type) {
      case 'connect':
        this.#to = event.to;
        this.#negotiation = event.negotiation;
        effects.push({ type: 'send', from, to: event.to, octets: REQUEST, isRetransmission: false });
        this.#timer.dueNs = nowNs + this.patienceNs;
        effects.push({ type: 'timer.set', timer: this.#timer });
        return;
      case 'timer.fired':
        if (this.#to === undefined) return;
        effects.push({ type: 'send', from, to: this.#to, octets: REQUEST, isRetransmission: true });
        return;
      case 'datagram.received':
        effects.push({ type: 'timer.cancel', timer: this.#timer });
        effects.push(this.#finished(true, nowNs));
        return;
      case 'destination.unreachable':
        effects.push({ type: 'timer.cancel', timer: this.#timer });
        effects.push(this.#finished(false, nowNs));
        return;
      default:
    }
  }

  #finished(isSuccess: boolean, nowNs: Ns): Effect {
    const times = { negotiation: this.#negotiation, plannedNs: nowNs, startedNs: nowNs, finishedNs: nowNs };
    return {
      type: 'record',
      fact: isSuccess
        ? { type: 'negotiation.succeeded', firstTry: true, ...times }
        : { type: 'negotiation.failed', cause: 'unreachable', ...times },
    };
  }
}

/** Answers ANSWER to everything, from where it was asked. */
export class AnsweringPeer extends TalkingPeer {
  protected override react(event: PeerEvent, _nowNs: Ns, effects: Effect[]): void {
    if (event.type !== 'datagram.received') return;
    effects.push({ type: 'send', from: event.to, to: event.from, octets: ANSWER, isRetransmission: false });
  }
}
