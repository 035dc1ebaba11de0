/**
 * The network that a scenario describes. On the way out a datagram meets the firewall and the NAT
 * box of its sender, then its access link, then the path; on the way in the NAT box and the firewall
 * of its receiver, then the receiver's access link.
 *
 * The least latency of the receiver's access link is spent before the datagram arrives, not after:
 * workers then need to hear of each other less often, and the time of delivery is the same.
 */
import type { Endpoint } from '../ike/endpoint.ts';
import type { Ns } from '../peer/timer.ts';
import { countDrop, type NetworkCounts } from './network-counts.ts';
import { NetworkLayout, type NetworkLayoutSetup } from './network-layout.ts';
import type {
  Datagram,
  Deliveries,
  Departures,
  NetworkModel,
  NetworkNode,
  NodeNumber,
} from './network-model.ts';

export interface DescribedNetworkSetup extends NetworkLayoutSetup {
  peerAtAddress(address: string): number | undefined;
}

/** A described network, with what was counted in it. */
export interface DescribedNetwork extends NetworkModel {
  beginAt(beginningNs: Ns): void;
  readonly counts: NetworkCounts;
}

export function createDescribedNetwork(setup: DescribedNetworkSetup): DescribedNetwork {
  return new SimulatedNetwork(setup);
}

class SimulatedNetwork implements DescribedNetwork {
  readonly nodes: readonly NetworkNode[];
  readonly companions: readonly (readonly number[])[];
  readonly counts: NetworkCounts;
  readonly #setup: DescribedNetworkSetup;
  readonly #layout: NetworkLayout;
  #beginningNs: Ns = 0;

  constructor(setup: DescribedNetworkSetup) {
    this.#setup = setup;
    this.#layout = new NetworkLayout(setup);
    this.nodes = this.#layout.nodes;
    this.companions = this.#layout.companions;
    this.counts = this.#layout.counts;
  }

  beginAt(beginningNs: Ns): void {
    this.#beginningNs = beginningNs;
  }

  nodeAt(address: string): NodeNumber | undefined {
    return this.#layout.nodeAt(address) ?? this.#setup.peerAtAddress(address);
  }

  leastLatencyNs(workerOf: (peer: number) => number): Ns {
    // A datagram takes some time, even over links that take none.
    return Math.max(SHORTEST_NS, this.#layout.leastLatencyNs(workerOf));
  }

  depart(sent: Datagram, nowNs: Ns, result: Departures): void {
    const { from, to, octets } = sent;
    const sender = from.peer!;
    const group = this.#layout.groupOf(sender);
    const timeNs = nowNs - this.#beginningNs;
    const { firewall, nat, link } = group;
    if (firewall !== undefined) {
      firewall.counts.out.sent++;
      firewall.counts.out.delivered++;
      firewall.wallAt(firewall.attached.numberOf(sender)).outbound(from, to, timeNs);
    }
    let outer = from;
    if (nat !== undefined) {
      nat.counts.out.sent++;
      const translated = nat.boxAt(nat.attached.numberOf(sender)).outbound(from, to, timeNs);
      if (typeof translated === 'string') {
        countDrop(nat.counts.out, translated);
        result.drop(translated);
        return;
      }
      nat.counts.out.delivered++;
      outer = translated;
    }
    const datagram = outer === from ? sent : { from: outer, to, octets };
    if (link === undefined) {
      this.#takePath(datagram, sender, timeNs, result);
      return;
    }
    const number = link.attached.numberOf(sender);
    const passage = link.up.cross(number, number, timeNs, octets.length, group.addressLength, 0);
    if (passage.dropped !== undefined) {
      result.drop(passage.dropped);
      return;
    }
    const { arrivalNs, secondArrivalNs } = passage;
    this.#takePath(datagram, sender, arrivalNs, result);
    if (secondArrivalNs >= 0) this.#takePath(datagram, sender, secondArrivalNs, result);
  }

  #takePath(datagram: Datagram, sender: number, timeNs: Ns, result: Departures): void {
    const node = datagram.to.peer!;
    const group = this.#layout.groupOf(sender);
    const route = this.#layout.routeTo(sender, node);
    if (route === undefined) {
      result.drop('no-route');
      return;
    }
    const spentNs = this.#layout.spentTowards(node);
    const arrive = (atNs: Ns): void =>
      result.arrive(this.#beginningNs + Math.max(timeNs + SHORTEST_NS, atNs + spentNs), datagram);
    if (route.direction === undefined) {
      arrive(timeNs + route.leastNs);
      return;
    }
    const pair = route.isToInitiator ? node : datagram.from.peer!;
    const other = route.isToInitiator ? sender : node;
    const passage = route.direction.cross(
      pair,
      pair * (this.#layout.peerCount + this.nodes.length) + other,
      timeNs,
      datagram.octets.length,
      group.addressLength,
      0,
    );
    if (passage.dropped !== undefined) {
      result.drop(passage.dropped);
      return;
    }
    const { arrivalNs, secondArrivalNs } = passage;
    arrive(arrivalNs);
    if (secondArrivalNs >= 0) arrive(secondArrivalNs);
  }

  arrive(arrived: Datagram, nowNs: Ns, result: Deliveries): void {
    const { from, to, octets } = arrived;
    const timeNs = nowNs - this.#beginningNs;
    let inner: Endpoint = to;
    if (to.peer! >= this.#layout.peerCount) {
      const nat = this.#layout.natOf(to.peer!);
      nat.counts.in.sent++;
      const translated = nat.boxAt(to.peer! - nat.firstNode).inbound(from, to, timeNs);
      if (typeof translated === 'string') {
        countDrop(nat.counts.in, translated);
        result.drop(translated);
        return;
      }
      nat.counts.in.delivered++;
      inner = translated;
    }
    const peer = inner.peer!;
    const group = this.#layout.groupOf(peer);
    const { firewall, link } = group;
    if (firewall !== undefined) {
      firewall.counts.in.sent++;
      const refused = firewall.wallAt(firewall.attached.numberOf(peer)).inbound(from, inner, octets, timeNs);
      if (refused !== undefined) {
        countDrop(firewall.counts.in, refused);
        result.drop(refused);
        return;
      }
      firewall.counts.in.delivered++;
    }
    const datagram = inner === to ? arrived : { from, to: inner, octets };
    if (link === undefined) {
      result.deliver(peer, nowNs, datagram);
      return;
    }
    const number = link.attached.numberOf(peer);
    const spentNs = this.#layout.spentTowards(to.peer!);
    const passage = link.down.cross(number, number, timeNs, octets.length, group.addressLength, spentNs);
    if (passage.dropped !== undefined) {
      result.drop(passage.dropped);
      return;
    }
    const { arrivalNs, secondArrivalNs } = passage;
    result.deliver(peer, this.#beginningNs + arrivalNs, datagram);
    if (secondArrivalNs >= 0) result.deliver(peer, this.#beginningNs + secondArrivalNs, datagram);
  }
}

const SHORTEST_NS = 1;
