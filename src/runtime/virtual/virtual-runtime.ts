/**
 * The peers of one worker in virtual time: a discrete-event simulation that goes from event to event
 * and knows no clock. Workers go on together in windows no longer than the least time that a datagram
 * takes between them, so that nothing ever comes too late, and meet between windows. One worker alone
 * meets nobody.
 */
import type { Computer, CpuModel } from '../../cpu/cpu-model.ts';
import type { Datagram, Deliveries, Departures, NetworkModel } from '../../network/network-model.ts';
import type { Effect } from '../../peer/effect.ts';
import { isAboutMachine, type PeerEvent } from '../../peer/event.ts';
import type { Peer } from '../../peer/peer.ts';
import type { Ns, Timer } from '../../peer/timer.ts';
import { EndpointCache } from '../memory/endpoint-cache.ts';
import type { AddressOf } from '../memory/endpoint-cache.ts';
import { LARGEST_DATAGRAM } from '../runtime.ts';
import type { Agenda, RuntimeSetup } from '../runtime.ts';
import { Course } from './course.ts';
import type { CourseSetup } from './course.ts';
import { EVENT_CLASS, EventOrder } from './event-order.ts';
import { EventQueue } from './event-queue.ts';
import type { Queued } from './event-queue.ts';
import { Flight } from './flight.ts';
import { FlightExchange } from './flight-exchange.ts';
import { Meeting, createStanding } from './meeting.ts';
import type { Standing } from './meeting.ts';
import type { TraceDigest } from './trace-digest.ts';
import { ProgressCells } from './virtual-memory.ts';
import type { VirtualMemory } from './virtual-memory.ts';
import { VirtualTimers } from './virtual-timers.ts';

/** The load as the course of a run has to know it. */
export interface VirtualAgenda extends Pick<Agenda, 'nextDueNs' | 'runDue'> {
  /** Fills in what the load knows: all but `leastNs`, `unsent` and `isStopping`. */
  report(standing: Standing): void;
  /** Starts nothing more. */
  stopStarting(nowNs: Ns, drainNs: Ns): void;
}

export interface VirtualRuntimeSetup extends RuntimeSetup {
  readonly seed: number;
  /** Peers of the whole run. */
  readonly peerCount: number;
  readonly shared: VirtualMemory;
  /** Which of the workers this is. */
  readonly worker: number;
  /** The worker where a peer lives. */
  workerOf(peerId: number): number;
  readonly addressOf: AddressOf;
  readonly network: NetworkModel;
  readonly cpu: CpuModel;
  /** Absent: no digest is made. */
  readonly digest?: TraceDigest;
  readonly course: Omit<CourseSetup, 'lookaheadNs'>;
  /** Called every few hundred events: gives messages and signals their turn when it is time for it. */
  breathe(): Promise<void> | undefined;
}

/** Whether the run is to stop: `drain` lets what is in flight end. */
export type StopWish = 'none' | 'drain' | 'abort';

export class VirtualRuntime {
  readonly drops = new Map<string, number>();
  /** Events handled by peers, arrivals at receivers' sides, and starts. */
  events = 0;
  /** Datagrams that local peers sent. */
  datagramsSent = 0;
  /** Windows gone through. */
  windows = 0;
  readonly lookaheadNs: Ns;

  readonly #setup: VirtualRuntimeSetup;
  readonly #order: EventOrder;
  readonly #flights = new EventQueue<Flight>();
  readonly #timers: VirtualTimers;
  readonly #wakes = new EventQueue<Wake>();
  readonly #wakeOf = new Map<number, Wake>();
  readonly #endpoints: EndpointCache;
  readonly #exchange: FlightExchange;
  readonly #progress: ProgressCells;
  readonly #digest: TraceDigest | undefined;
  readonly #effects: Effect[] = [];
  /** Peers whose machines have crashed: nothing is computed there. */
  readonly #down = new Set<number>();
  #isHandling = false;
  #nowNs: Ns = 0;
  #agenda: VirtualAgenda | undefined;
  /** A datagram that `depart` was given and that nothing has taken yet. */
  #unused: Flight | undefined;

  constructor(setup: VirtualRuntimeSetup) {
    this.#setup = setup;
    this.#order = new EventOrder(setup.seed, setup.peerCount);
    this.#timers = new VirtualTimers(this.#order);
    this.#endpoints = new EndpointCache((node) => this.#placeOf(node));
    this.#exchange = new FlightExchange(setup.shared, setup.worker, this.#endpoints);
    this.#progress = new ProgressCells(setup.shared, setup.worker);
    this.#digest = setup.digest;
    this.lookaheadNs =
      setup.shared.workers === 1 ? Infinity : setup.network.leastLatencyNs((peer) => setup.workerOf(peer));
    if (!(this.lookaheadNs > 0)) throw new RangeError('peers of different workers are no distance apart');
  }

  readonly nowNs = (): Ns => this.#nowNs;

  /** Feeds an event to a local peer at the present time. */
  dispatch(peerId: number, event: PeerEvent): void {
    const computer = this.#setup.cpu.computerOf(peerId);
    if (computer === undefined || this.#down.has(peerId) || isAboutMachine(event)) {
      if (event.type === 'crash') return this.#crash(peerId, computer, event);
      if (event.type === 'restart') this.#down.delete(peerId);
      this.#fire(peerId, event);
    } else this.#offer(peerId, computer, event);
  }

  /** The machine of a peer stops. What it has reported of work that was not done is known all the same. */
  #crash(peerId: number, computer: Computer | undefined, event: PeerEvent & { type: 'crash' }): void {
    this.#down.add(peerId);
    if (computer !== undefined) {
      const { events, effects } = computer.crash(this.#nowNs);
      this.#release(
        peerId,
        effects.filter(({ type }) => type === 'record'),
      );
      for (const lost of events) {
        if (lost.type !== 'timer.fired' || lost.timer.slot !== WAITING) continue;
        lost.timer.slot = -1;
        lost.timer.dueNs = this.#nowNs;
        this.#arm(lost.timer);
      }
      this.#step(computer);
    }
    this.#fire(peerId, event);
  }

  /** Runs from time 0 until the course says that it is over, or `stopWish` that it is to be left at once. */
  async run(agenda: VirtualAgenda, stopWish: () => StopWish): Promise<void> {
    this.#agenda = agenda;
    const isGivenUp = (): boolean => stopWish() === 'abort';
    const meeting = new Meeting(this.#setup.shared, this.#setup.worker, isGivenUp);
    const course = new Course({ ...this.#setup.course, lookaheadNs: this.lookaheadNs });
    const standing = createStanding();
    for (;;) {
      this.#exchange.flush();
      this.#describe(standing, stopWish() !== 'none');
      const all = meeting.hold(standing);
      if (all === undefined) return;
      const leg = course.next(all);
      this.#exchange.take((flight, record) => {
        const rank = EVENT_CLASS.arrival * TWO_32 + record.hash;
        this.#flights.set(flight, record.arrivalNs, rank, record.source, record.sequence);
      });
      if (leg.type === 'over') return this.#reach(leg.nowNs);
      if (course.isStopping) agenda.stopStarting(all.leastNs, this.#setup.course.stopDrainNs);
      if (leg.type === 'exchange') continue;
      this.windows++;
      this.#exchange.beginWindow(leg.endNs);
      while (!this.#handleBefore(leg.endNs)) {
        if (isGivenUp()) return;
        this.#progress.write(this.#nowNs, this.events);
        const turn = this.#setup.breathe();
        if (turn !== undefined) await turn;
      }
      const turn = this.#setup.breathe();
      if (turn !== undefined) await turn;
    }
  }

  #describe(standing: Standing, isStopping: boolean): void {
    this.#agenda!.report(standing);
    standing.leastNs = Math.min(this.#nextNs(Infinity), this.#exchange.leastSentNs);
    standing.unsent = this.#exchange.unsent;
    standing.isStopping = isStopping;
    this.#progress.write(this.#nowNs, this.events);
  }

  /** When the next event comes, if that is at `limitNs` or before; a later time otherwise. */
  #nextNs(limitNs: Ns): Ns {
    const startNs = this.#agenda!.nextDueNs() ?? Infinity;
    const othersNs = Math.min(this.#flights.nextNs, this.#wakes.nextNs, startNs);
    return Math.min(othersNs, this.#timers.nextNs(Math.min(othersNs, limitNs)));
  }

  /** Moves the time on to `timeNs`, at which nothing is due any more. */
  #reach(timeNs: Ns): void {
    this.#digest?.advance(timeNs);
    this.#nowNs = timeNs;
    this.#progress.write(timeNs, this.events);
  }

  /** Handles events before `endNs`, a batch of them; true when none is left. */
  #handleBefore(endNs: Ns): boolean {
    for (let count = 0; count < EVENTS_A_BATCH; count++) {
      const timeNs = this.#nextNs(endNs);
      if (timeNs >= endNs) return true;
      if (timeNs < this.#nowNs) throw new RangeError(`an event at ${timeNs} came after ${this.#nowNs}`);
      this.#digest?.advance(timeNs);
      this.#nowNs = timeNs;
      this.events++;
      if (this.#flights.nextNs === timeNs) this.#land(this.#flights.pop()!);
      else if (this.#wakes.nextNs === timeNs) this.#work(this.#wakes.pop()!);
      else if (this.#timers.nextNs(timeNs) === timeNs) this.#expire(this.#timers.pop()!);
      else this.#agenda!.runDue(timeNs, 1);
    }
    return false;
  }

  #land(flight: Flight): void {
    if (flight.peer >= 0) return this.dispatch(flight.peer, flight);
    this.#unused = flight;
    this.#setup.network.arrive(flight, this.#nowNs, this.#deliveries);
  }

  readonly #deliveries: Deliveries = {
    deliver: (peer, deliveryNs, datagram) => {
      if (deliveryNs === this.#nowNs) return this.dispatch(peer, this.#flightOf(datagram));
      this.#assertLater(deliveryNs, 'delivered');
      const flight = this.#flightOf(datagram);
      flight.peer = peer;
      const source = datagram.from.peer!;
      const sequence = this.#order.nextSequence(peer);
      const rank = this.#order.rankOf(EVENT_CLASS.delivery, deliveryNs, peer, source);
      this.#flights.set(flight, deliveryNs, rank, peer, sequence);
    },
    drop: (reason) => this.#drop(reason),
  };

  readonly #departures: Departures = {
    arrive: (arrivalNs, datagram) => {
      this.#assertLater(arrivalNs, 'arrives');
      const source = this.#sender;
      const target = datagram.to.peer!;
      const sequence = this.#order.nextSequence(source);
      const rank = this.#order.rankOf(EVENT_CLASS.arrival, arrivalNs, target, source);
      const worker = this.#setup.workerOf(this.#ownerOf(target));
      if (worker === this.#setup.worker) {
        this.#flights.set(this.#flightOf(datagram), arrivalNs, rank, source, sequence);
      } else {
        this.#exchange.send(worker, datagram, { arrivalNs, hash: rank, source, sequence });
      }
    },
    drop: (reason) => this.#drop(reason),
  };
  #sender = 0;

  /** The flight that `datagram` is, unless it is in use: each copy needs one of its own. */
  #flightOf(datagram: Datagram): Flight {
    if (datagram === this.#unused) {
      this.#unused = undefined;
      return datagram as Flight;
    }
    return new Flight(datagram.from, datagram.to, datagram.octets);
  }

  #assertLater(timeNs: Ns, what: string): void {
    if (Number.isSafeInteger(timeNs) && timeNs > this.#nowNs) return;
    throw new RangeError(`the network says that a datagram ${what} at ${timeNs}, and it is ${this.#nowNs}`);
  }

  #expire(timer: Timer): void {
    const computer = this.#setup.cpu.computerOf(timer.peer);
    if (computer === undefined || this.#down.has(timer.peer))
      return this.#fire(timer.peer, { type: 'timer.fired', timer });
    timer.slot = WAITING;
    this.#offer(timer.peer, computer, { type: 'timer.fired', timer });
  }

  #fire(peerId: number, event: PeerEvent): void {
    const peer = this.#setup.peerAt(peerId);
    if (peer === undefined) return this.#drop('no-such-peer');
    // Facts may lead to further events while a list is being carried out.
    const effects = this.#isHandling ? [] : this.#effects;
    const wasHandling = this.#isHandling;
    this.#isHandling = true;
    try {
      this.#digest?.begin(peerId, event, this.#nowNs);
      peer.handle(event, this.#nowNs, effects);
      for (let index = 0; index < effects.length; index++) this.#carryOut(peer, effects[index]!);
      this.#digest?.end(peerId);
    } finally {
      effects.length = 0;
      this.#isHandling = wasHandling;
    }
  }

  #carryOut(peer: Peer, effect: Effect): void {
    switch (effect.type) {
      case 'send':
        return this.#send(peer, effect);
      case 'timer.set':
        return this.#arm(effect.timer);
      case 'timer.cancel':
        return this.#timers.cancel(effect.timer);
      case 'record':
        this.#digest?.fact(effect.fact);
        this.#setup.onFact(effect.fact, peer.id, this.#nowNs);
    }
  }

  #arm(timer: Timer): void {
    this.#timers.set(timer, Math.max(timer.dueNs, this.#nowNs));
  }

  #send(peer: Peer, effect: Effect & { type: 'send' }): void {
    this.datagramsSent++;
    const { octets } = effect;
    this.#digest?.sent(effect.to.address, effect.to.port, octets);
    const { from, to, isRetransmission } = effect;
    this.#setup.onDatagram?.({ timeNs: this.#nowNs, from, to, octets, isRetransmission });
    const target = to.peer ?? this.#setup.network.nodeAt(to.address);
    const source = from.peer === peer.id ? from : this.#endpoints.at(peer.id, from.port);
    const goal = target === undefined || target === to.peer ? to : this.#endpoints.at(target, to.port);
    if (target === undefined || source === undefined || goal === undefined) return this.#drop('no-such-peer');
    if (octets.length > LARGEST_DATAGRAM) return this.#drop('too-large');
    const flight = new Flight(source, goal, octets);
    this.#unused = flight;
    this.#sender = peer.id;
    this.#setup.network.depart(flight, this.#nowNs, this.#departures);
    this.#unused = undefined;
  }

  #offer(peerId: number, computer: Computer, event: PeerEvent): void {
    const reason = computer.offer(peerId, event, this.#nowNs);
    if (reason !== undefined && event.type === 'timer.fired') event.timer.slot = -1;
    if (reason !== undefined) this.#drop(reason);
    this.#step(computer);
  }

  #work(wake: Wake): void {
    this.#step(this.#setup.cpu.computerOf(wake.peer)!);
  }

  /** Lets a computer do what is due now, and notes when it wants to go on. */
  #step(computer: Computer): void {
    const { owner } = computer;
    for (let step = computer.next(this.#nowNs); step !== undefined; step = computer.next(this.#nowNs)) {
      if (step.type === 'begin') this.#compute(step.peer, computer, step.event);
      else this.#release(step.peer, step.effects);
    }
    let wake = this.#wakeOf.get(owner);
    if (wake === undefined) this.#wakeOf.set(owner, (wake = { slot: -1, peer: owner }));
    const dueNs = computer.nextDueNs();
    if (dueNs === undefined) return this.#wakes.cancel(wake);
    this.#wakes.set(wake, dueNs, this.#order.rankOf(EVENT_CLASS.computer, dueNs, owner, owner), owner, 0);
  }

  #compute(peerId: number, computer: Computer, event: PeerEvent): void {
    if (event.type === 'timer.fired') {
      // Cancelled, or armed anew, while it waited.
      if (event.timer.slot !== WAITING) return computer.handled([], this.#nowNs);
      event.timer.slot = -1;
    }
    const visible: Effect[] = [];
    const peer = this.#setup.peerAt(peerId);
    if (peer === undefined) this.#drop('no-such-peer');
    else {
      const effects: Effect[] = [];
      this.#digest?.begin(peerId, event, this.#nowNs);
      peer.handle(event, this.#nowNs, effects);
      for (const effect of effects) {
        if (effect.type === 'send' || effect.type === 'record') visible.push(effect);
        else this.#carryOut(peer, effect);
      }
      this.#digest?.end(peerId);
    }
    computer.handled(visible, this.#nowNs);
  }

  #release(peerId: number, effects: readonly Effect[]): void {
    const peer = this.#setup.peerAt(peerId);
    if (peer === undefined || effects.length === 0) return;
    this.#digest?.beginEffects(peerId, this.#nowNs);
    for (const effect of effects) this.#carryOut(peer, effect);
    this.#digest?.end(peerId);
  }

  #ownerOf(node: number): number {
    const { peerCount, network } = this.#setup;
    return node < peerCount ? node : network.nodes[node - peerCount]!.owner;
  }

  #placeOf(node: number): { readonly address: string; readonly octets: Uint8Array } | undefined {
    const { peerCount, network, addressOf } = this.#setup;
    return node < peerCount ? addressOf(node) : network.nodes[node - peerCount];
  }

  #drop(reason: string): void {
    this.drops.set(reason, (this.drops.get(reason) ?? 0) + 1);
  }
}

/** When a computer wants to go on. */
interface Wake extends Queued {
  readonly peer: number;
}

/** Place of a timer that is due and waits for a computer. */
const WAITING = -2;
const EVENTS_A_BATCH = 256;
const TWO_32 = 0x1_0000_0000;
