/**
 * A pair of SAs that both ends were given by hand (RFC 4301 §4.5.1), at one of them. Where the keys
 * change on a schedule, each end changes by its own clock: in between the two do not understand each other.
 */
import type { Endpoint } from '../../ike/endpoint.ts';
import { createManualEspSa } from '../../ike/esp/manual-sa.ts';
import type { EspSaState } from '../../ike/esp/sa.ts';
import { deriveStaticKeys, type StaticDirection } from '../../ike/esp/static-keys.ts';
import type { Selector } from '../../ike/selector.ts';
import type { CryptoSuite } from '../../ike/suite.ts';
import type { EspTransform } from '../../ike/transform.ts';
import type { EspKeys } from '../../ike/v1/child-sa.ts';
import type { Ns } from '../timer.ts';
import type { Tunnel } from './tunnel.ts';

/** Keys that are made from a secret, anew for each generation, or those that were written down. */
export type StaticKeySource =
  | { readonly type: 'derived'; readonly secret: Uint8Array }
  | { readonly type: 'given'; readonly out: EspKeys; readonly back: EspKeys };

/** What was agreed on for a pair, as one of its ends has it. */
export interface StaticKeying {
  /** Number of the pair: that of the peer which begins to talk. */
  readonly pair: number;
  readonly isInitiator: boolean;
  readonly keys: StaticKeySource;
  readonly transform: EspTransform;
  readonly encapsulation: 'tunnel' | 'transport';
  readonly localSelector?: Selector;
  readonly remoteSelector?: Selector;
  /** Keys change at every multiple of it on the runtime's clock; absent: never. */
  readonly changeEveryNs?: Ns;
  /** This end changes so much later. */
  readonly skewNs: Ns;
}

export interface StaticEnds {
  readonly own: Endpoint;
  readonly remote: Endpoint;
}

export interface StaticKeys {
  readonly inbound: EspKeys;
  readonly outbound: EspKeys;
}

interface Generation extends StaticKeys {
  readonly number: number;
  readonly receiver: EspSaState;
  readonly sender: EspSaState;
}

export class StaticTunnel implements Tunnel {
  readonly #suite: CryptoSuite;
  readonly #keying: StaticKeying;
  readonly #onKeys: (keys: StaticKeys) => void;
  #ends: StaticEnds;
  #generation: Generation;

  /** `onKeys` hears of the keys of each generation, when it is first used. */
  constructor(
    suite: CryptoSuite,
    keying: StaticKeying,
    setup: { readonly ends: StaticEnds; readonly nowNs: Ns; onKeys(keys: StaticKeys): void },
  ) {
    this.#suite = suite;
    this.#keying = keying;
    this.#ends = setup.ends;
    this.#onKeys = (keys) => setup.onKeys(keys);
    this.#generation = this.#make(generationAt(keying, setup.nowNs));
  }

  /** Changes the keys if it is time to. The old ones are gone at once. */
  advance(nowNs: Ns): void {
    const number = generationAt(this.#keying, nowNs);
    if (number !== this.#generation.number) this.#generation = this.#make(number);
  }

  /** The other end was heard at another place. */
  moveTo(ends: StaticEnds): void {
    this.#ends = ends;
  }

  get inbound(): EspSaState {
    return this.#generation.receiver;
  }

  get outbound(): EspSaState {
    return this.#generation.sender;
  }

  get encapsulation(): 'tunnel' | 'transport' {
    return this.#keying.encapsulation;
  }

  get localSelector(): Selector | undefined {
    return this.#keying.localSelector;
  }

  get remoteSelector(): Selector | undefined {
    return this.#keying.remoteSelector;
  }

  get own(): Endpoint {
    return this.#ends.own;
  }

  get remote(): Endpoint {
    return this.#ends.remote;
  }

  /** Nobody looked for one: the addresses are those that were written down. */
  readonly isNatted = false;

  #make(number: number): Generation {
    const { isInitiator } = this.#keying;
    const outbound = this.#keysOf(number, isInitiator ? 'out' : 'back');
    const inbound = this.#keysOf(number, isInitiator ? 'back' : 'out');
    const { transform } = this.#keying;
    const generation = {
      number,
      inbound,
      outbound,
      receiver: createManualEspSa(this.#suite, { keys: inbound, transform }),
      sender: createManualEspSa(this.#suite, { keys: outbound, transform }),
    };
    this.#onKeys(generation);
    return generation;
  }

  #keysOf(generation: number, direction: StaticDirection): EspKeys {
    const { keys, pair, transform } = this.#keying;
    if (keys.type === 'given') return keys[direction];
    return deriveStaticKeys(this.#suite, keys.secret, { pair, generation, direction }, transform);
  }
}

/** How often the keys of this end have changed by then. */
export function generationAt({ changeEveryNs, skewNs }: StaticKeying, nowNs: Ns): number {
  if (changeEveryNs === undefined) return 0;
  return Math.max(0, Math.floor((nowNs - skewNs) / changeEveryNs));
}
