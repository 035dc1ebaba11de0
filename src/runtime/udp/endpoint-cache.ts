/** The endpoints that datagrams come from, made once for each address instead of once for each datagram. */
import type { Endpoint } from '../../ike/endpoint.ts';
import { addressOctets } from './address-octets.ts';

export class EndpointCache {
  readonly #byAddress = new Map<string, Endpoint>();

  /** The endpoint with this address and port. Peers rarely change their port: the last one seen is kept. */
  endpoint(address: string, port: number): Endpoint {
    const known = this.#byAddress.get(address);
    if (known?.port === port) return known;
    if (this.#byAddress.size >= ADDRESS_LIMIT) this.#byAddress.clear();
    const endpoint = { address, port, octets: known?.octets ?? addressOctets(address) };
    this.#byAddress.set(address, endpoint);
    return endpoint;
  }
}

/** Remembered addresses; anybody can send us datagrams from invented ones, so the memory has an end. */
const ADDRESS_LIMIT = 65_536;
