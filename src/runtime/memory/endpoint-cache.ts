/** Endpoints of peers by (peer, port), made once: a peer has one address and uses one or two ports. */
import type { Endpoint } from '../../ike/endpoint.ts';

/** Address and octets of a peer of the plan; undefined for a number that is no peer. */
export type AddressOf = (
  peerId: number,
) => { readonly address: string; readonly octets: Uint8Array } | undefined;

export class EndpointCache {
  readonly #byPeer = new Map<number, Endpoint[]>();
  readonly #addressOf: AddressOf;

  constructor(addressOf: AddressOf) {
    this.#addressOf = addressOf;
  }

  /** The endpoint, with `peer` filled in; undefined when there is no such peer. */
  at(peerId: number, port: number): Endpoint | undefined {
    const known = this.#byPeer.get(peerId);
    if (known !== undefined) {
      for (let index = 0; index < known.length; index++) {
        const endpoint = known[index]!;
        if (endpoint.port === port) return endpoint;
      }
    }
    const place = this.#addressOf(peerId);
    if (place === undefined) return undefined;
    const endpoint: Endpoint = { address: place.address, port, octets: place.octets, peer: peerId };
    if (known === undefined) this.#byPeer.set(peerId, [endpoint]);
    else if (known.length < PORTS_KEPT) known.push(endpoint);
    return endpoint;
  }
}

/** Ports remembered for a peer; more are possible but have to be made each time. */
const PORTS_KEPT = 4;
