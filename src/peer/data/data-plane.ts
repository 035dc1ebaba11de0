/**
 * ESP at a peer: finds the SA of a packet, opens it, answers echo requests in the name of the hosts
 * behind the peer, and sends the pings of the tunnel that it initiated.
 */
import { PORT_OF_ESP, type Endpoint } from '../../ike/endpoint.ts';
import { replyTo, type Echo } from '../../ike/esp/icmp-echo.ts';
import { spiOf } from '../../ike/esp/packet.ts';
import type { ChildSa } from '../../ike/v1/child-sa.ts';
import type { FoundChild } from '../child-table.ts';
import type { QuickModeInitiator } from '../exchange/quick-mode-exchange.ts';
import type { PeerParts } from '../exchange/services.ts';
import { countProtected } from '../lifetimes.ts';
import { followPath } from '../path-following.ts';
import type { StaticCallers } from '../peer.ts';
import type { PingPolicy } from '../policy.ts';
import type { SaEntry } from '../sa-entry.ts';
import type { Ns } from '../timer.ts';
import { ChildTunnel } from './child-tunnel.ts';
import { Pinger, type PingedNegotiation, type PingHost } from './pinger.ts';
import { StaticTunnel, type StaticEnds } from './static-tunnel.ts';
import { ownAddresses, receiveOver, sealEcho, type Arrival, type Tunnel } from './tunnel.ts';

export class DataPlane {
  readonly #peer: PeerParts;
  #pinger: Pinger | undefined;

  readonly #staticCallers: StaticCallers | undefined;
  readonly #staticTunnels = new Map<number, StaticTunnel>();

  constructor(peer: PeerParts, staticCallers: StaticCallers | undefined) {
    this.#peer = peer;
    this.#staticCallers = staticCallers;
  }

  /** Takes an ESP packet, UDP-encapsulated or not. Any octets are fine. */
  receive(octets: Uint8Array, own: Endpoint, remote: Endpoint): void {
    const { children } = this.#peer;
    const spi = spiOf(octets) ?? 0;
    const found = children.find(spi);
    if (found === undefined) {
      const awaiting = children.awaited(spi);
      if (awaiting !== undefined) return this.#receiveEarly(awaiting, octets, { own, remote });
      return this.#receiveStatic(spi, octets, { own, remote });
    }
    const tunnel = this.#tunnelOf(found);
    const { inbound } = tunnel;
    const newest = inbound.replayWindow?.top;
    const arrival = receiveOver(tunnel, octets);
    if (typeof arrival !== 'string' || arrival === 'dummy') {
      this.#noteHeard(found, octets);
      if (newest !== inbound.replayWindow?.top) this.#follow(found, { own, remote });
    }
    this.#take(found, tunnel, arrival);
  }

  /**
   * The newest packet so far tells where the other end is now, also when nothing but data comes from
   * there. What was late on its way tells where it was, and without a window nobody knows.
   */
  #follow({ entry, established }: FoundChild, { own, remote }: StaticEnds): void {
    if (!established.child.isNatted || own.port === PORT_OF_ESP) return;
    followPath(entry, { from: remote, to: own, hasMarker: entry.sa.hasMarker });
  }

  /** An authentic packet of a child SA that waits for CONNECTED says as much; it is taken when the child SA stands. */
  #receiveEarly(exchange: QuickModeInitiator, octets: Uint8Array, ends: StaticEnds): void {
    const peer = this.#peer;
    const { entry, child } = exchange;
    if (child === undefined) return peer.drop('esp-unknown-sa');
    const arrival = receiveOver(this.#createTunnel(entry, child), octets);
    if (typeof arrival === 'string' && arrival !== 'dummy') return peer.drop(arrival);
    exchange.connected();
    peer.later({ type: 'packet.early', entry, octets, ...ends });
  }

  /** Keys that were agreed on by hand are found by the pair that the SPI is of. */
  #receiveStatic(spi: number, octets: Uint8Array, ends: StaticEnds): void {
    const peer = this.#peer;
    const callers = this.#staticCallers;
    const pair = callers?.pairOf(spi);
    if (callers === undefined || pair === undefined) return peer.drop('esp-unknown-sa');
    let tunnel = this.#staticTunnels.get(pair);
    if (tunnel === undefined) {
      const keying = callers.keyingOf(pair);
      if (keying === undefined) return peer.drop('esp-unknown-sa');
      const { nowNs } = peer;
      tunnel = new StaticTunnel(peer.setting.suite, keying, { ends, nowNs, onKeys: () => undefined });
      this.#staticTunnels.set(pair, tunnel);
    }
    tunnel.advance(peer.nowNs);
    // Keys of another generation are not there any more, or not yet.
    if (tunnel.inbound.spi !== spi) return peer.drop('esp-unknown-sa');
    const arrival = receiveOver(tunnel, octets);
    if (typeof arrival !== 'string') tunnel.moveTo(ends);
    this.#take(undefined, tunnel, arrival);
  }

  #take(found: FoundChild | undefined, tunnel: Tunnel, arrival: Arrival): void {
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

  /** Lifetimes in kilobytes are those of child SAs; what was agreed on by hand has none. */
  #send(found: FoundChild | undefined, tunnel: Tunnel, packet: Uint8Array): void {
    if (found !== undefined) {
      countProtected(this.#peer, found.entry, found.established, 'outbound', packet.length);
    }
    this.#peer.sendPacket(tunnel.own, tunnel.remote, packet);
  }

  /** Data show that the other end lives (RFC 3706 §5.5). */
  #noteHeard({ entry, established }: FoundChild, { length }: Uint8Array): void {
    countProtected(this.#peer, entry, established, 'inbound', length);
    entry.lastHeardNs = this.#peer.nowNs;
    entry.liveness?.heard();
  }

  #tunnelOf({ entry, established }: FoundChild): ChildTunnel {
    established.tunnel ??= this.#createTunnel(entry, established.child);
    established.tunnel.adoptedBy(entry);
    return established.tunnel;
  }

  #createTunnel(entry: SaEntry, child: ChildSa): ChildTunnel {
    const { setting, policy } = this.#peer;
    const replayWindow = policy.replayWindow ?? DEFAULT_REPLAY_WINDOW;
    return new ChildTunnel({ child, entry, suite: setting.suite, replayWindow });
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
