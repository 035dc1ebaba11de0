/** The peers of one worker, made when they are first needed and kept to the end of the run. */
import type { Endpoint } from '../ike/endpoint.ts';
import type { CryptoSuite } from '../ike/suite.ts';
import type { PeerRules } from '../load/misbehaving-peers.ts';
import { FalliblePeer } from '../peer/fallible-peer.ts';
import type { Phase1Mode } from '../peer/fact.ts';
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

  constructor(setup: LocalPeersSetup) {
    this.#setup = setup;
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
    const { population, suite, seed, keySeed, epochMs, isLocal } = this.#setup;
    if (peerId >= population.peerCount || !isLocal(peerId)) return undefined;
    const group = population.groupOf(peerId);
    if (group.role === 'server') return this.#createServer(peerId, group, endpoint);
    const asTheyAre = {
      suite,
      policy: population.policyOf(peerId),
      certificates: this.#setup.certificates.settingOf(group.name, peerId),
    };
    const { certificates, ...means } = this.#setup.metered?.(group, asTheyAre) ?? asTheyAre;
    const permittedNetworks = population.permittedNetworksFor(peerId);
    const staticKeying = population.staticKeyingOf(peerId);
    const staticCallers = population.staticCallersOf(peerId);
    const setup: PeerSetup = {
      id: peerId,
      role: group.role,
      endpoint: endpoint ?? endpointOf(population, peerId),
      ...means,
      preSharedKey: population.preSharedKeyLookupFor(peerId),
      epochMs,
      ...(permittedNetworks !== undefined && { permittedNetworks }),
      ...(staticKeying !== undefined && { staticKeying }),
      ...(staticCallers !== undefined && { staticCallers }),
      ...(certificates !== undefined && { certificates }),
      random: createRandomStream({ seed: keySeed, entity: peerId, purpose: 'keys' }).octets,
    };
    const { rulesOf, beginningNs = () => 0 } = this.#setup;
    const create = createMisbehaving({ setup, rules: rulesOf?.(peerId), seed, beginningNs });
    return this.#keep(peerId, setup.policy.mode, (clockStepMs) => create(epochMs + clockStepMs));
  }

  #createServer(peerId: number, group: PeerGroup, endpoint: Endpoint | undefined): Peer {
    const { population, seed } = this.#setup;
    const own = endpoint ?? endpointOf(population, peerId);
    return this.#keep(
      peerId,
      'main',
      () => new ServerPeer({ id: peerId, endpoint: own, model: group.server!, seed }),
    );
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
