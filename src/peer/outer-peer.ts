/** A peer around another one: what it is and holds is what the inner one is and holds. */
import type { Endpoint } from '../ike/endpoint.ts';
import type { Effect } from './effect.ts';
import type { PeerEvent } from './event.ts';
import type { Peer } from './peer.ts';
import type { Ns } from './timer.ts';

export abstract class OuterPeer implements Peer {
  protected inner: Peer;

  constructor(inner: Peer) {
    this.inner = inner;
  }

  get id(): number {
    return this.inner.id;
  }

  get endpoint(): Endpoint {
    return this.inner.endpoint;
  }

  get phase1Count(): number {
    return this.inner.phase1Count;
  }

  get childCount(): number {
    return this.inner.childCount;
  }

  halfOpenCountOf(address: string): number {
    return this.inner.halfOpenCountOf(address);
  }

  abstract handle(event: PeerEvent, nowNs: Ns, effects: Effect[]): void;
}
