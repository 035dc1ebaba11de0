/**
 * A NAT box (RFC 4787): hosts behind it share one address, and the box tells them apart by port.
 * It forgets a host that is silent, and then gives it another port: its rebinding.
 */
import type { Endpoint } from '../ike/endpoint.ts';
import type { Ns } from '../peer/timer.ts';
import type { PositionedStream } from '../random/positioned-stream.ts';

export const NAT_FILTERINGS = [
  'endpoint-independent',
  'address-dependent',
  'address-and-port-dependent',
] as const;
export const NAT_PORT_CHOICES = ['preserve', 'sequential', 'random'] as const;

/** What a box is like. Plain data. */
export interface NatModel {
  /** A mapping that carried nothing for as long is forgotten. */
  readonly timeoutNs: Ns;
  /** Whether what comes in counts, too. */
  readonly isKeptByInbound: boolean;
  /** Who may send to a mapped port (RFC 4787 §5): anybody, known addresses, known addresses from known ports. */
  readonly filtering: (typeof NAT_FILTERINGS)[number];
  /** Whether each destination gets a port of its own (RFC 4787 §4.1: address and port-dependent mapping). */
  readonly isSymmetric: boolean;
  /** How a port is found: the host's own when it is free, the next one, any. */
  readonly ports: (typeof NAT_PORT_CHOICES)[number];
  readonly firstPort: number;
  readonly lastPort: number;
  /** Times at which the box forgets everything, nanoseconds since the beginning of the run, rising. */
  readonly rebindNs: readonly Ns[];
  /** And again after each of these; 0: no more. */
  readonly rebindEveryNs: Ns;
}

export const NAT_DROPS = [
  /** Nobody behind the box has, or has still, that port. */
  'nat-no-mapping',
  /** The port belongs to somebody, who has not sent to there. */
  'nat-filtered',
  'nat-no-free-port',
] as const;
export type NatDrop = (typeof NAT_DROPS)[number];

interface Mapping {
  readonly key: number | string;
  readonly inner: Endpoint;
  readonly outer: Endpoint;
  readonly epoch: number;
  lastNs: Ns;
  /** Ends that the host has sent to, as the filtering tells them apart. */
  readonly remotes: Set<number>;
}

/** What one box does: translations, and how often a host came back on another port. */
export interface NatCounts {
  mappings: number;
  rebindings: number;
}

export class NatBox {
  readonly counts: NatCounts;
  readonly #model: NatModel;
  /** Number of the box among those of its kind: the entity of its random numbers. */
  readonly #entity: number;
  readonly #random: PositionedStream;
  readonly #outerAt: (port: number) => Endpoint;
  readonly #byKey = new Map<number | string, Mapping>();
  readonly #byPort = new Map<number, Mapping>();
  /** Hosts' ports that had a mapping before. */
  readonly #known = new Set<number | string>();
  #draws = 0;
  #nextPort: number;

  /** `outerAt` makes the endpoint of a port at the box's outer address. */
  constructor(
    model: NatModel,
    setup: {
      readonly entity: number;
      readonly random: PositionedStream;
      readonly counts: NatCounts;
      outerAt(port: number): Endpoint;
    },
  ) {
    this.#model = model;
    this.#entity = setup.entity;
    this.#random = setup.random;
    this.counts = setup.counts;
    this.#outerAt = (port) => setup.outerAt(port);
    this.#nextPort = model.firstPort;
  }

  /** Mappings held, the forgotten ones among them until somebody looks. */
  get size(): number {
    return this.#byKey.size;
  }

  /** The source of a datagram as it looks outside. Both endpoints name their peers. */
  outbound(from: Endpoint, to: Endpoint, nowNs: Ns): Endpoint | NatDrop {
    const key = this.#keyOf(from, to);
    let mapping = this.#byKey.get(key);
    if (mapping !== undefined && !this.#isAlive(mapping, nowNs)) {
      this.#forget(mapping);
      mapping = undefined;
    }
    if (mapping === undefined) {
      mapping = this.#map(key, from, nowNs);
      if (mapping === undefined) return 'nat-no-free-port';
    }
    mapping.lastNs = nowNs;
    mapping.remotes.add(this.#remoteOf(to));
    return mapping.outer;
  }

  /** Whom a datagram to the box is for. */
  inbound(from: Endpoint, to: Endpoint, nowNs: Ns): Endpoint | NatDrop {
    const mapping = this.#byPort.get(to.port);
    if (mapping === undefined) return 'nat-no-mapping';
    if (!this.#isAlive(mapping, nowNs)) {
      this.#forget(mapping);
      return 'nat-no-mapping';
    }
    if (this.#model.filtering !== 'endpoint-independent' && !mapping.remotes.has(this.#remoteOf(from))) {
      return 'nat-filtered';
    }
    if (this.#model.isKeptByInbound) mapping.lastNs = nowNs;
    return mapping.inner;
  }

  #keyOf(from: Endpoint, to: Endpoint): number | string {
    const inner = (from.peer ?? 0) * 0x1_0000 + from.port;
    return this.#model.isSymmetric ? `${inner} ${to.peer} ${to.port}` : inner;
  }

  #remoteOf({ peer = 0, port }: Endpoint): number {
    return this.#model.filtering === 'address-dependent' ? peer : peer * 0x1_0000 + port;
  }

  #isAlive(mapping: Mapping, nowNs: Ns): boolean {
    return nowNs - mapping.lastNs <= this.#model.timeoutNs && mapping.epoch === this.#epochAt(nowNs);
  }

  /** How often the box has forgotten everything. */
  #epochAt(nowNs: Ns): number {
    const { rebindNs, rebindEveryNs } = this.#model;
    let epoch = 0;
    while (epoch < rebindNs.length && rebindNs[epoch]! <= nowNs) epoch++;
    return rebindEveryNs === 0 ? epoch : epoch + Math.floor(nowNs / rebindEveryNs);
  }

  #map(key: number | string, inner: Endpoint, nowNs: Ns): Mapping | undefined {
    // A host that comes back gets another port, as from a box that has started anew.
    const isKnown = this.#known.has(key);
    const port = this.#freePort(inner.port, isKnown, nowNs);
    if (port === undefined) return undefined;
    this.counts.mappings++;
    if (isKnown) this.counts.rebindings++;
    else this.#known.add(key);
    const mapping: Mapping = {
      key,
      inner,
      outer: this.#outerAt(port),
      epoch: this.#epochAt(nowNs),
      lastNs: nowNs,
      remotes: new Set(),
    };
    this.#byKey.set(key, mapping);
    this.#byPort.set(port, mapping);
    return mapping;
  }

  #freePort(wanted: number, isKnown: boolean, nowNs: Ns): number | undefined {
    const { ports, firstPort, lastPort } = this.#model;
    if (ports === 'preserve' && !isKnown && this.#isFree(wanted, nowNs)) return wanted;
    const count = lastPort - firstPort + 1;
    if (ports === 'random') {
      this.#nextPort = firstPort + this.#random.seek(this.#entity, this.#draws++).below(count);
    }
    for (let tried = 0; tried < count; tried++) {
      const port = this.#nextPort;
      this.#nextPort = port === lastPort ? firstPort : port + 1;
      if (this.#isFree(port, nowNs)) return port;
    }
    return undefined;
  }

  #isFree(port: number, nowNs: Ns): boolean {
    const mapping = this.#byPort.get(port);
    if (mapping === undefined) return true;
    if (this.#isAlive(mapping, nowNs)) return false;
    this.#forget(mapping);
    return true;
  }

  #forget(mapping: Mapping): void {
    this.#byKey.delete(mapping.key);
    this.#byPort.delete(mapping.outer.port);
  }
}
