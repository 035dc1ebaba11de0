/** A datagram on its way in virtual time. It is what the network sees and, at the end, the event that the peer gets. */
import type { Endpoint } from '../../ike/endpoint.ts';
import type { Datagram } from '../../network/network-model.ts';
import type { Queued } from './event-queue.ts';

export class Flight implements Datagram, Queued {
  readonly type = 'datagram.received';
  slot = -1;
  /** The peer to deliver to; -1 until it has arrived at the receiver's side. */
  peer = -1;
  readonly from: Endpoint;
  readonly to: Endpoint;
  readonly octets: Uint8Array;

  constructor(from: Endpoint, to: Endpoint, octets: Uint8Array) {
    this.from = from;
    this.to = to;
    this.octets = octets;
  }
}
