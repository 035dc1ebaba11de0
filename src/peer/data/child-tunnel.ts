/** The child SAs of IKE as tunnels for data, made when the first packet comes or goes. */
import { PORT_OF_ESP, type Endpoint } from '../../ike/endpoint.ts';
import { createEspSa, type EspSaState } from '../../ike/esp/sa.ts';
import type { Selector } from '../../ike/selector.ts';
import type { CryptoSuite } from '../../ike/suite.ts';
import type { ChildSa } from '../../ike/v1/child-sa.ts';
import type { SaEntry } from '../sa-entry.ts';
import type { Tunnel } from './tunnel.ts';

export interface ChildTunnelSetup {
  readonly child: ChildSa;
  /** The phase 1 SA of the moment. */
  readonly entry: SaEntry;
  readonly suite: CryptoSuite;
  /** Numbers; 0: replays are not looked for. */
  readonly replayWindow: number;
}

export class ChildTunnel implements Tunnel {
  readonly inbound: EspSaState;
  readonly outbound: EspSaState;
  readonly #child: ChildSa;
  #entry: SaEntry;
  #plainOwn: Endpoint | undefined;
  #plainRemote: Endpoint | undefined;

  constructor({ child, entry, suite, replayWindow }: ChildTunnelSetup) {
    const { transform, inbound, outbound } = child;
    this.#child = child;
    this.#entry = entry;
    const setup = { transform, replayWindow, esn: transform.esn === true };
    this.inbound = createEspSa(suite, { ...setup, keys: inbound });
    this.outbound = createEspSa(suite, { ...setup, keys: outbound });
  }

  /** The child SA goes on under another phase 1 SA. */
  adoptedBy(entry: SaEntry): void {
    if (entry === this.#entry) return;
    this.#entry = entry;
    this.#plainOwn = undefined;
    this.#plainRemote = undefined;
  }

  get encapsulation(): 'tunnel' | 'transport' {
    return this.#child.encapsulation;
  }

  get localSelector(): Selector | undefined {
    return this.#child.localSelector;
  }

  get remoteSelector(): Selector | undefined {
    return this.#child.remoteSelector;
  }

  get isNatted(): boolean {
    return this.#child.isNatted;
  }

  /** With a NAT between the ends ESP takes the ports of IKE, wherever they have gone (RFC 3948 §2.1). */
  get own(): Endpoint {
    const { own } = this.#entry.sa;
    if (this.isNatted) return own;
    this.#plainOwn ??= { ...own, port: PORT_OF_ESP };
    return this.#plainOwn;
  }

  get remote(): Endpoint {
    const { remote } = this.#entry.sa;
    if (this.isNatted) return remote;
    this.#plainRemote ??= { ...remote, port: PORT_OF_ESP };
    return this.#plainRemote;
  }
}
