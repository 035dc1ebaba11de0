/**
 * A peer without IKE: its SAs were given to it by hand. A start costs it no message, so its
 * negotiations succeed at once; whether packets get through is what its pings tell.
 */
import { PORT_OF_ESP, type Endpoint } from '../ike/endpoint.ts';
import type { Echo } from '../ike/esp/icmp-echo.ts';
import { replyTo } from '../ike/esp/icmp-echo.ts';
import { isNatKeepalive } from '../ike/wire/non-esp-marker.ts';
import { encryptionKeyword } from '../ike/transform.ts';
import { Pinger, type PingHost } from './data/pinger.ts';
import { StaticTunnel, type StaticEnds, type StaticKeying, type StaticKeys } from './data/static-tunnel.ts';
import { ownAddresses, receiveOver, sealEcho } from './data/tunnel.ts';
import type { Effect } from './effect.ts';
import type { PeerEvent } from './event.ts';
import type { TimerSubject } from './exchange/services.ts';
import type { DropReason, Fact } from './fact.ts';
import type { Peer, PeerSetup } from './peer.ts';
import { createTimer, type Ns, type Timer } from './timer.ts';

/** Of RFC 2408 none; a record of keys has a place for one. */
const NO_COOKIE = new Uint8Array(8);

export class StaticPeer implements Peer, PingHost, TimerSubject {
  readonly id: number;
  readonly endpoint: Endpoint;
  readonly phase1Count = 0;
  nowNs: Ns = 0;
  readonly #setup: PeerSetup;
  readonly #keying: StaticKeying;
  readonly #holdTimer: Timer;
  #effects: Effect[] = [];
  #tunnel: StaticTunnel | undefined;
  #pinger: Pinger | undefined;
  #negotiation: number | undefined;

  constructor(setup: PeerSetup, keying: StaticKeying) {
    this.id = setup.id;
    this.endpoint = setup.endpoint;
    this.#setup = setup;
    this.#keying = keying;
    this.#holdTimer = createTimer(setup.id, 'hold', this);
  }

  get childCount(): number {
    return this.#tunnel === undefined ? 0 : 1;
  }

  /** Nobody begins anything with a peer whose SAs are made by hand. */
  halfOpenCountOf(): number {
    return 0;
  }

  handle(event: PeerEvent, nowNs: Ns, effects: Effect[]): void {
    this.nowNs = nowNs;
    this.#effects = effects;
    switch (event.type) {
      case 'connect':
        return this.#connect(event);
      case 'datagram.received':
        return this.#receive(event.octets);
      case 'timer.fired':
        return (event.timer.subject as TimerSubject).timerFired(event.timer);
      case 'disconnect':
        return this.#close();
      case 'stop':
        this.#pinger?.stop();
        this.cancelTimer(this.#holdTimer);
        return;
      case 'destination.unreachable':
      case 'clock.stepped':
      case 'slowed':
      case 'crash':
      case 'restart':
    }
  }

  /** The hold time is over. */
  timerFired(): void {
    this.#close();
  }

  #connect({ negotiation, plannedNs, to }: PeerEvent & { type: 'connect' }): void {
    const { nowNs } = this;
    const { policy, suite } = this.#setup;
    this.#close();
    const ends = { own: this.#placeOf(this.endpoint), remote: this.#placeOf(to) };
    const onKeys = (keys: StaticKeys): void => this.#reportKeys(keys, ends);
    this.#tunnel = new StaticTunnel(suite, this.#keying, { ends, nowNs, onKeys });
    this.#negotiation = negotiation;
    const times = { plannedNs, startedNs: nowNs };
    this.record({ type: 'negotiation.started', negotiation, mode: policy.mode, ...times });
    this.record({ type: 'negotiation.succeeded', negotiation, ...times, finishedNs: nowNs, firstTry: true });
    if (policy.holdNs !== undefined) this.setTimer(this.#holdTimer, nowNs + policy.holdNs);
    if (policy.ping === undefined) return;
    this.#pinger = new Pinger(this, policy.ping, { number: negotiation, plannedNs });
    this.#pinger.start();
  }

  /** In UDP on the NAT port where the policy wants it, else over IP by itself. */
  #placeOf(end: Endpoint): Endpoint {
    const { natTraversal, natPort } = this.#setup.policy;
    return { ...end, port: natTraversal === 'force' ? natPort : PORT_OF_ESP };
  }

  #close(): void {
    const negotiation = this.#negotiation;
    if (negotiation === undefined) return;
    this.#pinger?.stop();
    this.cancelTimer(this.#holdTimer);
    this.#pinger = undefined;
    this.#tunnel = undefined;
    this.#negotiation = undefined;
    this.record({ type: 'negotiation.closed', negotiation });
  }

  #receive(octets: Uint8Array): void {
    if (isNatKeepalive(octets)) return;
    const tunnel = this.#tunnel;
    if (tunnel === undefined) return this.#drop('esp-unknown-sa');
    tunnel.advance(this.nowNs);
    const arrival = receiveOver(tunnel, octets);
    if (arrival === 'dummy') return;
    if (typeof arrival === 'string') return this.#drop(arrival);
    if (arrival.echo.kind === 'reply') {
      if (this.#pinger?.takeReply(arrival.echo) !== true) this.#drop('esp-unexpected');
      return;
    }
    const reply = replyTo(arrival);
    const packet = reply && sealEcho(tunnel, reply, this.#setup.random);
    if (packet === undefined) return this.#drop('esp-unexpected');
    this.#send(tunnel, packet);
    this.record({ type: 'responder.echo' });
  }

  sendEcho(echo: Echo): boolean {
    const tunnel = this.#tunnel;
    if (tunnel === undefined) return false;
    tunnel.advance(this.nowNs);
    const addresses = ownAddresses(tunnel, this.#setup.policy.ping?.to);
    const packet = addresses && sealEcho(tunnel, { addresses, echo }, this.#setup.random);
    if (packet === undefined) return false;
    this.#send(tunnel, packet);
    return true;
  }

  #send({ own, remote }: StaticTunnel, octets: Uint8Array): void {
    this.#effects.push({ type: 'send', from: own, to: remote, octets, isRetransmission: false });
  }

  record(fact: Fact): void {
    this.#effects.push({ type: 'record', fact });
  }

  setTimer(timer: Timer, dueNs: Ns): void {
    timer.dueNs = dueNs;
    this.#effects.push({ type: 'timer.set', timer });
  }

  cancelTimer(timer: Timer): void {
    this.#effects.push({ type: 'timer.cancel', timer });
  }

  #drop(reason: DropReason): void {
    this.record({ type: 'dropped', reason });
  }

  #reportKeys({ inbound, outbound }: StaticKeys, { own, remote }: StaticEnds): void {
    if (!this.#setup.policy.reportKeys) return;
    const { transform } = this.#keying;
    const integrity = transform.integrity ?? '';
    const algorithms = { encryption: encryptionKeyword(transform), integrity, esn: false };
    const outwards = { source: own.address, destination: remote.address, ...algorithms };
    const back = { source: remote.address, destination: own.address, ...algorithms };
    const keys = [
      { ...outbound, ...outwards },
      { ...inbound, ...back },
    ];
    this.record({ type: 'keys.child', initiatorCookie: NO_COOKIE, messageId: 0, keys });
  }
}
