/**
 * The peers of a scenario, computed from their numbers when asked for: a million of them cost
 * nothing until they are used, and every worker computes the same.
 */
import { pairOfStaticSpi } from '../ike/esp/static-keys.ts';
import { uint32At } from '../ike/wire/octets.ts';
import type { PlacedGroup } from '../network/attached.ts';
import type { Phase1Mode } from '../peer/fact.ts';
import type { StaticKeying } from '../peer/data/static-tunnel.ts';
import type { StaticCallers } from '../peer/peer.ts';
import type { PermittedNetworks } from '../ike/v1/quick-mode.ts';
import type {
  Identity,
  AskedServer,
  RevocationPolicy,
  PeerPolicy,
  PreSharedKeyLookup,
  Selector,
  XauthClient,
} from '../peer/policy.ts';
import { createRandomStream } from '../random/stream.ts';
import { addressAt, addressOctetsAt, indexOfOctets, parseAddress } from './address.ts';
import { GroupPolicy, identityOf, networkSelector } from './group-policy.ts';
import { HiddenHosts } from './hidden-hosts.ts';
import { InitiatorOrder } from './initiator-order.ts';
import { interleavedMode } from './interleave.ts';
import { clientOf, createUserLookup } from './login.ts';
import type { AskedGroup, Connection, GroupRevocation, PeerGroup, Scenario } from './scenario.ts';
import { otherEndOf, staticKeyingAt } from './static-keying.ts';
import { expandTemplate, type TemplateValues } from './template.ts';
import { utf8Octets } from './utf8.ts';

/** Neighbouring peer ids. */
export interface PeerRange {
  readonly first: number;
  readonly count: number;
}

/**
 * All peers by id: 0 to `peerCount - 1`, group by group in the order of the file. Functions of an id
 * throw a RangeError for one that is none.
 */
export interface Population {
  readonly peerCount: number;
  /** Initiators of all connections. */
  readonly initiatorCount: number;
  groupOf(id: number): PeerGroup;
  /** Number of the peer in its group, from 0. */
  indexInGroup(id: number): number;
  /** Ids of a group by name; undefined for an unknown name. */
  rangeOf(group: string): PeerRange | undefined;
  addressOf(id: number): string;
  /** 4 or 16 octets, network order. */
  addressOctetsOf(id: number): Uint8Array;
  idOfAddress(address: string): number | undefined;
  /** Made on each call where peers of the group differ: keep it with the peer. */
  policyOf(id: number): PeerPolicy;
  modeOf(id: number): Phase1Mode;
  /** Whom an initiator negotiates with; undefined for a peer that starts nothing. */
  responderOf(id: number): number | undefined;
  /** Ids of the initiators, connection by connection. */
  initiators(): readonly PeerRange[];
  /** Id of initiator number 0 to `initiatorCount - 1`; groups take turns in proportion to their sizes. */
  initiatorAt(number: number): number;
  /** Number of an initiator by its id; undefined for a peer that starts nothing. */
  initiatorNumberOf(id: number): number | undefined;
  /** The peer's own key; undefined when it knows the keys of those who call. */
  preSharedKeyOf(id: number): Uint8Array | undefined;
  preSharedKeyLookupFor(id: number): PreSharedKeyLookup;
  /** The groups with their numbers, as models of the network want them. */
  placedGroups(): PlacedGroup[];
  /** SAs of an initiator that has no IKE; undefined for one that has. */
  staticKeyingOf(id: number): StaticKeying | undefined;
  /** The same at the end that such initiators talk to, by their ids; undefined where there are none. */
  staticCallersOf(id: number): StaticCallers | undefined;
  /** Networks that those who connect to a peer may use; undefined in a scenario without segments. */
  permittedNetworksFor(id: number): PermittedNetworks | undefined;
}

/**
 * The population of a checked scenario. `seed` is the one of the run, which decides random spreads;
 * without one it is that of the scenario, or 0.
 */
export function createPopulation(scenario: Scenario, seed: number = scenario.seed ?? 0): Population {
  return new ExpandedPopulation(scenario, seed);
}

/** A group with its place among the ids and its connection as initiator. */
interface Block {
  readonly group: PeerGroup;
  readonly first: number;
  readonly policy: GroupPolicy;
  connection: Connection | undefined;
  responders: Block | undefined;
  /** Place among the groups that initiate; -1 for others. */
  turn: number;
}

class ExpandedPopulation implements Population {
  readonly peerCount: number;
  readonly initiatorCount: number;
  readonly #seed: number;
  /** In order of ids. */
  readonly #blocks: readonly Block[];
  readonly #byName: ReadonlyMap<string, Block>;
  /** In order of connections. */
  readonly #initiating: readonly Block[];
  readonly #order: InitiatorOrder;
  readonly #segments: ReadonlyMap<string, readonly Selector[]>;
  /** Behind NAT boxes; undefined without any. */
  readonly #hidden: HiddenHosts | undefined;

  constructor(scenario: Scenario, seed: number) {
    this.#seed = seed;
    this.#segments = new Map(
      Object.entries(scenario.segments).map(([name, networks]) => [name, networks.map(networkSelector)]),
    );
    let peers = 0;
    this.#blocks = scenario.groups.map((group) => {
      const first = peers;
      peers += group.count;
      const users = createUserLookup(() => this.#callersOf(group.name));
      const policy = new GroupPolicy(group, scenario, users);
      return { group, first, policy, connection: undefined, responders: undefined, turn: -1 };
    });
    this.peerCount = peers;
    this.#byName = new Map(this.#blocks.map((block) => [block.group.name, block]));
    const initiating: Block[] = [];
    for (const connection of scenario.connections) {
      const block = this.#byName.get(connection.from);
      const responders = this.#byName.get(connection.to);
      if (block === undefined || responders === undefined || block.connection !== undefined) {
        throw new TypeError(`connection from ${connection.from} to ${connection.to} was not checked`);
      }
      block.connection = connection;
      block.responders = responders;
      block.turn = initiating.push(block) - 1;
    }
    this.#initiating = initiating;
    this.#order = new InitiatorOrder(initiating.map(({ group }) => group.count));
    this.initiatorCount = this.#order.count;
    const { network } = scenario;
    this.#hidden =
      network === undefined || network.nats.length === 0
        ? undefined
        : new HiddenHosts(network, this.placedGroups(), (id) => this.#identityOf(id));
  }

  placedGroups(): PlacedGroup[] {
    return this.#blocks.map(({ group, first }) => ({
      name: group.name,
      first,
      count: group.count,
      addressLength: parseAddress(group.addresses.first)?.length ?? 4,
    }));
  }

  /** Users of the peers that connect to a group. */
  *#callersOf(name: string): Generator<XauthClient> {
    for (const block of this.#initiating) {
      const { login } = block.group;
      if (block.responders?.group.name !== name || login === undefined) continue;
      for (let index = 0; index < block.group.count; index++) {
        yield clientOf(login, valuesOf(block, block.first + index));
      }
    }
  }

  groupOf(id: number): PeerGroup {
    return this.#blockOf(id).group;
  }

  indexInGroup(id: number): number {
    return id - this.#blockOf(id).first;
  }

  rangeOf(group: string): PeerRange | undefined {
    const block = this.#byName.get(group);
    return block && { first: block.first, count: block.group.count };
  }

  addressOf(id: number): string {
    const block = this.#blockOf(id);
    return addressAt(block.group.addresses, id - block.first);
  }

  addressOctetsOf(id: number): Uint8Array {
    const block = this.#blockOf(id);
    return addressOctetsAt(block.group.addresses, id - block.first);
  }

  idOfAddress(address: string): number | undefined {
    const octets = parseAddress(address);
    if (octets === undefined) return undefined;
    for (const { group, first } of this.#blocks) {
      const index = indexOfOctets(group.addresses, octets);
      if (index !== undefined && index < group.count) return first + index;
    }
    return undefined;
  }

  policyOf(id: number): PeerPolicy {
    const block = this.#blockOf(id);
    const policy = block.policy.at(valuesOf(block, id), this.modeOf(id));
    const { loginServer, revocation } = block.group;
    if (loginServer === undefined && revocation === undefined) return policy;
    const server = policy.xauth?.server;
    return {
      ...policy,
      ...(loginServer !== undefined &&
        server !== undefined && {
          xauth: { ...policy.xauth, server: { ...server, remote: this.#serverFor(id, loginServer) } },
        }),
      ...(revocation !== undefined && { revocation: this.#revocationOf(id, revocation) }),
    };
  }

  #revocationOf(id: number, { isStrict, server, cacheNs }: GroupRevocation): RevocationPolicy {
    return {
      isStrict,
      ...(server !== undefined && { remote: this.#serverFor(id, server) }),
      ...(cacheNs !== undefined && { cacheNs }),
    };
  }

  /** The peers of a group take the servers in turn. */
  #serverFor(id: number, { group: name, timeoutNs, tries }: AskedGroup): AskedServer {
    const { first } = this.#blockOf(id);
    const servers = this.#byName.get(name);
    if (servers === undefined) throw new TypeError(`servers ${name} were not checked`);
    const server = servers.first + ((id - first) % servers.group.count);
    const { port } = servers.group;
    const octets = this.addressOctetsOf(server);
    return { server: { address: this.addressOf(server), port, octets, peer: server }, timeoutNs, tries };
  }

  modeOf(id: number): Phase1Mode {
    const { group, first, connection, responders } = this.#blockOf(id);
    const inTurn =
      connection?.spread === 'round-robin' && responders !== undefined ? responders.group.count : 1;
    return interleavedMode(id - first, group.mode.aggressive, inTurn);
  }

  responderOf(id: number): number | undefined {
    const { first, connection, responders } = this.#blockOf(id);
    if (connection === undefined || responders === undefined) return undefined;
    const { count } = responders.group;
    switch (connection.spread) {
      case 'round-robin':
        return responders.first + ((id - first) % count);
      case 'one-to-one':
        return responders.first + id - first;
      case 'random':
        return (
          responders.first +
          createRandomStream({ seed: this.#seed, entity: id, purpose: 'responder' }).below(count)
        );
    }
  }

  initiators(): readonly PeerRange[] {
    return this.#initiating.map(({ first, group }) => ({ first, count: group.count }));
  }

  initiatorAt(number: number): number {
    const { group, index } = this.#order.at(number);
    return (this.#initiating[group] as Block).first + index;
  }

  initiatorNumberOf(id: number): number | undefined {
    const { first, turn } = this.#blockOf(id);
    return turn < 0 ? undefined : this.#order.numberOf({ group: turn, index: id - first });
  }

  preSharedKeyOf(id: number): Uint8Array | undefined {
    const block = this.#blockOf(id);
    const { psk } = block.group;
    return psk === undefined ? undefined : utf8Octets(expandTemplate(psk, valuesOf(block, id)));
  }

  preSharedKeyLookupFor(id: number): PreSharedKeyLookup {
    const own = this.preSharedKeyOf(id);
    if (own !== undefined) return () => own;
    const block = this.#blockOf(id);
    return (remoteAddress, remoteIdentity) => {
      const remote = this.#callerOf(block, remoteAddress, remoteIdentity);
      return remote === undefined ? undefined : this.preSharedKeyOf(remote);
    };
  }

  staticKeyingOf(id: number): StaticKeying | undefined {
    const block = this.#blockOf(id);
    if (block.group.staticKeys === undefined) return undefined;
    return staticKeyingAt(block.group, this.policyOf(id), {
      pair: id,
      values: valuesOf(block, id),
      seed: this.#seed,
    });
  }

  staticCallersOf(id: number): StaticCallers | undefined {
    const block = this.#blockOf(id);
    const calling = this.#initiating.filter(
      ({ responders, group }) => responders === block && group.staticKeys !== undefined,
    );
    if (calling.length === 0) return undefined;
    const given = new Map<number, number>();
    for (const { first, group } of calling) {
      if (group.staticKeys?.type === 'given') given.set(uint32At(group.staticKeys.out.spi, 0), first);
    }
    return {
      pairOf: (spi) => given.get(spi) ?? pairOfStaticSpi(spi),
      keyingOf: (pair) => {
        if (pair < 0 || pair >= this.peerCount || this.responderOf(pair) !== id) return undefined;
        const keying = this.staticKeyingOf(pair);
        return keying && otherEndOf(keying);
      },
    };
  }

  permittedNetworksFor(id: number): PermittedNetworks | undefined {
    if (this.#segments.size === 0) return undefined;
    const block = this.#blockOf(id);
    return (remoteAddress, remoteIdentity) => {
      const remote = this.#callerOf(block, remoteAddress, remoteIdentity);
      // A stranger belongs to no segment, so nothing is open to it.
      if (remote === undefined) return [];
      const { segment } = this.#blockOf(remote).group;
      return segment === undefined ? undefined : this.#segments.get(segment);
    };
  }

  /** Who of those that connect to `block` calls from an address; behind a NAT box, as far as that can be told. */
  #callerOf(block: Block, address: string, identity: Identity | undefined): number | undefined {
    const isCaller = (id: number): boolean => this.#blockOf(id).responders === block;
    const remote = this.idOfAddress(address) ?? this.#hidden?.hostAt(address, identity, isCaller);
    return remote !== undefined && isCaller(remote) ? remote : undefined;
  }

  #identityOf(id: number): Identity {
    const block = this.#blockOf(id);
    return identityOf(block.group.identity, valuesOf(block, id));
  }

  #blockOf(id: number): Block {
    for (const block of this.#blocks) {
      const index = id - block.first;
      if (index >= 0 && index < block.group.count && Number.isInteger(index)) return block;
    }
    throw new RangeError(`there is no peer number ${id}`);
  }
}

function valuesOf({ group, first }: Block, id: number): TemplateValues {
  const index = id - first;
  return { index, address: addressAt(group.addresses, index), group: group.name };
}
