/** A peer without cryptography, for tests of runtimes: it sends, answers and remembers what it saw. */
import type { Endpoint } from '../../src/ike/endpoint.ts';
import type { Effect } from '../../src/peer/effect.ts';
import type { PeerEvent } from '../../src/peer/event.ts';
import type { Peer } from '../../src/peer/peer.ts';

/** 10.0.x.y with the peer's id in the last two octets. */
export function placeOf(id: number): { address: string; octets: Uint8Array } {
  const octets = Uint8Array.of(10, 0, id >> 8, id & 255);
  return { address: octets.join('.'), octets };
}

export function endpointOf(id: number, port = 500): Endpoint {
  return { ...placeOf(id), port, peer: id };
}

export class EchoPeer implements Peer {
  readonly phase1Count = 0;
  halfOpenCountOf = () => 0;
  readonly childCount = 0;
  readonly id: number;
  readonly endpoint: Endpoint;
  readonly seen: PeerEvent[] = [];
  readonly seenAtNs: number[] = [];
  readonly #react: (event: PeerEvent, nowNs: number, effects: Effect[], peer: EchoPeer) => void;

  constructor(
    id: number,
    react: (event: PeerEvent, nowNs: number, effects: Effect[], peer: EchoPeer) => void = () => {},
  ) {
    this.id = id;
    this.endpoint = endpointOf(id);
    this.#react = react;
  }

  handle(event: PeerEvent, nowNs: number, effects: Effect[]): void {
    this.seen.push(event);
    this.seenAtNs.push(nowNs);
    this.#react(event, nowNs, effects, this);
  }

  /** The datagrams seen, as first octets. */
  get received(): number[] {
    return this.seen.flatMap((event) => (event.type === 'datagram.received' ? [event.octets[0]!] : []));
  }
}

export function sendEffect(from: Endpoint, to: Endpoint, octets: Uint8Array): Effect {
  return { type: 'send', from, to, octets, isRetransmission: false };
}
