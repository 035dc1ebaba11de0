/**
 * What arming, cancelling and firing timers costs: the queues that ikestorm uses against one heap for all.
 * Many are armed at any time, and nineteen of twenty are cancelled before they are due, as those of
 * retransmissions, dead peer detection and lifetimes are; or, as datagrams under way, none is. Both take
 * turns in one process.
 */
import { createTimer, type Ns, type Timer } from '../src/peer/timer.ts';
import { TimerQueue } from '../src/runtime/timer-queue.ts';
import { EVENT_CLASS, EventOrder } from '../src/runtime/virtual/event-order.ts';
import { EventQueue } from '../src/runtime/virtual/event-queue.ts';
import { VirtualTimers } from '../src/runtime/virtual/virtual-timers.ts';
import { WheeledTimers } from '../src/runtime/wheeled-timers.ts';
import { formatSpread, spreadOf } from './spread.ts';

/** The same calls to each of them. */
interface Contestant {
  set(timer: Timer): void;
  cancel(timer: Timer): void;
  /** Takes out the first timer that is due at `nowNs`. */
  take(nowNs: Ns): Timer | undefined;
}

const SECOND_NS = 1_000_000_000;
const STEPS = 1_000_000;
const ROUNDS = 7;

function heapInVirtualTime(peers: number): Contestant {
  const order = new EventOrder(1, peers);
  const queue = new EventQueue<Timer>();
  return {
    set: (timer) => {
      const { dueNs, peer } = timer;
      const rank = order.rankOf(EVENT_CLASS.timer, dueNs, peer, peer);
      queue.set(timer, dueNs, rank, peer, order.nextSequence(peer));
    },
    cancel: (timer) => queue.cancel(timer),
    take: (nowNs) => (queue.nextNs <= nowNs ? queue.pop() : undefined),
  };
}

function wheelInVirtualTime(peers: number): Contestant {
  const timers = new VirtualTimers(new EventOrder(1, peers));
  return {
    set: (timer) => timers.set(timer, timer.dueNs),
    cancel: (timer) => timers.cancel(timer),
    take: (nowNs) => (timers.nextNs(nowNs) <= nowNs ? timers.pop() : undefined),
  };
}

function inRealTime(queue: TimerQueue | WheeledTimers): Contestant {
  return {
    set: (timer) => queue.set(timer),
    cancel: (timer) => queue.cancel(timer),
    take: (nowNs) => queue.popDue(nowNs),
  };
}

/** What is to be done with each of them: a life of many timers. */
interface Life {
  readonly leastNs: Ns;
  readonly spreadNs: Ns;
  /** How long it takes to visit all: each is cancelled and armed anew then. Absent: it is armed anew when it fires. */
  readonly roundNs?: Ns;
}

/** Nineteen of twenty are visited before they are due. */
const TIMERS: Life = { leastNs: 2 * SECOND_NS, spreadNs: 40 * SECOND_NS, roundNs: 4 * SECOND_NS };
/** Datagrams under way: all arrive. */
const DATAGRAMS: Life = { leastNs: SECOND_NS / 20, spreadNs: SECOND_NS / 50 };

/** Timers of one contestant, armed; each call of `run` is a part of their lives. */
class Course {
  readonly #contestant: Contestant;
  readonly #life: Life;
  readonly #timers: readonly Timer[];
  #nowNs: Ns = 0;
  #next = 0;
  #random = 1;
  fired = 0;
  cancelled = 0;

  constructor(contestant: Contestant, life: Life, armed: number) {
    this.#contestant = contestant;
    this.#life = life;
    this.#timers = Array.from({ length: armed }, (_, peer) => createTimer(peer, 'retransmit', undefined));
    for (const timer of this.#timers) this.#arm(timer);
  }

  /** Seconds of CPU in which `STEPS` timers were cancelled or fired. */
  run(): number {
    const { leastNs, spreadNs, roundNs } = this.#life;
    const stepNs = (roundNs ?? leastNs + spreadNs / 2) / this.#timers.length;
    const until = this.fired + this.cancelled + STEPS;
    const before = process.cpuUsage();
    while (this.fired + this.cancelled < until) {
      this.#nowNs += stepNs;
      this.#fire(Math.floor(this.#nowNs), roundNs === undefined);
      if (roundNs !== undefined) this.#visit(this.#timers[this.#next++ % this.#timers.length]!);
    }
    const { user, system } = process.cpuUsage(before);
    return (user + system) / 1e6;
  }

  #fire(nowNs: Ns, isArmedAnew: boolean): void {
    for (let due = this.#contestant.take(nowNs); due !== undefined; due = this.#contestant.take(nowNs)) {
      this.fired++;
      if (isArmedAnew) this.#arm(due);
    }
  }

  #visit(timer: Timer): void {
    if (timer.slot >= 0) this.cancelled++;
    this.#contestant.cancel(timer);
    this.#arm(timer);
  }

  #arm(timer: Timer): void {
    const { leastNs, spreadNs } = this.#life;
    this.#random = (Math.imul(this.#random, 1_103_515_245) + 12_345) >>> 0;
    timer.dueNs = Math.floor(this.#nowNs) + leastNs + Math.floor((this.#random / 0x1_0000_0000) * spreadNs);
    this.#contestant.set(timer);
  }
}

function compare(name: string, life: Life, armed: number, heap: Contestant, wheel: Contestant): void {
  const courses = { heap: new Course(heap, life, armed), wheel: new Course(wheel, life, armed) };
  const rounds: { heap: number; wheel: number }[] = [];
  // The first one warms up.
  for (let round = 0; round <= ROUNDS; round++) {
    const early = round % 2 === 0 ? courses.heap.run() : undefined;
    const wheelS = courses.wheel.run();
    const heapS = early ?? courses.heap.run();
    if (round > 0) rounds.push({ heap: heapS, wheel: wheelS });
  }
  const { fired, cancelled } = courses.wheel;
  if (fired !== courses.heap.fired || cancelled !== courses.heap.cancelled)
    throw new Error('the wheel and the heap did not do the same');
  const spread = (digits: number, values: readonly number[]): string =>
    formatSpread(spreadOf(values), digits);
  const perTimer = (seconds: number): number => (seconds / STEPS) * 1e9;
  const cancelledPercent = (100 * cancelled) / (cancelled + fired);
  console.log(`  ${name}, ${armed} armed, ${cancelledPercent.toFixed(0)} % cancelled; CPU ns each`);
  console.log(
    `    heap ${spread(
      0,
      rounds.map((round) => perTimer(round.heap)),
    )}`,
  );
  console.log(
    `    wheel ${spread(
      0,
      rounds.map((round) => perTimer(round.wheel)),
    )}`,
  );
  console.log(
    `    heap against wheel ${spread(
      1,
      rounds.map((round) => round.heap / round.wheel),
    )}`,
  );
}

/** Prints it all. */
export function benchTimers(): void {
  console.log('\ntimers: a timing wheel before a small heap, against one heap for all');
  for (const armed of [1_000, 50_000, 1_000_000]) {
    compare('virtual time', TIMERS, armed, heapInVirtualTime(armed), wheelInVirtualTime(armed));
    compare('real time', TIMERS, armed, inRealTime(new TimerQueue()), inRealTime(new WheeledTimers()));
  }
  for (const armed of [1_000, 50_000]) {
    compare(
      'datagrams, real time',
      DATAGRAMS,
      armed,
      inRealTime(new TimerQueue()),
      inRealTime(new WheeledTimers()),
    );
    compare('datagrams, virtual time', DATAGRAMS, armed, heapInVirtualTime(armed), wheelInVirtualTime(armed));
  }
}
