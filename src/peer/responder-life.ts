/** What a peer does for those who come to it: begins phase 1 SAs within its limits, and ends them all when told. */
import { usesExtendedAuthentication } from '../ike/authentication.ts';
import type { ChildSa } from '../ike/v1/child-sa.ts';
import { buildClearNotify } from '../ike/v1/informational.ts';
import type { Incoming } from '../ike/v1/incoming.ts';
import { createIsakmpSa } from '../ike/v1/isakmp-sa.ts';
import { drawCookie } from '../ike/v1/phase1.ts';
import { ExchangeType, NotifyType } from '../ike/wire/numbers.ts';
import { beginPhase1, beginQuickMode } from './beginning.ts';
import type { Chart } from './chart.ts';
import { AggressiveModeResponder } from './exchange/aggressive-mode-exchange.ts';
import { MainModeResponder } from './exchange/main-mode-exchange.ts';
import type { PeerParts } from './exchange/services.ts';
import { gatewayMachine, type GatewayActor, type GatewayEvent } from './machine/gateway.machine.ts';
import { Liveness } from './liveness.ts';
import { createSaEntry, type SaEntry } from './sa-entry.ts';
import { deleteSa, forgetSa } from './sa-removal.ts';
import { isOfSameEnd } from './same-end.ts';

export class ResponderLife implements GatewayActor {
  readonly #peer: PeerParts;
  readonly #chart: Chart<GatewayEvent>;

  /** `state`: of one that goes on where it was. */
  constructor(peer: PeerParts, state?: string) {
    this.#peer = peer;
    this.#chart = peer.startChart(gatewayMachine, this, state);
  }

  get state(): string {
    return this.#chart.state;
  }

  send(event: GatewayEvent): void {
    this.#chart.send(event);
  }

  /** Makes the SA that a first message asks for; undefined when limits or policy forbid it. */
  begin(message: Incoming): SaEntry | undefined {
    const services = this.#peer;
    const { policy } = services;
    if (this.#chart.state === 'stopped') return undefined;
    services.table.freePlaces(services.nowNs);
    this.checkLimit();
    if (this.#chart.state === 'full') return this.#dropped('limit-half-open');
    const { halfOpenPerAddress = Infinity } = policy.limits;
    if (services.table.halfOpenCountOf(message.path.from.address) >= halfOpenPerAddress) {
      return this.#dropped('limit-per-address');
    }
    if (this.#peer.table.establishedCount >= policy.limits.established) {
      return this.#dropped('limit-exchanges');
    }
    const mode = message.header.exchangeType === ExchangeType.aggressive ? 'aggressive' : 'main';
    const responderCookie = drawCookie(services.setting);
    const sa = createIsakmpSa({
      isInitiator: false,
      mode,
      // A copy: the view would keep the whole datagram in memory.
      initiatorCookie: message.header.initiatorCookie.slice(),
      responderCookie,
      own: message.path.to,
      remote: message.path.from,
      hasMarker: message.path.hasMarker,
      misbehaviour: services.setting.misbehaviour,
    });
    if (!policy.acceptedModes.includes(mode)) {
      services.send(sa, buildClearNotify(sa, 0, NotifyType.unsupportedExchangeType), false);
      return this.#dropped('no-policy');
    }
    const entry = createSaEntry(sa);
    if (!this.#peer.table.add(entry)) return this.#dropped('unknown-sa');
    this.#peer.table.halfOpenBegun(entry);
    entry.phase1 = new (mode === 'main' ? MainModeResponder : AggressiveModeResponder)(services, entry);
    this.checkLimit();
    return entry;
  }

  #dropped(
    reason: 'limit-half-open' | 'limit-per-address' | 'limit-exchanges' | 'no-policy' | 'unknown-sa',
  ): undefined {
    this.#peer.drop(reason);
    return undefined;
  }

  /** Lets the chart know when the number of half-open SAs crosses the limit. */
  checkLimit(): void {
    const isFull = this.#peer.table.halfOpenCount >= this.#peer.policy.limits.halfOpen;
    if (isFull && this.#chart.state === 'serving') this.#chart.send({ type: 'half-open.limit-reached' });
    if (!isFull && this.#chart.state === 'full') this.#chart.send({ type: 'half-open.below-limit' });
  }

  /** INITIAL-CONTACT: what the same end had before is stale (RFC 2407 §4.6.3.3, RFC 3947 §6). */
  forgetStale(newest: SaEntry): void {
    const identity = newest.sa.remoteIdentity;
    if (identity === undefined) return;
    for (const entry of [...this.#peer.table.withIdentity(identity)]) {
      if (entry === newest) continue;
      if (isOfSameEnd(entry.sa, newest.sa)) forgetSa(this.#peer, entry);
      else if (mayHaveMoved(newest)) this.#doubt(entry);
    }
  }

  /** What may be of an end that came back from elsewhere goes unless somebody answers for it. */
  #doubt(entry: SaEntry): void {
    if (!entry.sa.peerSupportsDpd) return forgetSa(this.#peer, entry);
    entry.liveness ??= new Liveness(this.#peer, entry);
    entry.liveness.probe();
  }

  /** The initiator has not replaced a child SA in time. */
  rekeyChild(entry: SaEntry, child: ChildSa): void {
    if (entry.state !== 'established') return;
    const setting = entry.phase2Setting ?? this.#peer.setting;
    const { localSelector, remoteSelector } = child;
    const { localSelector: _local, remoteSelector: _remote, ...policy } = setting.policy;
    const selectors =
      localSelector === undefined || remoteSelector === undefined ? {} : { localSelector, remoteSelector };
    beginQuickMode(this.#peer, entry, child, { ...setting, policy: { ...policy, ...selectors } });
  }

  /** The initiator has not replaced its phase 1 SA in time. Who logged in, or has an address of ours, has to do it. */
  rekeyPhase1(entry: SaEntry): void {
    const { policy } = this.#peer;
    const { sa, access, lease } = entry;
    if (entry.state !== 'established' || access !== undefined || lease !== undefined) return;
    if (policy.configuration !== undefined || policy.authentication !== sa.authentication) return;
    if (usesExtendedAuthentication(sa.authentication)) return;
    const { mode, own, remote, hasMarker } = sa;
    beginPhase1(this.#peer, { mode, own, remote, hasMarker, origin: { replaces: entry } });
  }

  /** What is left once the initiator's half has ended its own. */
  deleteAll(): void {
    for (const entry of this.#peer.table) deleteSa(this.#peer, entry);
    this.checkLimit();
  }

  abandonAll(): void {
    this.#peer.children.forgetParked();
    this.#peer.table.forgetParked();
    for (const entry of this.#peer.table) forgetSa(this.#peer, entry);
  }
}

/** Of two addresses SAs may be of one end when a NAT gave the newer one, and no user logs in who tells apart the members of a group. */
function mayHaveMoved({ sa: { isNatted, authentication } }: SaEntry): boolean {
  return isNatted && !usesExtendedAuthentication(authentication);
}
