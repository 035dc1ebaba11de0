/** Where peers live: what the memory and the UDP runtime have in common. One runtime for each worker. */
import type { Endpoint } from '../ike/endpoint.ts';
import type { PeerEvent } from '../peer/event.ts';
import type { Fact } from '../peer/fact.ts';
import type { Peer } from '../peer/peer.ts';
import type { Ns } from '../peer/timer.ts';

/** A datagram as it went over the (real or in-memory) wire, for captures. */
export interface WireDatagram {
  readonly timeNs: Ns;
  readonly from: Endpoint;
  readonly to: Endpoint;
  readonly octets: Uint8Array;
  readonly isRetransmission: boolean;
}

/** Octets of payload of the largest UDP datagram over IPv4. */
export const LARGEST_DATAGRAM = 65_507;

export interface RuntimeSetup {
  /** The local peer with this id, made on first use; undefined when it does not live in this worker. */
  peerAt(id: number): Peer | undefined;
  /** Called for every fact that a local peer records, in order. */
  onFact(fact: Fact, peerId: number, nowNs: Ns): void;
  /** Called for every datagram sent by a local peer (and, over UDP, received); absent: no capture. */
  onDatagram?(datagram: WireDatagram): void;
}

/** What is to be started when: the load, as the runtime sees it. */
export interface Agenda {
  /** When the next thing is due; undefined: nothing planned at present (facts may change that). */
  nextDueNs(): Ns | undefined;
  /** Starts what is due at `nowNs`, by calling `runtime.dispatch`; at most `limit` starts, so that packets get their turn. */
  runDue(nowNs: Ns, limit: number): void;
  /** True when nothing more will be started and nothing is in flight, or the drain time is over. */
  isDone(nowNs: Ns): boolean;
}

export interface Runtime {
  /** Monotonic integer nanoseconds, with one origin for all workers of the process. */
  nowNs(): Ns;
  /** Feeds an event to a local peer and carries out its effects. */
  dispatch(peerId: number, event: PeerEvent): void;
  /** Runs until the agenda is done or `shouldStop` says so. */
  run(agenda: Agenda, shouldStop: () => boolean): Promise<void>;
  /** Counted losses of the runtime itself, by reason. */
  readonly drops: ReadonlyMap<string, number>;
  close(): Promise<void>;
}
