/** What stands where in a described network: which links and boxes each peer has before it, and how groups reach each other. */
import type { Endpoint } from '../ike/endpoint.ts';
import type { Ns } from '../peer/timer.ts';
import { PositionedStream } from '../random/positioned-stream.ts';
import { Attached, type PlacedGroup } from './attached.ts';
import { Firewall } from './firewall.ts';
import { LinkDirection } from './link-direction.ts';
import { NatBox } from './nat.ts';
import { createBoxCounts, createLinkCounts, type BoxCounts, type NetworkCounts } from './network-counts.ts';
import type { NetworkNode, NodeNumber } from './network-model.ts';
import type { NetworkSettings } from './network-settings.ts';

export interface NetworkLayoutSetup {
  readonly settings: NetworkSettings;
  readonly seed: number;
  /** All groups, in order of their numbers. */
  readonly groups: readonly PlacedGroup[];
  /** Names of the groups that exchange anything. */
  readonly connections: readonly { readonly from: string; readonly to: string }[];
  /** Outer address of box `box` of NAT `nat` (by its place in the settings). */
  natAddressOf(nat: number, box: number): { readonly address: string; readonly octets: Uint8Array };
}

export interface LinkBinding {
  readonly attached: Attached;
  readonly up: LinkDirection;
  readonly down: LinkDirection;
}

export interface NatBinding {
  readonly attached: Attached;
  readonly counts: BoxCounts;
  /** Node number of its first box. */
  readonly firstNode: NodeNumber;
  readonly groups: readonly number[];
  boxAt(box: number): NatBox;
}

export interface FirewallBinding {
  readonly attached: Attached;
  readonly counts: BoxCounts;
  wallAt(number: number): Firewall;
}

export interface AttachedGroup extends PlacedGroup {
  link: LinkBinding | undefined;
  nat: NatBinding | undefined;
  firewall: FirewallBinding | undefined;
}

/** From one group to another; undefined direction: only the latency that lies everywhere. */
export interface Route {
  readonly direction: LinkDirection | undefined;
  readonly leastNs: Ns;
  /** Whether the receiver is the one of the pair that started, and so names the pair. */
  readonly isToInitiator: boolean;
}

export class NetworkLayout {
  readonly nodes: NetworkNode[] = [];
  readonly companions: (readonly number[])[] = [];
  readonly counts: NetworkCounts = { links: {}, nats: {}, firewalls: {} };
  readonly peerCount: number;
  readonly #setup: NetworkLayoutSetup;
  readonly #groups: readonly AttachedGroup[];
  /** Index of its group, by peer. */
  readonly #groupOf: Uint16Array;
  readonly #nats: NatBinding[] = [];
  readonly #nodeOfAddress = new Map<string, NodeNumber>();
  /** By index of the sender's group times the number of groups, plus that of the receiver's. */
  readonly #routes: (Route | undefined)[] = [];

  constructor(setup: NetworkLayoutSetup) {
    this.#setup = setup;
    this.#groups = setup.groups.map((group) => ({
      ...group,
      link: undefined,
      nat: undefined,
      firewall: undefined,
    }));
    this.peerCount = this.#groups.reduce((sum, { count }) => sum + count, 0);
    this.#groupOf = new Uint16Array(this.peerCount);
    for (const [index, { first, count }] of this.#groups.entries()) {
      this.#groupOf.fill(index, first, first + count);
    }
    this.#attachLinks();
    this.#attachNats();
    this.#attachFirewalls();
    this.#findRoutes();
  }

  /** What peer `peer` has before it. */
  groupOf(peer: number): AttachedGroup {
    return this.#groups[this.#groupOf[peer]!]!;
  }

  /** Node of a box with this outer address. */
  nodeAt(address: string): NodeNumber | undefined {
    return this.#nodeOfAddress.get(address);
  }

  /** Least time between peers of different workers that exchange anything; Infinity when there are none. */
  leastLatencyNs(workerOf: (peer: number) => number): Ns {
    const workers = this.#groups.map(({ first, count }) => {
      const found = new Set<number>();
      for (let peer = first; peer < first + count; peer++) found.add(workerOf(peer));
      return found;
    });
    let leastNs = Infinity;
    for (const [from, sender] of this.#groups.entries()) {
      for (const [to, receiver] of this.#groups.entries()) {
        const route = this.#routes[from * this.#groups.length + to];
        if (route === undefined || new Set([...workers[from]!, ...workers[to]!]).size === 1) continue;
        const upNs = sender.link?.up.leastNs ?? 0;
        const downNs =
          receiver.nat === undefined
            ? (receiver.link?.down.leastNs ?? 0)
            : spentOf(receiver.nat, this.#groups);
        leastNs = Math.min(leastNs, upNs + route.leastNs + downNs);
      }
    }
    return leastNs;
  }

  /** What the path adds for the receiver's access link, whoever it is behind a NAT box. */
  spentTowards(node: NodeNumber): Ns {
    if (node >= this.peerCount) return spentOf(this.natOf(node), this.#groups);
    return this.#groups[this.#groupOf[node]!]!.link?.down.leastNs ?? 0;
  }

  /** The way from a peer to a node; undefined when no connection leads there. */
  routeTo(sender: number, node: NodeNumber): Route | undefined {
    const row = this.#groupOf[sender]! * this.#groups.length;
    if (node < this.peerCount) return this.#routes[row + this.#groupOf[node]!];
    for (const to of this.natOf(node).groups) {
      const route = this.#routes[row + to];
      if (route !== undefined) return route;
    }
    return undefined;
  }

  /** The NAT boxes that a node is one of. @throws RangeError when there is no such node. */
  natOf(node: NodeNumber): NatBinding {
    for (const nat of this.#nats) {
      if (node < nat.firstNode + nat.attached.count) return nat;
    }
    throw new RangeError(`there is no node number ${node}`);
  }

  #attachLinks(): void {
    const { settings, seed } = this.#setup;
    for (const each of settings.links) {
      const counts = createLinkCounts();
      this.counts.links[each.name] = counts;
      const attached = new Attached(each, this.#groups);
      const binding: LinkBinding = {
        attached,
        up: new LinkDirection(each.up, { seed, purpose: `link ${each.name} up`, counts: counts.up }),
        down: new LinkDirection(each.down, { seed, purpose: `link ${each.name} down`, counts: counts.down }),
      };
      for (const name of each.groups) this.#groupNamed(name).link = binding;
      this.companions.push(...attached.companions());
    }
  }

  #attachNats(): void {
    const { settings, seed, natAddressOf } = this.#setup;
    for (const [index, each] of settings.nats.entries()) {
      const counts = { ...createBoxCounts(), mappings: 0, rebindings: 0 };
      this.counts.nats[each.name] = counts;
      const attached = new Attached(each, this.#groups);
      const random = new PositionedStream(seed, `nat ${each.name}`);
      const firstNode = this.peerCount + this.nodes.length;
      for (let box = 0; box < attached.count; box++) {
        const place = natAddressOf(index, box);
        this.#nodeOfAddress.set(place.address, firstNode + box);
        this.nodes.push({ ...place, owner: attached.peersOf(box)[0]! });
      }
      const boxes = new Map<number, NatBox>();
      const boxAt = (box: number): NatBox => {
        let found = boxes.get(box);
        if (found === undefined) {
          const { address, octets } = this.nodes[firstNode + box - this.peerCount]!;
          const outerAt = (port: number): Endpoint => ({ address, port, octets, peer: firstNode + box });
          boxes.set(box, (found = new NatBox(each.model, { entity: box, random, counts, outerAt })));
        }
        return found;
      };
      const groups = each.groups.map((name) => this.#groups.indexOf(this.#groupNamed(name)));
      const binding: NatBinding = { attached, counts, firstNode, groups, boxAt };
      this.#nats.push(binding);
      for (const name of each.groups) this.#groupNamed(name).nat = binding;
      this.companions.push(...attached.companions());
    }
  }

  #attachFirewalls(): void {
    for (const each of this.#setup.settings.firewalls) {
      const counts = createBoxCounts();
      this.counts.firewalls[each.name] = counts;
      const attached = new Attached(each, this.#groups);
      const walls = new Map<number, Firewall>();
      const wallAt = (number: number): Firewall => {
        let found = walls.get(number);
        if (found === undefined) walls.set(number, (found = new Firewall(each.model)));
        return found;
      };
      const binding: FirewallBinding = { attached, counts, wallAt };
      for (const name of each.groups) this.#groupNamed(name).firewall = binding;
      this.companions.push(...attached.companions());
    }
  }

  #findRoutes(): void {
    const { settings, seed, connections } = this.#setup;
    const width = this.#groups.length;
    for (const { from, to } of connections) {
      const initiators = this.#groups.indexOf(this.#groupNamed(from));
      const responders = this.#groups.indexOf(this.#groupNamed(to));
      const path = settings.paths.find((each) => each.from === from && each.to === to);
      const counts = createLinkCounts();
      if (path !== undefined) this.counts.links[path.name] = counts;
      const direction = (name: 'up' | 'down'): LinkDirection | undefined =>
        path &&
        new LinkDirection(path[name], { seed, purpose: `path ${path.name} ${name}`, counts: counts[name] });
      const up = direction('up');
      const down = direction('down');
      const { latencyNs } = settings;
      this.#routes[initiators * width + responders] ??= {
        direction: up,
        leastNs: up?.leastNs ?? latencyNs,
        isToInitiator: false,
      };
      this.#routes[responders * width + initiators] ??= {
        direction: down,
        leastNs: down?.leastNs ?? latencyNs,
        isToInitiator: true,
      };
    }
  }

  #groupNamed(name: string): AttachedGroup {
    const group = this.#groups.find((each) => each.name === name);
    if (group === undefined) throw new TypeError(`there is no group ${name}`);
    return group;
  }
}

/** What all hosts behind a NAT box have in common of the latency of their access links. */
function spentOf({ groups }: NatBinding, all: readonly AttachedGroup[]): Ns {
  let leastNs = Infinity;
  for (const index of groups) leastNs = Math.min(leastNs, all[index]!.link?.down.leastNs ?? 0);
  return leastNs;
}
