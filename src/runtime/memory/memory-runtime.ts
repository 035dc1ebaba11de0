/**
 * Peers of one process exchange datagrams as octets in real time, without sockets: inside a
 * worker through a queue, between workers through rings in shared memory. Delivery is in order
 * and at once, or as a simulated network between them has it; what a full queue cannot take is
 * dropped and counted.
 */
import { setImmediate } from 'node:timers/promises';
import type { Endpoint } from '../../ike/endpoint.ts';
import type { Datagram, NetworkModel } from '../../network/network-model.ts';
import type { Effect } from '../../peer/effect.ts';
import type { PeerEvent } from '../../peer/event.ts';
import type { Peer } from '../../peer/peer.ts';
import { NS_PER_MS } from '../../peer/timer.ts';
import type { Ns } from '../../peer/timer.ts';
import { LARGEST_DATAGRAM } from '../runtime.ts';
import type { Agenda, Runtime, RuntimeSetup } from '../runtime.ts';
import { WheeledTimers } from '../wheeled-timers.ts';
import { DatagramQueue } from './datagram-queue.ts';
import { DelayedDatagrams } from './delayed-datagrams.ts';
import { EndpointCache } from './endpoint-cache.ts';
import type { AddressOf } from './endpoint-cache.ts';
import { WakeWords, ringBetween } from './network-memory.ts';
import type { NetworkMemory } from './network-memory.ts';
import type { RingRecord, SharedRing } from './shared-ring.ts';

export interface MemoryRuntimeSetup extends RuntimeSetup {
  /** Monotonic integer nanoseconds, comparable between workers. */
  readonly clock: () => Ns;
  readonly network: NetworkMemory;
  /** Which of the network's workers this is. */
  readonly worker: number;
  /** The worker where a peer lives, or the owner of another node of the network. */
  workerOf(peerId: number): number;
  readonly addressOf: AddressOf;
  /** The peer with this address, for endpoints that do not name theirs. */
  peerAtAddress?(address: string): number | undefined;
  /** What lies between the peers; absent: nothing. */
  readonly model?: NetworkModel;
  /** Datagrams waiting in this worker at most (and as many under way in the network); default 1,048,576. */
  readonly queueLimit?: number;
  /** Datagrams waiting for room in the ring to another worker at most; default 65,536. */
  readonly overflowLimit?: number;
}

/** The in-memory runtime and what measurement wants to know of it. */
export interface MemoryRuntime extends Runtime {
  /** Time spent asleep because there was nothing to do. */
  readonly idleNs: Ns;
  /** Datagrams that local peers sent. */
  readonly datagramsSent: number;
}

export function createMemoryRuntime(setup: MemoryRuntimeSetup): MemoryRuntime {
  return new InMemoryRuntime(setup);
}

class InMemoryRuntime implements MemoryRuntime {
  readonly drops = new Map<string, number>();
  idleNs = 0;
  datagramsSent = 0;
  readonly nowNs: () => Ns;

  readonly #setup: MemoryRuntimeSetup;
  readonly #worker: number;
  readonly #timers = new WheeledTimers();
  readonly #local: DatagramQueue;
  readonly #inbound: SharedRing[] = [];
  /** By worker; undefined for this one. */
  readonly #outbound: (SharedRing | undefined)[] = [];
  readonly #overflow: DatagramQueue[] = [];
  readonly #wakeWords: WakeWords;
  readonly #endpoints: EndpointCache;
  /** Under way in the simulated network. */
  readonly #delayed: DelayedDatagrams | undefined;
  readonly #effects: Effect[] = [];
  readonly #record: RingRecord = {
    srcPeer: 0,
    srcPort: 0,
    dstPeer: 0,
    dstPort: 0,
    octets: new Uint8Array(0),
  };
  #isHandling = false;
  #overflowing = 0;

  constructor(setup: MemoryRuntimeSetup) {
    this.#setup = setup;
    this.#worker = setup.worker;
    this.nowNs = setup.clock;
    const limit = setup.queueLimit ?? QUEUE_LIMIT;
    this.#local = new DatagramQueue(limit);
    this.#delayed =
      setup.model &&
      new DelayedDatagrams({
        model: setup.model,
        limit,
        arrived: (datagram) => this.#forward(datagram),
        deliver: (_peer, { from, to, octets }) => this.#enqueue(from, to, octets),
        drop: (reason) => this.#drop(reason),
      });
    this.#wakeWords = new WakeWords(setup.network);
    this.#endpoints = new EndpointCache(setup.addressOf);
    for (let other = 0; other < setup.network.workers; other++) {
      const isSelf = other === setup.worker;
      this.#outbound.push(isSelf ? undefined : ringBetween(setup.network, setup.worker, other));
      this.#overflow.push(new DatagramQueue(setup.overflowLimit ?? OVERFLOW_LIMIT));
      if (!isSelf) this.#inbound.push(ringBetween(setup.network, other, setup.worker));
    }
  }

  dispatch(peerId: number, event: PeerEvent): void {
    const peer = this.#setup.peerAt(peerId);
    if (peer === undefined) this.#drop('no-such-peer');
    else this.#handle(peer, event, this.nowNs());
  }

  async run(agenda: Agenda, shouldStop: () => boolean): Promise<void> {
    let turnEndNs = this.nowNs() + EVENT_LOOP_EVERY_NS;
    while (!agenda.isDone(this.nowNs())) {
      if (shouldStop()) return;
      const done = this.#work(agenda, turnEndNs);
      if (done === 0) this.#sleep(agenda, turnEndNs);
      if (this.nowNs() < turnEndNs) continue;
      await setImmediate();
      turnEndNs = this.nowNs() + EVENT_LOOP_EVERY_NS;
    }
    this.#settle();
  }

  async close(): Promise<void> {
    // Nothing is open: the shared memory goes with the last worker that holds it.
  }

  /** Delivers what was on its way when the agenda was done: a responder's last step may be to receive. */
  #settle(): void {
    const untilNs = this.nowNs() + SETTLE_NS;
    while (this.nowNs() < untilNs) {
      if (this.#work(NOTHING_PLANNED, untilNs) > 0) continue;
      if (this.#delayed === undefined || this.#delayed.size === 0) return;
      this.#sleep(NOTHING_PLANNED, untilNs);
    }
  }

  /** One round over everything that can be due; each kind gets its share, so that none starves another. Returns how much was done. */
  #work(agenda: Agenda, turnEndNs: Ns): number {
    let done = this.#overflowing > 0 ? this.#flushOverflow() : 0;
    for (let index = 0; index < this.#inbound.length; index++) done += this.#drain(this.#inbound[index]!);
    let nowNs = this.nowNs();
    if (this.#delayed !== undefined) done += this.#delayed.moveDue(nowNs, EVENTS_A_ROUND);
    const startsNs = agenda.nextDueNs();
    if (startsNs !== undefined && startsNs <= nowNs) {
      agenda.runDue(nowNs, STARTS_A_ROUND);
      nowNs = this.nowNs();
      done++;
    }
    for (let count = 0; count < EVENTS_A_ROUND; count++) {
      const timer = this.#timers.popDue(nowNs);
      if (timer === undefined) break;
      done++;
      this.#fire(timer.peer, { type: 'timer.fired', timer }, nowNs);
      nowNs = this.nowNs();
    }
    for (let count = 0; count < EVENTS_A_ROUND && nowNs < turnEndNs; count++) {
      const datagram = this.#local.shift();
      if (datagram === undefined) break;
      done++;
      this.#fire(datagram.to.peer!, datagram, nowNs);
      nowNs = this.nowNs();
    }
    return done;
  }

  #fire(peerId: number, event: PeerEvent, nowNs: Ns): void {
    const peer = this.#setup.peerAt(peerId);
    if (peer === undefined) this.#drop('no-such-peer');
    else this.#handle(peer, event, nowNs);
  }

  #handle(peer: Peer, event: PeerEvent, nowNs: Ns): void {
    // Facts may lead to further dispatches while a list is being carried out.
    const effects = this.#isHandling ? [] : this.#effects;
    const wasHandling = this.#isHandling;
    this.#isHandling = true;
    try {
      peer.handle(event, nowNs, effects);
      for (let index = 0; index < effects.length; index++) this.#carryOut(peer, effects[index]!, nowNs);
    } finally {
      effects.length = 0;
      this.#isHandling = wasHandling;
    }
  }

  #carryOut(peer: Peer, effect: Effect, nowNs: Ns): void {
    switch (effect.type) {
      case 'send':
        this.#send(peer, effect);
        return;
      case 'timer.set':
        this.#timers.set(effect.timer);
        return;
      case 'timer.cancel':
        this.#timers.cancel(effect.timer);
        return;
      case 'record':
        this.#setup.onFact(effect.fact, peer.id, nowNs);
    }
  }

  #send(peer: Peer, effect: Effect & { type: 'send' }): void {
    this.datagramsSent++;
    const target = effect.to.peer ?? this.#setup.peerAtAddress?.(effect.to.address);
    const from = effect.from.peer === peer.id ? effect.from : this.#endpoints.at(peer.id, effect.from.port);
    const to =
      target === undefined || target === effect.to.peer
        ? effect.to
        : this.#endpoints.at(target, effect.to.port);
    if (this.#setup.onDatagram !== undefined) {
      const { octets, isRetransmission } = effect;
      this.#setup.onDatagram({
        timeNs: this.nowNs(),
        from: effect.from,
        to: effect.to,
        octets,
        isRetransmission,
      });
    }
    if (from === undefined || to?.peer === undefined) {
      this.#drop('no-such-peer');
      return;
    }
    const octets = effect.octets;
    if (octets.length > LARGEST_DATAGRAM) {
      this.#drop('too-large');
      return;
    }
    if (this.#delayed === undefined) this.#carry(from, to, octets);
    else this.#delayed.send({ from, to, octets }, this.nowNs());
  }

  /** From the sender's side of the network to that of the receiver. */
  #forward({ from, to, octets }: Datagram): void {
    if (this.#setup.workerOf(to.peer!) === this.#worker) this.#receive(from, to, octets);
    else this.#carry(from, to, octets);
  }

  /** To the worker of the receiver; its peer is known. */
  #carry(from: Endpoint, to: Endpoint, octets: Uint8Array): void {
    const worker = this.#setup.workerOf(to.peer!);
    if (worker === this.#worker) {
      this.#enqueue(from, to, octets);
      return;
    }
    const ring = this.#outbound[worker];
    if (ring === undefined) {
      this.#drop('no-such-peer');
      return;
    }
    const overflow = this.#overflow[worker]!;
    if (overflow.length === 0 && ring.push(from.peer!, from.port, to.peer!, to.port, octets)) {
      this.#wakeWords.wake(worker);
      return;
    }
    if (overflow.push({ type: 'datagram.received', from, to, octets })) this.#overflowing++;
    else this.#drop('network-queue-full');
  }

  /** At the receiver's side, which is here. */
  #receive(from: Endpoint, to: Endpoint, octets: Uint8Array): void {
    if (this.#delayed === undefined) this.#enqueue(from, to, octets);
    else this.#delayed.receive({ from, to, octets }, this.nowNs());
  }

  /** For a local peer. */
  #enqueue(from: Endpoint, to: Endpoint, octets: Uint8Array): void {
    if (!this.#local.push({ type: 'datagram.received', from, to, octets })) this.#drop('network-queue-full');
  }

  /** Takes a batch from another worker into the local queue. */
  #drain(ring: SharedRing): number {
    const record = this.#record;
    let count = 0;
    while (count < RECORDS_A_BATCH && ring.pop(record)) {
      count++;
      const from = this.#endpoints.at(record.srcPeer, record.srcPort);
      const to = this.#endpoints.at(record.dstPeer, record.dstPort);
      if (from === undefined || to === undefined) {
        this.#drop('no-such-peer');
        continue;
      }
      this.#receive(from, to, record.octets);
    }
    return count;
  }

  /** Tries again what did not fit into a ring, in order. */
  #flushOverflow(): number {
    let count = 0;
    for (let worker = 0; worker < this.#overflow.length; worker++) {
      const overflow = this.#overflow[worker]!;
      const ring = this.#outbound[worker];
      if (ring === undefined || overflow.length === 0) continue;
      for (let next = overflow.peek(); next !== undefined; next = overflow.peek()) {
        if (!ring.push(next.from.peer!, next.from.port, next.to.peer!, next.to.port, next.octets)) break;
        overflow.shift();
        this.#overflowing--;
        count++;
      }
      this.#wakeWords.wake(worker);
    }
    return count;
  }

  /** Sleeps until a datagram of another worker, a timer, a start or the next turn of the event loop. */
  #sleep(agenda: Agenda, turnEndNs: Ns): void {
    const beforeNs = this.nowNs();
    let untilNs = Math.min(turnEndNs, beforeNs + LONGEST_SLEEP_NS);
    untilNs = Math.min(untilNs, agenda.nextDueNs() ?? untilNs);
    untilNs = this.#timers.nextDueNs(untilNs) ?? untilNs;
    untilNs = this.#delayed?.nextDueNs(untilNs) ?? untilNs;
    // Below the precision of a sleep it is better to look again.
    if (this.#overflowing > 0) untilNs = Math.min(untilNs, beforeNs + OVERFLOW_SLEEP_NS);
    if (untilNs - beforeNs < SHORTEST_SLEEP_NS) return;
    this.#wakeWords.sleep(this.#worker, (untilNs - beforeNs) / NS_PER_MS, this.#hasInbound);
    this.idleNs += this.nowNs() - beforeNs;
  }

  readonly #hasInbound = (): boolean => {
    for (let index = 0; index < this.#inbound.length; index++) {
      if (!this.#inbound[index]!.isEmpty()) return true;
    }
    return false;
  };

  #drop(reason: string): void {
    this.drops.set(reason, (this.drops.get(reason) ?? 0) + 1);
  }
}

const NOTHING_PLANNED: Agenda = { nextDueNs: () => undefined, runDue() {}, isDone: () => true };
/** Longest time for datagrams that are on their way at the end. */
const SETTLE_NS = 200 * NS_PER_MS;
/** Messages from the main thread, snapshots and signals get a turn at least this often. */
const EVENT_LOOP_EVERY_NS = 10 * NS_PER_MS;
const LONGEST_SLEEP_NS = 5 * NS_PER_MS;
const SHORTEST_SLEEP_NS = 20_000;
const OVERFLOW_SLEEP_NS = 100_000;
const STARTS_A_ROUND = 16;
const EVENTS_A_ROUND = 64;
const RECORDS_A_BATCH = 64;
const QUEUE_LIMIT = 2 ** 20;
const OVERFLOW_LIMIT = 2 ** 16;
