/** What the host chart's actions do: one negotiation after the other, from `connect` to a tunnel and its end. */
import type { Endpoint } from '../ike/endpoint.ts';
import type { ChildSa } from '../ike/v1/child-sa.ts';
import type { ClientConfiguration } from '../ike/v1/mode-config.ts';
import { beginPhase1, beginQuickMode } from './beginning.ts';
import type { Chart } from './chart.ts';
import type { PeerParts } from './exchange/services.ts';
import type { Pinger } from './data/pinger.ts';
import type { FailureCause } from './fact.ts';
import { hostMachine, type HostActor, type HostEvent } from './machine/host.machine.ts';
import type { Negotiation, SaEntry, SaEntryOrigin } from './sa-entry.ts';
import { deleteSa, forgetSa } from './sa-removal.ts';
import { createTimer, type Ns, type Timer } from './timer.ts';
import { hasRepeatedTransactions } from './transactions.ts';

export interface ConnectOrder {
  readonly negotiation: number;
  readonly plannedNs: Ns;
  readonly to: Endpoint;
}

/** What is waited for in vain when time is over before the tunnel stands, by state. */
const WAITING_FOR: Readonly<Record<string, FailureCause>> = {
  phase1: 'timeout-phase1',
  extendedAuthentication: 'timeout-xauth',
  configuration: 'no-address',
};

/** The half of a life that initiates, while nothing is under way. */
export interface InitiatorStanding {
  readonly state: string;
  readonly order: ConnectOrder | undefined;
  readonly negotiation: Negotiation | undefined;
  readonly closedNumber: number;
  readonly holdTimer: Timer;
  /** The SA of the tunnel. */
  readonly entry: SaEntry | undefined;
}

/** In which nothing is waited for. */
const STATES_AT_REST: readonly string[] = ['idle', 'established', 'stopped'];

export class InitiatorLife implements HostActor {
  readonly #peer: PeerParts;
  readonly #chart: Chart<HostEvent>;
  readonly #holdTimer: Timer;
  #order: ConnectOrder | undefined;
  #negotiation: Negotiation | undefined;
  /** The SA of the current negotiation or tunnel. */
  #entry: SaEntry | undefined;
  /** The SA that is being set up to replace it. */
  #successor: SaEntry | undefined;
  #pinger: Pinger | undefined;
  /** Number of the tunnel that a new negotiation replaces. */
  #closedNumber = 0;

  /** `standing`: of one that goes on where it was. */
  constructor(peer: PeerParts, standing?: InitiatorStanding) {
    this.#peer = peer;
    this.#holdTimer = standing?.holdTimer ?? createTimer(peer.id, 'hold', this);
    this.#holdTimer.subject = this;
    this.#chart = peer.startChart(hostMachine, this, standing?.state);
    if (standing === undefined) return;
    this.#order = standing.order;
    this.#negotiation = standing.negotiation;
    this.#closedNumber = standing.closedNumber;
    this.#entry = standing.entry;
  }

  /** Undefined while something is under way, or was pinged. */
  get standing(): InitiatorStanding | undefined {
    const { state } = this.#chart;
    if (this.#pinger !== undefined || this.#successor !== undefined) return undefined;
    if (!STATES_AT_REST.includes(state)) return undefined;
    return {
      state,
      order: this.#order,
      negotiation: this.#negotiation,
      closedNumber: this.#closedNumber,
      holdTimer: this.#holdTimer,
      entry: this.#entry,
    };
  }

  get state(): string {
    return this.#chart.state;
  }

  /** Why a negotiation fails whose time is over now. */
  get timeoutCause(): FailureCause {
    return WAITING_FOR[this.#chart.state] ?? 'timeout-phase2';
  }

  /** What mode-config gave the current negotiation or tunnel. */
  get configuration(): ClientConfiguration | undefined {
    return this.#entry?.configuration;
  }

  owns(entry: SaEntry): boolean {
    return entry === this.#entry;
  }

  /** Whether an SA is that of the tunnel, or is to become it. */
  holds(entry: SaEntry): boolean {
    return entry === this.#entry || entry === this.#successor;
  }

  connect(order: ConnectOrder): void {
    // One at a time: an order that comes too early is the scheduler's mistake and changes nothing.
    if (this.#chart.state !== 'idle' && this.#chart.state !== 'established') return;
    this.#order = order;
    this.#chart.send({ type: 'connect' });
  }

  send(event: HostEvent): void {
    this.#chart.send(event);
  }

  /** Whether what is in flight goes to this place and nothing has come back from it. */
  isWaitingInVainFor(endpoint: Endpoint): boolean {
    const { phase1, sa } = this.#entry ?? {};
    return (
      this.#chart.state === 'phase1' &&
      phase1?.state === 'message1Sent' &&
      sa?.remote.address === endpoint.address
    );
  }

  refusePhase1(cause: FailureCause): void {
    this.#entry?.phase1?.refuseWith(cause);
  }

  timerFired(_timer: Timer): void {
    this.#chart.send({ type: 'disconnect' });
  }

  startPhase1(): void {
    const order = this.#order;
    if (order === undefined) throw new Error('there is no order to connect');
    const services = this.#peer;
    const { policy, nowNs } = services;
    const negotiation: Negotiation = {
      number: order.negotiation,
      plannedNs: order.plannedNs,
      startedNs: nowNs,
      childrenLeft: policy.children,
    };
    this.#negotiation = negotiation;
    services.record({
      type: 'negotiation.started',
      negotiation: negotiation.number,
      mode: policy.mode,
      plannedNs: negotiation.plannedNs,
      startedNs: nowNs,
    });
    this.#entry = this.#beginPhase1(order.to, { negotiation });
  }

  #beginPhase1(remote: Endpoint, origin: SaEntryOrigin): SaEntry {
    const { policy, endpoint: own } = this.#peer;
    const hasMarker = policy.alwaysMarker || remote.port === policy.natPort;
    return beginPhase1(this.#peer, { mode: policy.mode, own, remote, hasMarker, origin });
  }

  startQuickMode(): void {
    this.#beginQuickMode();
  }

  rekeyChild(child: ChildSa): void {
    this.#beginQuickMode(child);
  }

  #beginQuickMode(replaces?: ChildSa): void {
    if (this.#entry !== undefined) beginQuickMode(this.#peer, this.#entry, replaces);
  }

  rekeyPhase1(): void {
    const entry = this.#entry;
    if (entry === undefined || this.#order === undefined) return;
    this.#successor = this.#beginPhase1(this.#order.to, { replaces: entry });
  }

  /** A new phase 1 SA stands: the tunnel goes on under it. */
  adopt(entry: SaEntry): void {
    this.#entry = entry;
    this.#successor = undefined;
  }

  recordSuccess(): void {
    const negotiation = this.#negotiation;
    const entry = this.#entry;
    if (negotiation === undefined || entry === undefined) return;
    const { nowNs, policy } = this.#peer;
    let firstTry = entry.phase1?.hasRetransmitted !== true && !hasRepeatedTransactions(entry);
    for (const exchange of entry.quickModes.values()) {
      if (exchange.hasRetransmitted) firstTry = false;
    }
    this.#peer.record({
      type: 'negotiation.succeeded',
      negotiation: negotiation.number,
      plannedNs: negotiation.plannedNs,
      startedNs: negotiation.startedNs,
      finishedNs: nowNs,
      firstTry,
    });
    if (policy.ping !== undefined && policy.children > 0) {
      this.#pinger = this.#peer.data.startPings(policy.ping, negotiation, () => this.#entry);
    }
    if (policy.holdNs !== undefined) this.#peer.setTimer(this.#holdTimer, nowNs + policy.holdNs);
  }

  recordFailure(cause: FailureCause): void {
    const negotiation = this.#negotiation;
    if (negotiation === undefined) return;
    this.#peer.record({
      type: 'negotiation.failed',
      negotiation: negotiation.number,
      cause,
      plannedNs: negotiation.plannedNs,
      startedNs: negotiation.startedNs,
      finishedNs: this.#peer.nowNs,
    });
  }

  /** A mistake of our own kept a negotiation from beginning. */
  breakOff(): void {
    this.recordFailure('internal-error');
    this.abandon();
    this.#chart.send({ type: 'broken-off' });
  }

  recordClosed(): void {
    this.#peer.cancelTimer(this.#holdTimer);
    this.#peer.record({ type: 'negotiation.closed', negotiation: this.#closedNumber });
  }

  recordLost(): void {
    this.#peer.cancelTimer(this.#holdTimer);
    const negotiation = this.#closedNumber;
    this.#peer.record({ type: 'negotiation.closed', negotiation, wasLost: true });
  }

  tearDown(): void {
    this.#peer.cancelTimer(this.#holdTimer);
    this.#pinger?.stop();
    this.#closedNumber = this.#negotiation?.number ?? 0;
    for (const entry of [this.#successor, this.#entry]) {
      if (entry !== undefined) deleteSa(this.#peer, entry);
    }
    this.#successor = undefined;
    this.#entry = undefined;
  }

  abandon(): void {
    this.#peer.cancelTimer(this.#holdTimer);
    this.#pinger?.stop();
    for (const entry of [this.#successor, this.#entry]) {
      if (entry !== undefined) forgetSa(this.#peer, entry);
    }
    this.#successor = undefined;
    this.#entry = undefined;
  }

  /** The tunnel's SA is gone already; forgets it, and what was to replace it. */
  lose(): void {
    this.#pinger?.lose();
    this.#closedNumber = this.#negotiation?.number ?? 0;
    if (this.#successor !== undefined) deleteSa(this.#peer, this.#successor);
    this.#successor = undefined;
    this.#entry = undefined;
  }

  /** One more child SA stands; the negotiation is complete when all do. */
  childEstablished(): void {
    const negotiation = this.#negotiation;
    if (negotiation === undefined) return;
    negotiation.childrenLeft--;
    this.#chart.send({ type: negotiation.childrenLeft > 0 ? 'child.established' : 'negotiation.completed' });
  }

  /** Nothing stands between phase 1 and quick mode any more. */
  accessGranted(): void {
    const wantsChildren = (this.#negotiation?.childrenLeft ?? 0) > 0;
    this.#chart.send({ type: wantsChildren ? 'quick-mode.due' : 'negotiation.completed' });
  }
}
