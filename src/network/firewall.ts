/**
 * A firewall in front of some peers: rules in order, limits on how often strangers may knock, and
 * a table of connections whose datagrams pass without being asked again.
 */
import type { Endpoint } from '../ike/endpoint.ts';
import type { Ns } from '../peer/timer.ts';
import type { IkeExchange } from './ike-exchange.ts';
import { ikeExchangeOf } from './ike-exchange.ts';
import { FULL_BUCKET, takeToken, type RateLimit } from './token-bucket.ts';

/** Neighbouring addresses: 4 or 16 octets, the first `prefixLength` bits of which count. */
export interface AddressRange {
  readonly octets: Uint8Array;
  readonly prefixLength: number;
}

/** What is left out fits everything. */
export interface FirewallRule {
  readonly action: 'allow' | 'deny';
  readonly from?: AddressRange;
  readonly to?: AddressRange;
  /** Destination ports, both ends included. */
  readonly ports?: { readonly first: number; readonly last: number };
  readonly exchanges?: readonly IkeExchange[];
}

/** What a firewall is like. Plain data. */
export interface FirewallModel {
  /** The first rule that fits decides. */
  readonly rules: readonly FirewallRule[];
  /** When none does. */
  readonly otherwise: 'allow' | 'deny';
  /** Of datagrams that the rules allow, all together and from one address. */
  readonly rate?: RateLimit;
  readonly sourceRate?: RateLimit;
  /** Absent: every datagram is judged by itself. */
  readonly tracking?: { readonly timeoutNs: Ns; readonly limit: number };
}

export const FIREWALL_DROPS = [
  'firewall-denied',
  'firewall-rate',
  'firewall-source-rate',
  /** No room for one more connection. */
  'firewall-table-full',
] as const;
export type FirewallDrop = (typeof FIREWALL_DROPS)[number];

export class Firewall {
  readonly #model: FirewallModel;
  /** When each connection carried something last, by both ends; those of long ago first. */
  readonly #connections = new Map<string, Ns>();
  #fullAtNs: Ns = FULL_BUCKET;
  /** By the number of the source's address. */
  readonly #sources = new Map<number, Ns>();
  #sourcesToSweep = SOURCES_KEPT;

  constructor(model: FirewallModel) {
    this.#model = model;
  }

  /** Connections in the table. */
  get size(): number {
    return this.#connections.size;
  }

  /** A protected peer sends: never refused, and answers may come in. Both endpoints name their peers. */
  outbound(from: Endpoint, to: Endpoint, nowNs: Ns): void {
    if (this.#model.tracking !== undefined) this.#track(keyOf(from, to), nowNs);
  }

  /** Something comes for a protected peer; undefined: let in. */
  inbound(from: Endpoint, to: Endpoint, octets: Uint8Array, nowNs: Ns): FirewallDrop | undefined {
    const { tracking, rate, sourceRate } = this.#model;
    const key = tracking === undefined ? '' : keyOf(to, from);
    if (tracking !== undefined) {
      const lastNs = this.#connections.get(key);
      if (lastNs !== undefined && nowNs - lastNs <= tracking.timeoutNs) {
        this.#track(key, nowNs);
        return undefined;
      }
    }
    if (!this.#isAllowed(from, to, octets)) return 'firewall-denied';
    const source = from.peer ?? 0;
    const sourceFullNs = sourceRate && takeToken(sourceRate, this.#sources.get(source) ?? FULL_BUCKET, nowNs);
    if (sourceRate !== undefined && sourceFullNs === undefined) return 'firewall-source-rate';
    const fullAtNs = rate && takeToken(rate, this.#fullAtNs, nowNs);
    if (rate !== undefined && fullAtNs === undefined) return 'firewall-rate';
    if (tracking !== undefined && !this.#track(key, nowNs)) return 'firewall-table-full';
    // Only who gets through has used up anything.
    if (fullAtNs !== undefined) this.#fullAtNs = fullAtNs;
    if (sourceFullNs !== undefined) this.#keepSource(source, sourceFullNs, nowNs);
    return undefined;
  }

  #isAllowed(from: Endpoint, to: Endpoint, octets: Uint8Array): boolean {
    const { rules, otherwise } = this.#model;
    for (let index = 0; index < rules.length; index++) {
      const rule = rules[index]!;
      if (fits(rule, from, to, octets)) return rule.action === 'allow';
    }
    return otherwise === 'allow';
  }

  /** Remembers that a connection is alive; false when the table is full. */
  #track(key: string, nowNs: Ns): boolean {
    const { timeoutNs, limit } = this.#model.tracking!;
    // Moved to the end, so that the oldest ones stay in front.
    if (!this.#connections.delete(key) && this.#connections.size >= limit) {
      for (const [oldest, lastNs] of this.#connections) {
        if (nowNs - lastNs <= timeoutNs) break;
        this.#connections.delete(oldest);
      }
      if (this.#connections.size >= limit) return false;
    }
    this.#connections.set(key, nowNs);
    return true;
  }

  #keepSource(source: number, fullAtNs: Ns, nowNs: Ns): void {
    this.#sources.set(source, fullAtNs);
    if (this.#sources.size < this.#sourcesToSweep) return;
    // A bucket that is full again is like one that was never used.
    for (const [other, otherFullAtNs] of this.#sources) {
      if (otherFullAtNs <= nowNs) this.#sources.delete(other);
    }
    this.#sourcesToSweep = Math.max(SOURCES_KEPT, this.#sources.size * 2);
  }
}

function fits(rule: FirewallRule, from: Endpoint, to: Endpoint, octets: Uint8Array): boolean {
  const { ports, exchanges } = rule;
  return (
    (rule.from === undefined || isWithin(rule.from, from.octets)) &&
    (rule.to === undefined || isWithin(rule.to, to.octets)) &&
    (ports === undefined || (to.port >= ports.first && to.port <= ports.last)) &&
    (exchanges === undefined || exchanges.includes(ikeExchangeOf(octets, to.port)))
  );
}

/** Whether an address belongs to the range; one of the other family never does. */
export function isWithin({ octets, prefixLength }: AddressRange, address: Uint8Array): boolean {
  if (octets.length !== address.length) return false;
  const whole = prefixLength >> 3;
  for (let index = 0; index < whole; index++) if (octets[index] !== address[index]) return false;
  const rest = prefixLength & 7;
  return rest === 0 || (octets[whole]! ^ address[whole]!) >> (8 - rest) === 0;
}

function keyOf(inside: Endpoint, outside: Endpoint): string {
  return `${inside.peer} ${inside.port} ${outside.peer} ${outside.port}`;
}

const SOURCES_KEPT = 1024;
