/** The sockets of the peers that live in this worker, opened when first needed or in bulk before the start. */
import type { Endpoint } from '../../ike/endpoint.ts';
import { EndpointCache } from './endpoint-cache.ts';
import { PeerSocket, type SocketListener } from './peer-socket.ts';
import { SocketError } from './socket-error.ts';

/** Where a peer wants to be reached. */
export interface SocketPlan {
  readonly address: string;
  /** Port of IKE; 0: any free one. */
  readonly port: number;
  /** Port that IKE floats to when a NAT was seen (RFC 3947 §4). */
  readonly natPort: number;
  /** True for a responder: bound to both ports and open to everybody. */
  readonly isResponder: boolean;
}

interface PeerSockets {
  readonly plan: SocketPlan;
  readonly main: PeerSocket;
  /** Of the floating port. An initiator on a port that the kernel could give to anybody needs none: it floats in place. */
  nat: PeerSocket | undefined;
  /** The floating port cannot be had; not tried again for each datagram. */
  isNatRefused: boolean;
}

export class SocketTable {
  readonly #planOf: (peerId: number) => SocketPlan | undefined;
  readonly #listener: SocketListener;
  readonly #endpoints = new EndpointCache();
  readonly #byPeer = new Map<number, PeerSockets>();

  constructor(planOf: (peerId: number) => SocketPlan | undefined, listener: SocketListener) {
    this.#planOf = planOf;
    this.#listener = listener;
  }

  /**
   * Opens the peer's sockets unless they are open.
   * @returns the endpoint of its IKE port; undefined when the plan knows no such peer.
   * @throws SocketError
   */
  open(peerId: number): Endpoint | undefined {
    const known = this.#byPeer.get(peerId);
    if (known !== undefined) return known.main.endpoint;
    const plan = this.#planOf(peerId);
    if (plan === undefined) return undefined;
    const main = this.#bind(peerId, plan, plan.port);
    const sockets: PeerSockets = { plan, main, nat: undefined, isNatRefused: false };
    this.#byPeer.set(peerId, sockets);
    if (plan.isResponder && (plan.natPort !== plan.port || plan.natPort === 0))
      sockets.nat = this.#bind(peerId, plan, plan.natPort);
    return main.endpoint;
  }

  /** Endpoint of the port that the peer floats to, where that has a socket of its own. */
  natEndpoint(peerId: number): Endpoint | undefined {
    return this.#byPeer.get(peerId)?.nat?.endpoint;
  }

  /** Sends from the peer's socket that is bound to `fromPort`. */
  send(peerId: number, fromPort: number, octets: Uint8Array, to: Endpoint): void {
    const sockets = this.#byPeer.get(peerId);
    if (sockets === undefined) return this.#listener.onDrop('socket-closed');
    const socket = fromPort === sockets.main.endpoint.port ? sockets.main : this.#natSocket(peerId, sockets);
    if (socket !== undefined) socket.send(octets, to);
  }

  /** What the sockets are bound to. */
  *boundEndpoints(): Generator<Endpoint> {
    for (const { main, nat } of this.#byPeer.values()) {
      yield main.endpoint;
      if (nat !== undefined) yield nat.endpoint;
    }
  }

  async close(): Promise<void> {
    const closed: Promise<void>[] = [];
    for (const { main, nat } of this.#byPeer.values()) {
      closed.push(main.close());
      if (nat !== undefined) closed.push(nat.close());
    }
    this.#byPeer.clear();
    await Promise.all(closed);
  }

  #natSocket(peerId: number, sockets: PeerSockets): PeerSocket | undefined {
    if (sockets.plan.port === 0 && !sockets.plan.isResponder) return sockets.main;
    if (sockets.nat !== undefined) return sockets.nat;
    if (!sockets.isNatRefused) {
      try {
        sockets.nat = this.#bind(peerId, sockets.plan, sockets.plan.natPort);
        return sockets.nat;
      } catch (error) {
        if (!(error instanceof SocketError)) throw error;
        sockets.isNatRefused = true;
        this.#listener.onDrop(`bind-${error.code}`);
      }
    }
    this.#listener.onDrop('no-nat-port');
    return undefined;
  }

  #bind(peerId: number, plan: SocketPlan, port: number): PeerSocket {
    return new PeerSocket({
      peerId,
      address: plan.address,
      port,
      isOpen: plan.isResponder,
      endpoints: this.#endpoints,
      listener: this.#listener,
    });
  }
}
