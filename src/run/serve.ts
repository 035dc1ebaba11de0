/** Serves real clients: one gateway of a scenario on a UDP port, until it is told to end. */
import { randomBytes, randomInt } from 'node:crypto';
import { createCryptoSuite } from '../crypto/registry.ts';
import type { CryptoSuite, RandomOctets } from '../ike/suite.ts';
import { misbehavingPeers } from '../load/misbehaving-peers.ts';
import { misdeedText } from '../measure/misbehaviour-result.ts';
import type { Peer, PeerSetup } from '../peer/peer.ts';
import type { PreSharedKeyLookup } from '../peer/policy.ts';
import { createRandomStream } from '../random/stream.ts';
import { createClock, takeClockOrigin } from '../runtime/clock.ts';
import type { Agenda } from '../runtime/runtime.ts';
import { SocketError } from '../runtime/udp/socket-error.ts';
import { createUdpRuntime } from '../runtime/udp/udp-runtime.ts';
import type { UdpRuntime } from '../runtime/udp/udp-runtime.ts';
import { createPopulation } from '../scenario/expand.ts';
import type { Population } from '../scenario/expand.ts';
import { CertificateError } from '../pki/certificate-error.ts';
import type { CertificateSetting } from '../ike/v1/isakmp-sa.ts';
import type { PeerGroup, Scenario } from '../scenario/scenario.ts';
import { isSameForAll } from '../scenario/template.ts';
import { CertificateBook } from '../worker/certificates.ts';
import { createMisbehaving } from '../worker/misbehaving.ts';
import { prepareCertificates } from './prepare-certificates.ts';
import { openKeyLog } from './key-log.ts';
import type { KeyLog } from './key-log.ts';
import { ServeMeter } from './serve-meter.ts';
import type { ServeCounters } from './serve-meter.ts';

export interface ServeOptions {
  /** Aborted: the SAs are deleted, telling the other ends, and the sockets closed. */
  readonly signal: AbortSignal;
  /** Group whose first peer is served; default: the one group that others connect to. */
  readonly group?: string;
  /** In place of the address and ports of the scenario; port 0: any free one. */
  readonly address?: string;
  readonly port?: number;
  readonly natPort?: number;
  /** PEM files of the scenario go from the folder of this file. */
  readonly scenarioFile?: string;
  /** Where certificates are kept that are made for the scenario; absent: made anew. */
  readonly certificateFolder?: string;
  /** Folder that keys are written to as they come to be. */
  readonly keyLogFolder?: string;
  /** Makes cookies, nonces and keys repeatable and therefore known; default: true random numbers. */
  readonly seed?: number;
  readonly statsIntervalMs?: number;
  /** The sockets are bound. */
  onReady?(served: ServedGateway): void;
  /** Every `statsIntervalMs`. */
  onStats?(counters: ServeCounters): void;
}

/** What is served where. */
export interface ServedGateway {
  readonly group: PeerGroup;
  readonly address: string;
  readonly port: number;
  readonly natPort: number;
}

/** The scenario has nothing, or too much, to be served, or the ports cannot be had. */
export class ServeError extends Error {
  override readonly name = 'ServeError';
  readonly hint: string;

  constructor(message: string, hint: string) {
    super(message);
    this.hint = hint;
  }
}

/**
 * Serves until `options.signal` is aborted and returns what was counted.
 * @throws ServeError; OutputError for the key log.
 */
export async function serveGateway(scenario: Scenario, options: ServeOptions): Promise<ServeCounters> {
  const group = servedGroup(scenario, options.group);
  const certificates = await certificatesOf(scenario, group, options);
  const keyLog = options.keyLogFolder === undefined ? undefined : openKeyLog(options.keyLogFolder);
  const server = new GatewayServer({ scenario, group, certificates }, options, keyLog);
  try {
    return await server.serve();
  } finally {
    await server.close();
    keyLog?.close();
  }
}

interface Served {
  readonly scenario: Scenario;
  readonly group: PeerGroup;
  readonly certificates: CertificateSetting | undefined;
}

/** What the served peer shows and believes. @throws ServeError when it cannot be had. */
async function certificatesOf(
  scenario: Scenario,
  group: PeerGroup,
  { scenarioFile = '.', certificateFolder: folder }: ServeOptions,
): Promise<CertificateSetting | undefined> {
  const population = createPopulation(scenario);
  const peerId = population.rangeOf(group.name)?.first ?? 0;
  try {
    const prepared = await prepareCertificates(scenario, population, {
      file: scenarioFile,
      peers: [peerId],
      ...(folder !== undefined && { folder }),
    });
    return new CertificateBook(prepared, population).settingOf(group.name, peerId);
  } catch (error) {
    if (!(error instanceof CertificateError)) throw error;
    throw new ServeError(`certificates: ${error.message}`, error.hint ?? '');
  }
}

/** @throws ServeError */
function servedGroup(scenario: Scenario, wanted: string | undefined): PeerGroup {
  const responders = scenario.groups.filter(({ name }) => scenario.connections.some(({ to }) => to === name));
  const names = (groups: readonly PeerGroup[]): string => groups.map(({ name }) => name).join(', ');
  if (wanted !== undefined) {
    const group = scenario.groups.find(({ name }) => name === wanted);
    if (group !== undefined) return group;
    throw new ServeError(`the scenario has no group ${wanted}`, `it has: ${names(scenario.groups)}`);
  }
  const [group, ...others] = responders;
  if (group === undefined) {
    throw new ServeError('nobody connects to anybody in this scenario', 'add a connection to a gateway');
  }
  if (others.length === 0) return group;
  throw new ServeError(
    'the scenario has several groups that answer',
    `choose one with --group: ${names(responders)}`,
  );
}

class GatewayServer {
  readonly #options: ServeOptions;
  readonly #group: PeerGroup;
  readonly #peerId: number;
  readonly #population: Population;
  readonly #meter = new ServeMeter();
  readonly #keyLog: KeyLog | undefined;
  readonly #scenario: Scenario;
  readonly #epochMs = Date.now();
  readonly #clock = createClock(takeClockOrigin());
  readonly #runtime: UdpRuntime;
  #peer: Peer | undefined;
  #datagramsReceived = 0;

  constructor({ scenario, group, certificates }: Served, options: ServeOptions, keyLog: KeyLog | undefined) {
    this.#scenario = scenario;
    this.#options = options;
    this.#group = group;
    this.#keyLog = keyLog;
    this.#population = createPopulation(scenario);
    this.#peerId = this.#population.rangeOf(group.name)?.first ?? 0;
    const permittedNetworks = this.#population.permittedNetworksFor(this.#peerId);
    const staticCallers = this.#population.staticCallersOf(this.#peerId);
    const address = options.address ?? this.#population.addressOf(this.#peerId);
    const port = options.port ?? group.port;
    const natPort = options.natPort ?? group.natPort;
    this.#runtime = createUdpRuntime({
      clock: this.#clock,
      socketPlanOf: (id) => (id === this.#peerId ? { address, port, natPort, isResponder: true } : undefined),
      peerAt: (id, endpoint) => {
        const setup: PeerSetup = {
          id,
          role: 'gateway',
          endpoint,
          policy: {
            ...this.#population.policyOf(id),
            natPort: this.#runtime.natEndpointOf(id)?.port ?? natPort,
            reportKeys: keyLog !== undefined,
          },
          preSharedKey: this.#preSharedKeyLookup(),
          epochMs: this.#epochMs,
          ...(certificates !== undefined && { certificates }),
          ...(permittedNetworks !== undefined && { permittedNetworks }),
          ...(staticCallers !== undefined && { staticCallers }),
          suite: preparedSuite(scenario.crypto, group),
          random: randomOctets(options.seed, id),
        };
        const { seed = randomInt(SEEDS) } = options;
        const rules = misbehavingPeers(scenario, { seed, rangeOf: (name) => this.#population.rangeOf(name) });
        const create = createMisbehaving({ setup, rules: rules.get(id), seed, beginningNs: () => 0 });
        this.#peer = create(this.#epochMs);
        return this.#peer;
      },
      onFact: (fact) => {
        this.#meter.record(fact);
        this.#keyLog?.fact(fact);
      },
      onDatagram: ({ to }) => {
        if (to.peer === this.#peerId) this.#datagramsReceived++;
      },
    });
  }

  async serve(): Promise<ServeCounters> {
    const { signal, statsIntervalMs = 1000, onStats } = this.#options;
    await this.#bind();
    this.#options.onReady?.(this.#served());
    const timer =
      onStats === undefined ? undefined : setInterval(() => onStats(this.#counters()), statsIntervalMs);
    try {
      await this.#runtime.run(UNTIL_TOLD, () => signal.aborted);
    } finally {
      clearInterval(timer);
    }
    const counters = this.#counters();
    this.#runtime.dispatch(this.#peerId, { type: 'disconnect' });
    return counters;
  }

  close(): Promise<void> {
    return this.#runtime.close();
  }

  async #bind(): Promise<void> {
    try {
      await this.#runtime.prepare([this.#peerId]);
    } catch (error) {
      if (error instanceof SocketError) throw new ServeError(error.message, error.hint);
      throw error;
    }
  }

  #served(): ServedGateway {
    const main = this.#runtime.endpointOf(this.#peerId);
    const nat = this.#runtime.natEndpointOf(this.#peerId) ?? main;
    return {
      group: this.#group,
      address: main?.address ?? '',
      port: main?.port ?? 0,
      natPort: nat?.port ?? 0,
    };
  }

  #counters(): ServeCounters {
    const { phase1Established, childrenEstablished, echoesAnswered, retransmissions, failures, drops } =
      this.#meter;
    return {
      elapsedNs: this.#clock(),
      phase1Established,
      childrenEstablished,
      phase1Held: this.#peer?.phase1Count ?? 0,
      childrenHeld: this.#peer?.childCount ?? 0,
      datagramsReceived: this.#datagramsReceived,
      datagramsSent: this.#runtime.datagramsSent,
      echoesAnswered,
      retransmissions,
      failures,
      drops,
      ...(this.#group.misbehaviour !== undefined && { misbehaviour: this.#misbehaviour() }),
      losses: Object.fromEntries(this.#runtime.drops),
    };
  }

  #misbehaviour(): Record<string, number> {
    const { misdeeds } = this.#meter;
    const entries = (this.#group.misbehaviour ?? []).map(
      ({ rule }, index) => [misdeedText(rule), misdeeds[index] ?? 0] as const,
    );
    return Object.fromEntries(entries);
  }

  /** Clients come from anywhere: where all groups that connect have one key, it is the key of strangers too. */
  #preSharedKeyLookup(): PreSharedKeyLookup {
    const known = this.#population.preSharedKeyLookupFor(this.#peerId);
    const stranger = this.#keyOfStrangers();
    return (address, identity) => known(address, identity) ?? stranger;
  }

  #keyOfStrangers(): Uint8Array | undefined {
    const keys = new Set<string | undefined>();
    for (const { from, to } of this.#scenario.connections) {
      if (to !== this.#group.name) continue;
      const psk = this.#scenario.groups.find(({ name }) => name === from)?.psk;
      keys.add(psk !== undefined && isSameForAll(psk) ? psk : undefined);
    }
    const [only] = keys;
    return keys.size === 1 && only !== undefined ? new TextEncoder().encode(only) : undefined;
  }
}

/** A Diffie-Hellman group takes time when it is first used, which must not be that of the first client. */
function preparedSuite(choice: Scenario['crypto'], { ike, esp }: PeerGroup): CryptoSuite {
  const suite = createCryptoSuite(choice);
  for (const { group } of [...ike, ...esp]) {
    if (group !== undefined && suite.hasGroup(group)) suite.group(group);
  }
  return suite;
}

function randomOctets(seed: number | undefined, entity: number): RandomOctets {
  if (seed !== undefined) return createRandomStream({ seed, entity, purpose: 'peer' }).octets;
  return (length) => new Uint8Array(randomBytes(length));
}

/** As many as `randomInt` draws from. */
const SEEDS = 2 ** 48 - 1;
/** Nothing is started, and nothing ends by itself. */
const UNTIL_TOLD: Agenda = { nextDueNs: () => undefined, runDue: () => undefined, isDone: () => false };
