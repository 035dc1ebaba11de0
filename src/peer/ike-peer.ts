/**
 * One peer: takes datagrams to the exchange they belong to, runs the charts of its own life, and
 * turns what exchanges report into facts. Initiator and responder at once; which of the two a peer
 * is depends on who gets `connect`.
 */
import { isSameEndpoint, PORT_OF_ESP, type Endpoint } from '../ike/endpoint.ts';
import { spiOf } from '../ike/esp/packet.ts';
import type { Path } from '../ike/v1/incoming.ts';
import type { IsakmpSa, Phase1Setting } from '../ike/v1/isakmp-sa.ts';
import type { Phase2Setting } from '../ike/v1/quick-mode.ts';
import { decodeMessage, NONE_OPAQUE } from '../ike/wire/decode.ts';
import {
  DEFAULT_FRAGMENT_LIMITS,
  FragmentBudget,
  FragmentReassembler,
  type FragmentLimits,
  splitIntoFragments,
} from '../ike/wire/fragment.ts';
import { decodeHeader, isWholeMessage } from '../ike/wire/header.ts';
import type { FragmentPayload, Header, Payload } from '../ike/wire/message.ts';
import {
  addNonEspMarker,
  hasNonEspMarker,
  isNatKeepalive,
  stripNonEspMarker,
} from '../ike/wire/non-esp-marker.ts';
import { ExchangeType, HEADER_LENGTH, HeaderOffset, HeaderFlag, PayloadType } from '../ike/wire/numbers.ts';
import { equalOctets, isZeroOctets } from '../ike/wire/octets.ts';
import { WireError } from '../ike/wire/wire-error.ts';
import { AddressPool } from './address-pool.ts';
import type { StartChart } from './chart.ts';
import { ChildTable } from './child-table.ts';
import { breakOffEvent, breakOffSa } from './breaking-off.ts';
import { DataPlane } from './data/data-plane.ts';
import type { Effect } from './effect.ts';
import type { PeerEvent } from './event.ts';
import type { Notice, PeerParts, PeerServices, TimerSubject } from './exchange/services.ts';
import type { DropReason, Fact } from './fact.ts';
import { InitiatorLife, type InitiatorStanding } from './initiator-life.ts';
import { countMessage } from './lifetimes.ts';
import { routeMessage } from './message-router.ts';
import { handleNotice } from './notice-handler.ts';
import type { Peer, PeerSetup, StaticCallers } from './peer.ts';
import type { AskedServer, PeerPolicy } from './policy.ts';
import { ResponderLife } from './responder-life.ts';
import { RevocationLists } from './revocation-lists.ts';
import { SaParking } from './parking/sa-parking.ts';
import type { SaEntry } from './sa-entry.ts';
import { SaPlace } from './sa-place.ts';
import { SaTable } from './sa-table.ts';
import { ServerQuestions } from './server-question.ts';
import { NS_PER_MS, type Ns, type Timer } from './timer.ts';

const MAJOR_VERSION_1 = 1;
/** RFC 3948 §2.3. */
const NAT_KEEPALIVE = Uint8Array.of(0xff);
/** Where the header names the first payload (RFC 2408 §3.1). */
const LARGEST_FRAGMENT_ID = 0xffff;
/** Of an end that has not proven who it is. */
const UNPROVEN_FRAGMENT_LIMITS = { fragments: 64, octets: 16_384, messages: 1 };
const FRAGMENT_OCTETS_MAX = 1_048_576;
const NO_PAYLOADS: readonly Payload[] = [];

/** A peer while nothing is under way. */
export interface PeerStanding {
  readonly initiator: InitiatorStanding | undefined;
  /** Undefined where that half of its life was never needed. */
  readonly responderState: string | undefined;
  readonly clockStepMs: number;
}

export class IkePeer implements Peer, PeerServices, PeerParts {
  readonly id: number;
  readonly endpoint: Endpoint;
  readonly policy: PeerPolicy;
  readonly setting: Phase1Setting & Phase2Setting;
  readonly startChart: StartChart;
  readonly addressPool: AddressPool | undefined;
  nowNs: Ns = 0;
  readonly table: SaTable;
  readonly children: ChildTable;
  /** Each half of a peer's life is made when it is first lived: most hosts never respond, most gateways never initiate. */
  #initiatorLife: InitiatorLife | undefined;
  #responderLife: ResponderLife | undefined;
  /** Most peers carry no data. */
  #data: DataPlane | undefined;
  readonly #staticCallers: StaticCallers | undefined;
  /** Most peers ask nobody. */
  #questions: ServerQuestions | undefined;
  #revocations: RevocationLists | undefined;
  readonly #notices: Notice[] = [];
  readonly #fragmentBudget = new FragmentBudget();
  #effects: Effect[] = [];
  /** By how much the wall clock was set. */
  #clockStepMs = 0;

  constructor(setup: PeerSetup, startChart: StartChart) {
    this.id = setup.id;
    this.endpoint = setup.endpoint;
    this.policy = setup.policy;
    this.startChart = startChart;
    this.#staticCallers = setup.staticCallers;
    const { clientNetwork } = setup.policy;
    const { arena } = setup;
    const isHeld = (entry: SaEntry): boolean => this.#initiatorLife?.holds(entry) === true;
    this.table = new SaTable(arena && new SaParking(this, arena, isHeld));
    this.children = new ChildTable(
      (timer) => this.cancelTimer(timer),
      (place) => this.table.wake(place),
    );
    this.addressPool = clientNetwork && new AddressPool(clientNetwork.addresses);
    const { epochMs = 0 } = setup;
    this.setting = {
      suite: setup.suite,
      random: setup.random,
      policy: setup.policy,
      preSharedKey: setup.preSharedKey,
      wallClockMs: () => epochMs + this.#clockStepMs + this.nowNs / NS_PER_MS,
      ...(setup.certificates !== undefined && { certificates: setup.certificates }),
      ...(setup.misbehaviour !== undefined && { misbehaviour: setup.misbehaviour }),
      ...(setup.permittedNetworks !== undefined && { permittedNetworks: setup.permittedNetworks }),
    };
  }

  /** What there is to know of a peer with no more than one tunnel, its own; undefined while something is under way. */
  get standing(): PeerStanding | undefined {
    const { table, addressPool } = this;
    const hasAsked = this.#questions !== undefined || this.#revocations !== undefined;
    const isBusy = this.#data !== undefined || hasAsked || addressPool !== undefined;
    if (isBusy || this.#fragmentBudget.held > 0 || table.halfOpenCount > 0) return undefined;
    const initiator = this.#initiatorLife?.standing;
    const isConnecting = this.#initiatorLife !== undefined && initiator === undefined;
    const hasOthers = table.size !== (initiator?.entry === undefined ? 0 : 1);
    if (isConnecting || hasOthers) return undefined;
    return { initiator, responderState: this.#responderLife?.state, clockStepMs: this.#clockStepMs };
  }

  /** Goes on from there: to be called before anything else. */
  resume({ initiator, responderState, clockStepMs }: PeerStanding): void {
    this.#clockStepMs = clockStepMs;
    if (initiator !== undefined) this.#initiatorLife = new InitiatorLife(this, initiator);
    if (responderState !== undefined) this.#responderLife = new ResponderLife(this, responderState);
    const { entry } = initiator ?? {};
    if (entry === undefined) return;
    this.table.add(entry);
    this.children.wake(entry);
  }

  get initiator(): InitiatorLife {
    this.#initiatorLife ??= new InitiatorLife(this);
    return this.#initiatorLife;
  }

  get responder(): ResponderLife {
    this.#responderLife ??= new ResponderLife(this);
    return this.#responderLife;
  }

  get data(): DataPlane {
    this.#data ??= new DataPlane(this, this.#staticCallers);
    return this.#data;
  }

  get questions(): ServerQuestions {
    this.#questions ??= new ServerQuestions(this);
    return this.#questions;
  }

  get revocations(): RevocationLists {
    this.#revocations ??= new RevocationLists(this);
    return this.#revocations;
  }

  get phase1Count(): number {
    return this.table.size;
  }

  /** Octets of incomplete messages. */
  get heldFragmentOctets(): number {
    return this.#fragmentBudget.held;
  }

  get childCount(): number {
    return this.children.size;
  }

  halfOpenCountOf(address: string): number {
    return this.table.halfOpenCountOf(address);
  }

  handle(event: PeerEvent, nowNs: Ns, effects: Effect[]): void {
    this.nowNs = nowNs;
    this.#effects = effects;
    try {
      this.#dispatch(event);
    } catch {
      breakOffEvent(this, event);
    }
    for (let i = 0; i < this.#notices.length; i++) this.#handleNotice(this.#notices[i] as Notice);
    this.#notices.length = 0;
    this.table.park();
  }

  #handleNotice(notice: Notice): void {
    try {
      handleNotice(this, notice);
    } catch {
      breakOffSa(this, notice.entry);
    }
  }

  #dispatch(event: PeerEvent): void {
    switch (event.type) {
      case 'datagram.received':
        return this.#receive(event.octets, event.from, event.to);
      case 'timer.fired':
        return this.#timerFired(event.timer);
      case 'connect':
        return this.initiator.connect(event);
      case 'disconnect':
        return this.#disconnect(event.isImpatient === true);
      case 'destination.unreachable':
        if (this.initiator.isWaitingInVainFor(event.to)) this.initiator.refusePhase1('unreachable');
        return;
      case 'stop':
        this.#initiatorLife?.send({ type: 'stop' });
        this.#responderLife?.send({ type: 'stop' });
        this.#questions?.abandon();
        return;
      case 'clock.stepped':
        this.#clockStepMs += event.byMs;
        return;
      case 'crash':
      case 'restart':
      case 'slowed':
      // Whoever holds the peer lets its machine crash: the SAs would go with this object.
    }
  }

  #timerFired(timer: Timer): void {
    if (timer.subject instanceof SaPlace) this.table.wake(timer.subject);
    (timer.subject as TimerSubject).timerFired(timer);
  }

  #disconnect(isImpatient: boolean): void {
    this.#initiatorLife?.send({ type: 'disconnect', isImpatient });
    this.#responderLife?.deleteAll();
  }

  #receive(datagram: Uint8Array, from: Endpoint, to: Endpoint): void {
    if (this.#isFromServer(from)) {
      if (this.#questions?.receive(datagram, from) !== true) this.drop('late-answer');
      return;
    }
    if (isNatKeepalive(datagram)) return;
    const hasMarker = hasNonEspMarker(datagram);
    if (!hasMarker && this.#isEsp(datagram, to.port)) return this.data.receive(datagram, to, from);
    this.#receiveMessage(hasMarker ? stripNonEspMarker(datagram) : datagram, { from, to, hasMarker });
  }

  #isFromServer(from: Endpoint): boolean {
    const { xauth, revocation } = this.policy;
    return isAt(xauth?.server?.remote, from) || isAt(revocation?.remote, from);
  }

  /**
   * On the NAT port whatever has no marker is ESP (RFC 3948 §2.2). An initiator on a port of its own
   * floats in place, so that ESP comes where IKE came before; its SPI tells it apart. Among tens of thousands
   * of SPIs one begins like somebody's cookie now and then: what reads as a message is one.
   */
  #isEsp(datagram: Uint8Array, port: number): boolean {
    if (port === PORT_OF_ESP) return true;
    if (port === this.policy.natPort && port !== this.endpoint.port) return true;
    return this.children.expects(spiOf(datagram) ?? 0) && !isWholeMessage(datagram);
  }

  #receiveMessage(octets: Uint8Array, path: Path): void {
    if (octets.length < HEADER_LENGTH) return this.drop('too-short');
    let header: Header;
    let payloads = NO_PAYLOADS;
    try {
      header = decodeHeader(octets);
      if (header.version >>> 4 !== MAJOR_VERSION_1) return this.drop('not-ikev1');
      if ((header.flags & HeaderFlag.encryption) === 0) {
        payloads = decodeMessage(octets, NONE_OPAQUE, header).payloads;
      }
    } catch (error) {
      if (error instanceof WireError) return this.drop('malformed');
      throw error;
    }
    const [first] = payloads;
    if (first?.kind === 'fragment') return this.#receiveFragment(header, first, path);
    routeMessage(this, {
      header,
      octets: header.length === octets.length ? octets : octets.subarray(0, header.length),
      payloads,
      path,
    });
  }

  /** Fragments are taken for SAs that are there: anything else would let strangers fill memory. */
  #receiveFragment(header: Header, fragment: FragmentPayload, path: Path): void {
    const entry = this.policy.fragmentOctets > 0 ? this.table.find(header.initiatorCookie) : undefined;
    if (entry === undefined || !isFragmentOfSa(entry, header)) return this.drop('bad-fragment');
    entry.reassembler ??= new FragmentReassembler(this.#fragmentLimitsOf(entry), this.#fragmentBudget);
    const outcome = entry.reassembler.add(fragment);
    if (outcome.type === 'dropped') return this.drop('bad-fragment');
    if (outcome.type === 'complete') this.#receiveWhole(outcome.octets, path);
  }

  /** Those who have not proven who they are leave half of the room to the others. */
  #fragmentLimitsOf({ state }: SaEntry): FragmentLimits {
    const { fragmentOctets: shared = FRAGMENT_OCTETS_MAX } = this.policy.limits;
    return state === 'established'
      ? { ...DEFAULT_FRAGMENT_LIMITS, shared }
      : { ...UNPROVEN_FRAGMENT_LIMITS, shared: shared / 2 };
  }

  /** A message made of fragments must not be a fragment again. */
  #receiveWhole(octets: Uint8Array, path: Path): void {
    if (octets[HeaderOffset.nextPayload] === PayloadType.fragment) return this.drop('bad-fragment');
    this.#receiveMessage(octets, path);
  }

  send(sa: IsakmpSa, octets: Uint8Array, isRetransmission: boolean): void {
    if (sa.lifetime.kilobytes < Infinity) this.#countSent(sa, octets);
    const { fragmentOctets } = this.policy;
    if (fragmentOctets === 0 || octets.length <= fragmentOctets || !sa.peerSupportsFragmentation) {
      return this.#sendDatagram(sa, octets, isRetransmission);
    }
    sa.lastFragmentId = (sa.lastFragmentId % LARGEST_FRAGMENT_ID) + 1;
    const exchangeType = sa.mode === 'main' ? ExchangeType.identityProtection : ExchangeType.aggressive;
    const options = { fragmentId: sa.lastFragmentId, maximumOctets: fragmentOctets, exchangeType };
    for (const fragment of splitIntoFragments(octets, options)) {
      this.#sendDatagram(sa, fragment, isRetransmission);
    }
  }

  #countSent(sa: IsakmpSa, octets: Uint8Array): void {
    const entry = this.table.find(sa.initiatorCookie);
    if (entry !== undefined) countMessage(this, entry, 'outbound', octets.length);
  }

  #sendDatagram(sa: IsakmpSa, octets: Uint8Array, isRetransmission: boolean): void {
    this.#effects.push({
      type: 'send',
      from: sa.own,
      to: sa.remote,
      octets: sa.hasMarker ? addNonEspMarker(octets) : octets,
      isRetransmission,
    });
  }

  sendKeepalive(sa: IsakmpSa): void {
    this.#effects.push({
      type: 'send',
      from: sa.own,
      to: sa.remote,
      octets: NAT_KEEPALIVE,
      isRetransmission: false,
    });
  }

  sendPacket(own: Endpoint, remote: Endpoint, octets: Uint8Array): void {
    this.#effects.push({ type: 'send', from: own, to: remote, octets, isRetransmission: false });
  }

  setTimer(timer: Timer, dueNs: Ns): void {
    timer.dueNs = dueNs;
    this.#effects.push({ type: 'timer.set', timer });
  }

  cancelTimer(timer: Timer): void {
    this.#effects.push({ type: 'timer.cancel', timer });
  }

  record(fact: Fact): void {
    this.#effects.push({ type: 'record', fact });
  }

  drop(reason: DropReason): void {
    this.#effects.push({ type: 'record', fact: { type: 'dropped', reason } });
  }

  later(notice: Notice): void {
    this.#notices.push(notice);
  }
}

function isAt(asked: AskedServer | undefined, from: Endpoint): boolean {
  return asked !== undefined && isSameEndpoint(asked.server, from);
}

/** An initiator learns the responder's cookie from its first message, which may come in fragments. */
function isFragmentOfSa({ sa }: SaEntry, { responderCookie }: Header): boolean {
  if (isZeroOctets(responderCookie)) return false;
  return isZeroOctets(sa.responderCookie) || equalOctets(responderCookie, sa.responderCookie);
}
