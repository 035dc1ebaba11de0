/**
 * Peers on real UDP sockets, in real time. One event loop round reads what has arrived, then fires
 * due timers and starts what the agenda wants; nothing is awaited and no promise is made for a packet.
 */
import { PORT_OF_ESP, type Endpoint } from '../../ike/endpoint.ts';
import type { Effect } from '../../peer/effect.ts';
import type { PeerEvent } from '../../peer/event.ts';
import type { Peer } from '../../peer/peer.ts';
import { NS_PER_MS, type Ns } from '../../peer/timer.ts';
import type { Agenda, Runtime, RuntimeSetup } from '../runtime.ts';
import { WheeledTimers } from '../wheeled-timers.ts';
import { kernelDropCount } from './kernel-drops.ts';
import { type SocketPlan, SocketTable } from './socket-table.ts';
import { LONGEST_SLEEP_NS, WakeUp } from './wake-up.ts';

export interface UdpRuntimeSetup extends Omit<RuntimeSetup, 'peerAt'> {
  /** Monotonic integer nanoseconds, comparable between workers. */
  readonly clock: () => Ns;
  /** Where the peer with this id wants its sockets; undefined when it does not live in this worker. */
  socketPlanOf(id: number): SocketPlan | undefined;
  /** Makes the peer, once, after its socket was bound: `endpoint` has the port that it really got. */
  peerAt(id: number, endpoint: Endpoint): Peer | undefined;
  /**
   * True for an address of a peer simulated in this run: what it sends is captured where it is
   * sent, and not once more where it arrives. Absent: all remote ends are strangers.
   */
  isSimulated?(address: string): boolean;
}

export interface UdpRuntime extends Runtime {
  /**
   * Opens the sockets of these peers, and makes the peers, some at a time so that the event loop
   * stays alive. A peer that was not prepared is opened by its first event.
   * @throws SocketError (rejects) at the first address and port that cannot be bound.
   */
  prepare(peerIds: Iterable<number>): Promise<void>;
  /** The endpoint of a local peer, sockets opened if need be; undefined for a peer that lives elsewhere. */
  endpointOf(peerId: number): Endpoint | undefined;
  /** Time that the event loop of this thread spent waiting since the runtime was made; polling before a start is not waiting. */
  readonly idleNs: Ns;
  /** Datagrams that local peers sent. */
  readonly datagramsSent: number;
  /** The endpoint that a responder listens at for floated peers. */
  natEndpointOf(peerId: number): Endpoint | undefined;
}

export function createUdpRuntime(setup: UdpRuntimeSetup): UdpRuntime {
  return new SocketRuntime(setup);
}

class SocketRuntime implements UdpRuntime {
  datagramsSent = 0;
  readonly nowNs: () => Ns;
  readonly #setup: UdpRuntimeSetup;
  readonly #drops = new Map<string, number>();
  readonly #timers = new WheeledTimers();
  readonly #peers = new Map<number, Peer>();
  readonly #sockets: SocketTable;
  readonly #wakeUp = new WakeUp(() => this.#guarded(() => this.#turn()));
  /** Emptied effect lists for the next event; more than one when dispatching is nested. */
  readonly #spareEffects: Effect[][] = [];
  #current:
    | { agenda: Agenda; shouldStop: () => boolean; resolve(): void; reject(error: unknown): void }
    | undefined;
  #kernelDrops = 0;
  readonly #idleMsAtStart = performance.eventLoopUtilization().idle;

  constructor(setup: UdpRuntimeSetup) {
    this.#setup = setup;
    this.nowNs = setup.clock;
    this.#sockets = new SocketTable((id) => setup.socketPlanOf(id), {
      onDatagram: (peerId, from, to, octets) => this.#guarded(() => this.#received(peerId, from, to, octets)),
      onUnreachable: (peerId, to) =>
        this.#guarded(() => {
          this.dispatch(peerId, { type: 'destination.unreachable', to });
          this.#expectTurn();
        }),
      onDrop: (reason) => this.#drop(reason),
    });
  }

  get drops(): ReadonlyMap<string, number> {
    return this.#drops;
  }

  get idleNs(): Ns {
    return Math.round((performance.eventLoopUtilization().idle - this.#idleMsAtStart) * NS_PER_MS);
  }

  async prepare(peerIds: Iterable<number>): Promise<void> {
    let opened = 0;
    for (const peerId of peerIds) {
      this.#peer(peerId);
      opened++;
      if (opened % SOCKETS_PER_ROUND === 0) await new Promise((resolve) => setImmediate(resolve));
    }
  }

  endpointOf(peerId: number): Endpoint | undefined {
    return this.#sockets.open(peerId);
  }

  natEndpointOf(peerId: number): Endpoint | undefined {
    return this.#sockets.natEndpoint(peerId);
  }

  dispatch(peerId: number, event: PeerEvent): void {
    const peer = this.#peer(peerId);
    if (peer === undefined) return this.#drop('no-such-peer');
    const effects = this.#spareEffects.pop() ?? [];
    const nowNs = this.nowNs();
    peer.handle(event, nowNs, effects);
    for (const effect of effects) this.#carryOut(peerId, effect, nowNs);
    effects.length = 0;
    this.#spareEffects.push(effects);
  }

  run(agenda: Agenda, shouldStop: () => boolean): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#current = { agenda, shouldStop, resolve, reject };
      this.#wakeUp.soon();
    });
  }

  async close(): Promise<void> {
    this.#wakeUp.cancel();
    this.#countKernelDrops();
    await this.#sockets.close();
    this.#peers.clear();
  }

  #peer(peerId: number): Peer | undefined {
    const known = this.#peers.get(peerId);
    if (known !== undefined) return known;
    const endpoint = this.#sockets.open(peerId);
    if (endpoint === undefined) return undefined;
    const peer = this.#setup.peerAt(peerId, endpoint);
    if (peer !== undefined) this.#peers.set(peerId, peer);
    return peer;
  }

  #carryOut(peerId: number, effect: Effect, nowNs: Ns): void {
    switch (effect.type) {
      case 'send': {
        const { from, to, octets, isRetransmission } = effect;
        // Sockets of UDP carry no other protocol.
        if (to.port === PORT_OF_ESP) return this.#drop('esp-without-udp');
        this.datagramsSent++;
        this.#sockets.send(peerId, from.port, octets, to);
        this.#setup.onDatagram?.({ timeNs: this.nowNs(), from, to, octets, isRetransmission });
        return;
      }
      case 'timer.set':
        return this.#timers.set(effect.timer);
      case 'timer.cancel':
        return this.#timers.cancel(effect.timer);
      case 'record':
        return this.#setup.onFact(effect.fact, peerId, nowNs);
    }
  }

  #received(peerId: number, from: Endpoint, to: Endpoint, octets: Uint8Array): void {
    if (this.#setup.onDatagram !== undefined && this.#setup.isSimulated?.(from.address) !== true) {
      this.#setup.onDatagram({ timeNs: this.nowNs(), from, to, octets, isRetransmission: false });
    }
    this.dispatch(peerId, { type: 'datagram.received', from, to, octets });
    this.#expectTurn();
  }

  /** Something happened that may have moved the next timer or the agenda: look again after this round of packets. */
  #expectTurn(): void {
    if (this.#current !== undefined) this.#wakeUp.soon();
  }

  #turn(): void {
    const current = this.#current;
    if (current === undefined) return;
    const { agenda, shouldStop } = current;
    const nowNs = this.nowNs();
    for (let fired = 0; fired < TIMERS_PER_TURN; fired++) {
      const timer = this.#timers.popDue(nowNs);
      if (timer === undefined) break;
      this.dispatch(timer.peer, { type: 'timer.fired', timer });
    }
    agenda.runDue(nowNs, STARTS_PER_TURN);
    const laterNs = this.nowNs();
    if (shouldStop() || agenda.isDone(laterNs)) {
      this.#current = undefined;
      this.#wakeUp.cancel();
      this.#countKernelDrops();
      current.resolve();
      return;
    }
    const startNs = (agenda.nextDueNs() ?? Infinity) - laterNs;
    const timerNs = (this.#timers.nextDueNs(laterNs + LONGEST_SLEEP_NS) ?? Infinity) - laterNs;
    this.#wakeUp.after(startNs, timerNs);
  }

  /** An error that is nobody's input is a bug: it ends the run instead of the process. */
  #guarded(work: () => void): void {
    try {
      work();
    } catch (error) {
      const current = this.#current;
      if (current === undefined) throw error;
      this.#current = undefined;
      this.#wakeUp.cancel();
      current.reject(error);
    }
  }

  #drop(reason: string, count = 1): void {
    this.#drops.set(reason, (this.#drops.get(reason) ?? 0) + count);
  }

  #countKernelDrops(): void {
    const count = kernelDropCount(this.#sockets.boundEndpoints());
    if (count > this.#kernelDrops) this.#drop('receive-buffer-full', count - this.#kernelDrops);
    this.#kernelDrops = Math.max(count, this.#kernelDrops);
  }
}

/** Binding a socket takes some 30 microseconds. */
const SOCKETS_PER_ROUND = 256;
/** Bounds of one turn, so that packets are read between starts and retransmissions. */
const STARTS_PER_TURN = 8;
const TIMERS_PER_TURN = 64;
