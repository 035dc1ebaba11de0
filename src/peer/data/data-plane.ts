/**
 * ESP at a peer: finds the SA of a packet, opens it, answers echo requests in the name of the hosts
 * behind the peer, and sends the pings of the tunnel that it initiated.
 */
import { replyTo, type Echo } from '../../ike/esp/icmp-echo.ts';
import { spiOf } from '../../ike/esp/packet.ts';
import type { FoundChild } from '../child-table.ts';
import type { PeerParts } from '../exchange/services.ts';
import { countProtected } from '../lifetimes.ts';
import type { PingPolicy } from '../policy.ts';
import type { SaEntry } from '../sa-entry.ts';
import type { Ns } from '../timer.ts';
import { ChildTunnel } from './child-tunnel.ts';
import { Pinger, type PingedNegotiation, type PingHost } from './pinger.ts';
import { ownAddresses, receiveOver, sealEcho, type Arrival, type Tunnel } from './tunnel.ts';

export class DataPlane {
  readonly #peer: PeerParts;
  #pinger: Pinger | undefined;

  constructor(peer: PeerParts) {
    this.#peer = peer;
  }

  /** Takes an ESP packet, UDP-encapsulated or not. Any octets are fine. */
  receive(octets: Uint8Array): void {
    const peer = this.#peer;
    const found = peer.children.find(spiOf(octets) ?? 0);
    if (found === undefined) return peer.drop('esp-unknown-sa');
    const tunnel = this.#tunnelOf(found);
    const arrival = receiveOver(tunnel, octets);
    if (typeof arrival !== 'string' || arrival === 'dummy') this.#noteHeard(found, octets);
    this.#take(found, tunnel, arrival);
  }

  #take(found: FoundChild, tunnel: Tunnel, arrival: Arrival): void {
    const peer = this.#peer;
    if (arrival === 'dummy') return;
    if (typeof arrival === 'string') return peer.drop(arrival);
    if (arrival.echo.kind === 'reply') {
      if (this.#pinger?.takeReply(arrival.echo) !== true) peer.drop('esp-unexpected');
      return;
    }
    const reply = replyTo(arrival);
    if (reply === undefined) return peer.drop('esp-unexpected');
    const packet = sealEcho(tunnel, reply, peer.setting.random);
    if (packet === undefined) return;
    this.#send(found, tunnel, packet);
    peer.record({ type: 'responder.echo' });
  }

  #send({ entry, established }: FoundChild, tunnel: Tunnel, packet: Uint8Array): void {
    countProtected(this.#peer, entry, established, 'outbound', packet.length);
    this.#peer.sendPacket(tunnel.own, tunnel.remote, packet);
  }

  /** Data show that the other end lives (RFC 3706 §5.5). */
  #noteHeard({ entry, established }: FoundChild, { length }: Uint8Array): void {
    countProtected(this.#peer, entry, established, 'inbound', length);
    entry.lastHeardNs = this.#peer.nowNs;
    entry.liveness?.heard();
  }

  #tunnelOf({ entry, established }: FoundChild): ChildTunnel {
    const { setting, policy } = this.#peer;
    const { child } = established;
    established.tunnel ??= new ChildTunnel({
      child,
      entry,
      suite: setting.suite,
      replayWindow: policy.replayWindow ?? DEFAULT_REPLAY_WINDOW,
    });
    established.tunnel.adoptedBy(entry);
    return established.tunnel;
  }

  /** Pings through the tunnel that `entryOf` says, whatever SAs it has at the moment. */
  startPings(policy: PingPolicy, negotiation: PingedNegotiation, entryOf: () => SaEntry | undefined): Pinger {
    const pinger = new Pinger(this.#pingHost(policy, entryOf), policy, negotiation);
    this.#pinger = pinger;
    pinger.start();
    return pinger;
  }

  #pingHost({ to }: PingPolicy, entryOf: () => SaEntry | undefined): PingHost {
    const peer = this.#peer;
    return {
      id: peer.id,
      get nowNs(): Ns {
        return peer.nowNs;
      },
      record: (fact) => peer.record(fact),
      setTimer: (timer, dueNs) => peer.setTimer(timer, dueNs),
      cancelTimer: (timer) => peer.cancelTimer(timer),
      sendEcho: (echo) => this.#sendEcho(echo, entryOf(), to),
    };
  }

  /** Over the newest child SA that is used already: an older one is about to be deleted. */
  #sendEcho(echo: Echo, entry: SaEntry | undefined, to: Uint8Array | undefined): boolean {
    const { nowNs } = this.#peer;
    const established =
      entry?.children.findLast(({ usedFromNs }) => usedFromNs <= nowNs) ?? entry?.children.at(-1);
    if (entry === undefined || established === undefined) return false;
    const found = { entry, established };
    const tunnel = this.#tunnelOf(found);
    const addresses = ownAddresses(tunnel, to);
    const packet = addresses && sealEcho(tunnel, { addresses, echo }, this.#peer.setting.random);
    if (packet === undefined) return false;
    this.#send(found, tunnel, packet);
    return true;
  }
}

/** RFC 4303 §3.4.3: 64 is the size to prefer. */
const DEFAULT_REPLAY_WINDOW = 64;
