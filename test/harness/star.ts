/**
 * One gateway and several hosts, each perhaps behind a NAT of its own, in virtual time. A NAT lets
 * datagrams out under its public place and in to the host that has that place now.
 */
import type { Effect } from '../../src/peer/effect.ts';
import type { PeerEvent } from '../../src/peer/event.ts';
import type { Fact } from '../../src/peer/fact.ts';
import type { PeerPolicy } from '../../src/peer/policy.ts';
import type { Peer } from '../../src/peer/peer.ts';
import { NS_PER_MS, type Ns, type Timer } from '../../src/peer/timer.ts';
import type { Endpoint } from '../../src/ike/endpoint.ts';
import { asciiOctets } from '../../src/ike/wire/octets.ts';
import { createPeer } from '../../src/peer/create-peer.ts';
import { createRandomStream } from '../../src/random/stream.ts';
import { suite } from './pair.ts';
import { endpoint, policy } from './policy.ts';

const FLIGHT_NS = 5 * NS_PER_MS;

interface InFlight {
  readonly dueNs: Ns;
  readonly to: Peer;
  readonly event: PeerEvent;
}

export class Star {
  readonly gateway: Peer;
  readonly hosts: readonly Peer[];
  readonly facts: { readonly by: Peer; readonly fact: Fact }[] = [];
  nowNs: Ns = 0;
  /** Where each host is seen by the gateway; absent: where it is. */
  readonly publicPlaces = new Map<Peer, Endpoint>();
  readonly #timers = new Map<Timer, Peer>();
  readonly #inFlight: InFlight[] = [];
  /** That each host sent from last: a NAT brings answers back to it. */
  readonly #ports = new Map<Peer, number>();

  constructor(hostCount: number, host: Partial<PeerPolicy>, gateway: Partial<PeerPolicy> = {}) {
    const make = (id: number, at: Endpoint, changes: Partial<PeerPolicy>) =>
      createPeer({
        id,
        role: id === 0 ? 'gateway' : 'host',
        endpoint: at,
        policy: policy(changes),
        preSharedKey: () => asciiOctets('secret'),
        suite,
        random: createRandomStream({ seed: 1, entity: id, purpose: 'keys' }).octets,
        epochMs: 0,
      });
    this.gateway = make(0, endpoint('10.0.0.2'), gateway);
    this.hosts = Array.from({ length: hostCount }, (_, i) => make(i + 1, endpoint(`10.1.0.${i + 1}`), host));
  }

  connect(host: Peer, negotiation = 0): void {
    this.feed(host, { type: 'connect', negotiation, plannedNs: this.nowNs, to: this.gateway.endpoint });
  }

  feed(peer: Peer, event: PeerEvent): void {
    const effects: Effect[] = [];
    peer.handle(event, this.nowNs, effects);
    for (const effect of effects) {
      if (effect.type === 'send') this.#send(peer, effect);
      else if (effect.type === 'timer.set') this.#timers.set(effect.timer, peer);
      else if (effect.type === 'timer.cancel') this.#timers.delete(effect.timer);
      else this.facts.push({ by: peer, fact: effect.fact });
    }
  }

  #send(sender: Peer, { octets, from, to }: Extract<Effect, { type: 'send' }>): void {
    const dueNs = this.nowNs + FLIGHT_NS;
    if (sender !== this.gateway) {
      this.#ports.set(sender, from.port);
      const seen = this.publicPlaces.get(sender) ?? from;
      this.#inFlight.push({
        dueNs,
        to: this.gateway,
        event: { type: 'datagram.received', from: seen, to, octets },
      });
      return;
    }
    const receiver = this.hosts.find((host) => {
      const place = this.publicPlaces.get(host);
      return place === undefined
        ? host.endpoint.address === to.address
        : place.address === to.address && place.port === to.port;
    });
    if (receiver === undefined) return;
    const inner = { ...receiver.endpoint, port: this.#ports.get(receiver) ?? to.port };
    this.#inFlight.push({
      dueNs,
      to: receiver,
      event: { type: 'datagram.received', from, to: inner, octets },
    });
  }

  run(untilNs: Ns): this {
    for (let steps = 0; steps < 100_000; steps++) {
      const [timer] = [...this.#timers.keys()].sort((a, b) => a.dueNs - b.dueNs);
      const [packet] = this.#inFlight;
      const dueNs = Math.min(timer?.dueNs ?? Infinity, packet?.dueNs ?? Infinity);
      if (dueNs > untilNs) {
        this.nowNs = untilNs;
        return this;
      }
      this.nowNs = dueNs;
      if (packet?.dueNs === dueNs) {
        this.#inFlight.shift();
        this.feed(packet.to, packet.event);
      } else if (timer !== undefined) {
        const owner = this.#timers.get(timer);
        this.#timers.delete(timer);
        if (owner !== undefined) this.feed(owner, { type: 'timer.fired', timer });
      }
    }
    throw new Error('the peers do not come to rest');
  }

  eventsOf(by: Peer): string[] {
    return this.facts.flatMap(({ by: who, fact }) =>
      who === by && fact.type === 'lifecycle' ? [fact.event] : [],
    );
  }
}
