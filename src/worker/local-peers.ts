/** The peers of one worker, made when they are first needed and kept to the end of the run. */
import type { Endpoint } from '../ike/endpoint.ts';
import type { CryptoSuite, RandomOctets } from '../ike/suite.ts';
import type { PeerRules } from '../load/misbehaving-peers.ts';
import { createIkePeer } from '../peer/create-peer.ts';
import { FalliblePeer } from '../peer/fallible-peer.ts';
import type { Phase1Mode } from '../peer/fact.ts';
import { RecordArena } from '../peer/parking/record-arena.ts';
import { RestingPeer, type RestingHome } from '../peer/parking/resting-peer.ts';
import { ServerPeer } from '../network/server-peer.ts';
import type { Peer, PeerSetup } from '../peer/peer.ts';
import type { Ns } from '../peer/timer.ts';
import { createRandomStream } from '../random/stream.ts';
import type { Population } from '../scenario/expand.ts';
import type { PeerGroup } from '../scenario/scenario.ts';
import type { CertificateBook } from './certificates.ts';
import { createMisbehaving } from './misbehaving.ts';
import type { PeerMeans } from './metered-peer.ts';

export interface LocalPeersSetup {
  readonly population: Population;
  readonly suite: CryptoSuite;
  readonly seed: number;
  /** Of cookies, nonces and keys. */
  readonly keySeed: number;
  /** UTC time of the clock's origin, milliseconds since 1970. */
  readonly epochMs: number;
  readonly certificates: CertificateBook;
  /** Wraps what the peers of a group work with, so that somebody learns what they do; absent: as it is. */
  metered?(group: PeerGroup, means: PeerMeans): PeerMeans;
  isLocal(peerId: number): boolean;
  /** False: what is at rest stays objects; absent: it is parked. */
  readonly parks?: boolean;
  /** Whether a fault makes the peer's machine crash. */
  mayCrash?(peerId: number): boolean;
  /** What a peer does wrong on purpose; undefined: nothing. */
  rulesOf?(peerId: number): PeerRules | undefined;
  /** On the clock of the peers; only asked once the run has begun. Absent: 0. */
  beginningNs?(): Ns;
}

export class LocalPeers {
  readonly #setup: LocalPeersSetup;
  readonly #peers: (Peer | undefined)[] = [];
  /** Of tunnels at rest. */
  readonly #arena = new RecordArena();
  readonly #home: RestingHome;

  constructor(setup: LocalPeersSetup) {
    this.#setup = setup;
    const { population, keySeed } = setup;
    this.#home = {
      arena: this.#arena,
      endpointOf: (id) => endpointOf(population, id),
      randomOf: (id, position) =>
        createRandomStream({ seed: keySeed, entity: id, purpose: 'keys' }, position),
      create: (id, endpoint, random) => createIkePeer(this.#peerSetup(id, endpoint, random)),
    };
  }

  /** The peer; undefined for one that lives elsewhere or nowhere. `endpoint` where it is not that of the scenario. */
  at(peerId: number, endpoint?: Endpoint): Peer | undefined {
    return this.#peers[peerId] ?? this.#create(peerId, endpoint);
  }

  /** Where a peer of this worker that was made is; undefined for any other. */
  placeOf(peerId: number): Endpoint | undefined {
    return this.#peers[peerId]?.endpoint;
  }

  /** Those made so far. */
  *created(): Generator<Peer> {
    for (const peer of this.#peers) {
      if (peer !== undefined) yield peer;
    }
  }

  #create(peerId: number, endpoint: Endpoint | undefined): Peer | undefined {
    const { population, seed, keySeed, epochMs, isLocal, rulesOf, beginningNs = () => 0 } = this.#setup;
    if (peerId >= population.peerCount || !isLocal(peerId)) return undefined;
    const group = population.groupOf(peerId);
    if (group.role === 'server') return this.#createServer(peerId, group, endpoint);
    if (this.#mayRest(peerId, group)) {
      return (this.#peers[peerId] = new RestingPeer(this.#home, peerId, endpoint));
    }
    const own = endpoint ?? endpointOf(population, peerId);
    const random = createRandomStream({ seed: keySeed, entity: peerId, purpose: 'keys' }).octets;
    const ownSetup = this.#peerSetup(peerId, own, random);
    const create = createMisbehaving({ setup: ownSetup, rules: rulesOf?.(peerId), seed, beginningNs });
    return this.#keep(peerId, population.modeOf(peerId), (clockStepMs) => create(epochMs + clockStepMs));
  }

  /**
   * Hosts have one tunnel. What certificates need takes longer to make than a peer should take to wake up,
   * a machine that may crash has to know its timers, and who misbehaves what it has done.
   */
  #mayRest(peerId: number, { role, name }: PeerGroup): boolean {
    const { population, certificates, parks } = this.#setup;
    if (parks === false || role !== 'host' || this.#setup.mayCrash?.(peerId) === true) return false;
    if (this.#setup.rulesOf?.(peerId) !== undefined) return false;
    if (certificates.has(name)) return false;
    return (
      population.staticKeyingOf(peerId) === undefined && population.staticCallersOf(peerId) === undefined
    );
  }

  #peerSetup(peerId: number, endpoint: Endpoint, random: RandomOctets): PeerSetup {
    const { population, suite, epochMs } = this.#setup;
    const group = population.groupOf(peerId);
    const asTheyAre = {
      suite,
      policy: population.policyOf(peerId),
      certificates: this.#setup.certificates.settingOf(group.name, peerId),
    };
    const { certificates, ...means } = this.#setup.metered?.(group, asTheyAre) ?? asTheyAre;
    const permittedNetworks = population.permittedNetworksFor(peerId);
    const staticKeying = population.staticKeyingOf(peerId);
    const staticCallers = population.staticCallersOf(peerId);
    return {
      id: peerId,
      role: group.role === 'gateway' ? 'gateway' : 'host',
      endpoint,
      ...means,
      preSharedKey: population.preSharedKeyLookupFor(peerId),
      epochMs,
      ...(permittedNetworks !== undefined && { permittedNetworks }),
      ...(staticKeying !== undefined && { staticKeying }),
      ...(staticCallers !== undefined && { staticCallers }),
      ...(certificates !== undefined && { certificates }),
      ...(this.#setup.parks !== false && group.role === 'gateway' && { arena: this.#arena }),
      random,
    };
  }

  #createServer(peerId: number, group: PeerGroup, endpoint: Endpoint | undefined): Peer {
    const { population, seed, epochMs, certificates } = this.#setup;
    const own = endpoint ?? endpointOf(population, peerId);
    const lists = certificates.listsOf(group.name);
    const model = group.server!;
    const setup = { id: peerId, endpoint: own, model, seed, epochMs, ...(lists !== undefined && { lists }) };
    return this.#keep(peerId, 'main', () => new ServerPeer(setup));
  }

  /** On a machine that may crash, where a fault makes it. */
  #keep(peerId: number, mode: Phase1Mode, create: (clockStepMs: number) => Peer): Peer {
    const mayCrash = this.#setup.mayCrash?.(peerId) === true;
    const peer = mayCrash ? new FalliblePeer({ mode, create }) : create(0);
    this.#peers[peerId] = peer;
    return peer;
  }
}

/** Where the scenario says that a peer listens. */
export function endpointOf(population: Population, peerId: number): Endpoint {
  return {
    address: population.addressOf(peerId),
    port: population.groupOf(peerId).port,
    octets: population.addressOctetsOf(peerId),
    peer: peerId,
  };
}
