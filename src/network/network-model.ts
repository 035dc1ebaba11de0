/**
 * What a runtime asks of the network between peers: what becomes of a datagram. The answer comes in
 * two stages, so that peers in different workers need no common state:
 *
 *     sender's worker, at once        receiver's worker, at the time of arrival
 *     `depart`: access link, NAT  ──▶ `arrive`: firewall, access link  ──▶ the peer, at the delivery
 *
 * A model belongs to one worker: every worker makes its own from the same settings, and touches only
 * what belongs to nodes that live there. It reads no clock and draws random numbers from streams of
 * the seed by node and purpose, so that what happens to one node's datagrams never depends on where
 * other nodes live. Both runtimes in memory use it, in virtual time and in real time.
 */
import type { Endpoint } from '../ike/endpoint.ts';
import type { Ns } from '../peer/timer.ts';
import type { NetworkCounts } from './network-counts.ts';

/**
 * A place in the network: a peer by its id, or something else with an address of its own (the public
 * side of a NAT box, say), numbered from the number of peers on.
 */
export type NodeNumber = number;

/** A UDP datagram; `peer` of both endpoints is set and is the node. */
export interface Datagram {
  readonly from: Endpoint;
  readonly to: Endpoint;
  readonly octets: Uint8Array;
}

/** A node that is no peer. */
export interface NetworkNode {
  readonly address: string;
  /** 4 or 16 octets, network order. */
  readonly octets: Uint8Array;
  /** The peer in whose worker what belongs to the node is kept. */
  readonly owner: number;
}

/** Where `depart` says what it decided: any number of calls, one for each copy; none is a silent loss, which nothing counts. */
export interface Departures {
  /**
   * The datagram reaches the receiver's side of the network at `arrivalNs`, later than now. `from` may have been
   * translated. Towards a node whose owner lives in another worker this takes at least
   * `leastLatencyNs`.
   */
  arrive(arrivalNs: Ns, datagram: Datagram): void;
  /** Lost, for a reason that is counted under this name (`link-loss`, `link-queue-full`). */
  drop(reason: string): void;
}

/** Where `arrive` says what it decided. */
export interface Deliveries {
  /** `peer` (living in this worker) gets the datagram at `deliveryNs`, not before now. `to` may have been translated. */
  deliver(peer: number, deliveryNs: Ns, datagram: Datagram): void;
  drop(reason: string): void;
}

export interface NetworkModel {
  /** By node number minus the number of peers. */
  readonly nodes: readonly NetworkNode[];
  /**
   * Peers that have to live in the same worker, because they share something (those behind one NAT
   * box or on one slow link). Lists that have a peer in common are joined.
   */
  readonly companions: readonly (readonly number[])[];
  /**
   * Least time from `depart` to `arrivalNs` between peers of different workers: how far workers can
   * go without hearing of each other. Greater than 0, Infinity when no two workers exchange
   * anything; the greater, the faster a run. `workerOf` tells where a peer lives.
   */
  leastLatencyNs(workerOf: (peer: number) => number): Ns;
  /** Says when the run begins, before the first datagram; times of outages and the like count from there. */
  beginAt?(beginningNs: Ns): void;
  /** What went through the parts of the network, where it has such. */
  readonly counts?: NetworkCounts;
  /** The node that an address belongs to, for datagrams whose `to.peer` is not known; undefined: nobody's. */
  nodeAt(address: string): NodeNumber | undefined;
  /** The peer `datagram.from.peer`, which lives here, sends now. Called in order of time. */
  depart(datagram: Datagram, nowNs: Ns, result: Departures): void;
  /** A datagram arrives for a node whose owner lives here. Called in order of time. */
  arrive(datagram: Datagram, nowNs: Ns, result: Deliveries): void;
}
