/**
 * Two peers and the wire between them as one value, in virtual time: the way tests tell stories.
 * `wire` sees every datagram before it is delivered and may drop, repeat, delay or change it.
 */
import type { Effect } from '../../src/peer/effect.ts';
import type { PeerEvent } from '../../src/peer/event.ts';
import type { ChildKeys, Fact, Phase1Keys } from '../../src/peer/fact.ts';
import type { PeerPolicy } from '../../src/peer/policy.ts';
import type { StaticKeying } from '../../src/peer/data/static-tunnel.ts';
import type { Peer, PeerSetup, StaticCallers } from '../../src/peer/peer.ts';
import type { MisbehaviourRule } from '../../src/peer/misbehaviour/rule.ts';
import { createMisbehaving } from '../../src/worker/misbehaving.ts';
import { NS_PER_MS, type Ns, type Timer } from '../../src/peer/timer.ts';
import type { StartChart } from '../../src/peer/chart.ts';
import type { CertificateSetting } from '../../src/ike/v1/isakmp-sa.ts';
import type { PermittedNetworks } from '../../src/ike/v1/quick-mode.ts';
import type { CryptoSuite, RandomOctets } from '../../src/ike/suite.ts';
import type { Endpoint } from '../../src/ike/endpoint.ts';
import { asciiOctets } from '../../src/ike/wire/octets.ts';
import { createCryptoSuite } from '../../src/crypto/registry.ts';
import { RecordArena } from '../../src/peer/parking/record-arena.ts';
import { RestingPeer } from '../../src/peer/parking/resting-peer.ts';
import { createIkePeer, createPeer } from '../../src/peer/create-peer.ts';
import { createRandomStream } from '../../src/random/stream.ts';
import { endpoint, policy } from './policy.ts';

export interface OnWire {
  /** Counts from 0 over both directions. */
  readonly index: number;
  readonly fromInitiator: boolean;
  readonly octets: Uint8Array;
  readonly isRetransmission: boolean;
  readonly from: Endpoint;
  readonly to: Endpoint;
}

/** What becomes of a datagram: each copy with its extra delay. */
export type Delivery = { readonly octets: Uint8Array; readonly delayNs?: Ns };
export type Wire = (datagram: OnWire) => readonly Delivery[];

export interface PairSetup {
  readonly initiator?: Partial<PeerPolicy>;
  readonly responder?: Partial<PeerPolicy>;
  readonly initiatorKey?: string | undefined;
  readonly responderKey?: string | undefined;
  /** Of the responder: what the initiator may use. */
  readonly permittedNetworks?: PermittedNetworks;
  readonly initiatorCertificates?: CertificateSetting;
  readonly responderCertificates?: CertificateSetting;
  /** Wall-clock time of either end at the beginning, milliseconds since 1970. */
  readonly initiatorEpochMs?: number;
  readonly responderEpochMs?: number;
  readonly initiatorStaticKeying?: StaticKeying;
  readonly staticCallers?: StaticCallers;
  readonly wire?: Wire;
  readonly startChart?: StartChart;
  /** What the ends do wrong on purpose. */
  readonly misbehaviour?: {
    readonly initiator?: readonly MisbehaviourRule[];
    readonly responder?: readonly MisbehaviourRule[];
  };
  /** False: SAs at rest stay objects. */
  readonly parks?: boolean;
  /** True: the initiator as a whole is parked, too. */
  readonly rests?: boolean;
  /** Default: the fastest one. */
  readonly suite?: CryptoSuite;
  readonly seed?: number;
  readonly initiatorEndpoint?: Endpoint;
  readonly responderEndpoint?: Endpoint;
  /** Rewrites endpoints on the way, as a NAT does. */
  readonly translate?: (endpoint: Endpoint, fromInitiator: boolean) => Endpoint;
}

export const suite: CryptoSuite = createCryptoSuite('fastest');
const FLIGHT_NS = 5 * NS_PER_MS;

interface InFlight {
  readonly dueNs: Ns;
  readonly order: number;
  readonly to: Peer;
  readonly event: PeerEvent;
}

export class Pair {
  readonly initiator: Peer;
  readonly responder: Peer;
  readonly arena = new RecordArena(0x8000);
  readonly facts: { readonly by: 'initiator' | 'responder'; readonly fact: Fact }[] = [];
  readonly sent: OnWire[] = [];
  nowNs: Ns = 0;
  wire: Wire;
  readonly #timers = new Set<Timer>();
  readonly #inFlight: InFlight[] = [];
  readonly #translate: NonNullable<PairSetup['translate']>;
  #order = 0;

  constructor(setup: PairSetup = {}) {
    const seed = setup.seed ?? 1;
    const make = (
      id: number,
      at: Endpoint,
      changes: Partial<PeerPolicy> | undefined,
      key: string | undefined,
    ) => {
      const certificates = id === 0 ? setup.initiatorCertificates : setup.responderCertificates;
      const rules = id === 0 ? setup.misbehaviour?.initiator : setup.misbehaviour?.responder;
      const epochMs = (id === 0 ? setup.initiatorEpochMs : setup.responderEpochMs) ?? 0;
      const setupWith = (octets: RandomOctets): PeerSetup => ({
        id,
        role: id === 0 ? 'host' : 'gateway',
        endpoint: at,
        policy: policy(changes),
        preSharedKey: () => (key === undefined ? undefined : asciiOctets(key)),
        suite: setup.suite ?? suite,
        random: octets,
        ...(id === 1 && setup.permittedNetworks && { permittedNetworks: setup.permittedNetworks }),
        ...(id === 0 && setup.initiatorStaticKeying && { staticKeying: setup.initiatorStaticKeying }),
        ...(id === 1 && setup.staticCallers && { staticCallers: setup.staticCallers }),
        ...(certificates !== undefined && { certificates }),
        ...(setup.parks !== false && { arena: this.arena }),
        epochMs,
      });
      const randomOf = (_id: number, position: number) =>
        createRandomStream({ seed, entity: id, purpose: 'keys' }, position);
      const own = setupWith(randomOf(id, 0).octets);
      if (rules !== undefined) {
        return createMisbehaving({ setup: own, rules, seed, beginningNs: () => 0 })(epochMs);
      }
      if (id === 1 || setup.rests !== true) return createPeer(own, setup.startChart);
      return new RestingPeer(
        {
          arena: this.arena,
          endpointOf: () => at,
          randomOf,
          create: (_id, _endpoint, octets) => createIkePeer(setupWith(octets), setup.startChart),
        },
        id,
      );
    };
    const initiatorKey = 'initiatorKey' in setup ? setup.initiatorKey : 'secret';
    const responderKey = 'responderKey' in setup ? setup.responderKey : 'secret';
    this.initiator = make(0, setup.initiatorEndpoint ?? endpoint('10.0.0.1'), setup.initiator, initiatorKey);
    this.responder = make(1, setup.responderEndpoint ?? endpoint('10.0.0.2'), setup.responder, responderKey);
    this.wire = setup.wire ?? ((datagram) => [datagram]);
    this.#translate = setup.translate ?? ((at) => at);
  }

  connect(negotiation = 0): this {
    this.feed(this.initiator, {
      type: 'connect',
      negotiation,
      plannedNs: this.nowNs,
      to: this.responder.endpoint,
    });
    return this;
  }

  feed(peer: Peer, event: PeerEvent): void {
    const effects: Effect[] = [];
    peer.handle(event, this.nowNs, effects);
    for (const effect of effects) this.#carryOut(peer, effect);
  }

  #carryOut(peer: Peer, effect: Effect): void {
    switch (effect.type) {
      case 'send':
        return this.#send(peer === this.initiator, effect);
      case 'timer.set':
        this.#timers.add(effect.timer);
        return;
      case 'timer.cancel':
        this.#timers.delete(effect.timer);
        return;
      case 'record':
        this.facts.push({ by: peer === this.initiator ? 'initiator' : 'responder', fact: effect.fact });
    }
  }

  #send(fromInitiator: boolean, effect: Extract<Effect, { type: 'send' }>): void {
    const { octets, isRetransmission, from, to } = effect;
    const datagram = { index: this.sent.length, fromInitiator, octets, isRetransmission, from, to };
    this.sent.push(datagram);
    for (const delivery of this.wire(datagram)) {
      this.#inFlight.push({
        dueNs: this.nowNs + FLIGHT_NS + (delivery.delayNs ?? 0),
        order: this.#order++,
        to: fromInitiator ? this.responder : this.initiator,
        event: {
          type: 'datagram.received',
          from: this.#translate(effect.from, fromInitiator),
          to: this.#translate(effect.to, fromInitiator),
          octets: delivery.octets,
        },
      });
    }
  }

  /** Lets time pass until nothing is left to happen before `untilNs`; lifetimes are left alone unless asked for. */
  run(untilNs: Ns = this.nowNs + 600_000 * NS_PER_MS): this {
    for (let steps = 0; steps < 100_000; steps++) {
      const timer = [...this.#timers].reduce<Timer | undefined>(
        (first, candidate) => (first === undefined || candidate.dueNs < first.dueNs ? candidate : first),
        undefined,
      );
      this.#inFlight.sort((a, b) => a.dueNs - b.dueNs || a.order - b.order);
      const [packet] = this.#inFlight;
      const dueNs = Math.min(timer?.dueNs ?? Infinity, packet?.dueNs ?? Infinity);
      if (dueNs > untilNs) {
        this.nowNs = Math.max(this.nowNs, Math.min(untilNs, dueNs));
        return this;
      }
      this.nowNs = dueNs;
      if (packet !== undefined && packet.dueNs === dueNs) {
        this.#inFlight.shift();
        this.feed(packet.to, packet.event);
      } else if (timer !== undefined) {
        this.#timers.delete(timer);
        this.feed(timer.peer === this.initiator.id ? this.initiator : this.responder, {
          type: 'timer.fired',
          timer,
        });
      }
    }
    throw new Error('the two peers do not come to rest');
  }

  get armedTimers(): readonly Timer[] {
    return [...this.#timers];
  }

  factsOf<T extends Fact['type']>(type: T, by?: 'initiator' | 'responder'): Extract<Fact, { type: T }>[] {
    return this.facts
      .filter((entry) => entry.fact.type === type && (by === undefined || entry.by === by))
      .map((entry) => entry.fact as Extract<Fact, { type: T }>);
  }

  get hasSucceeded(): boolean {
    return this.factsOf('negotiation.succeeded').length > 0;
  }

  get failureCause(): string | undefined {
    return this.factsOf('negotiation.failed')[0]?.cause;
  }

  phase1Keys(by: 'initiator' | 'responder'): Phase1Keys[] {
    return this.factsOf('keys.phase1', by).map((fact) => fact.keys);
  }

  /** Child keys sorted by SPI, so that both ends compare. */
  childKeys(by: 'initiator' | 'responder'): ChildKeys[] {
    const spiText = (keys: ChildKeys) => Array.from(keys.spi).join('.');
    return this.factsOf('keys.child', by)
      .flatMap((fact) => fact.keys)
      .sort((a, b) => spiText(a).localeCompare(spiText(b)));
  }
}
