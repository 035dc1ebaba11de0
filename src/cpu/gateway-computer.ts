/** The computer of simulated peers: its threads, what they are charged for, and what came of the work. */
import type { Effect } from '../peer/effect.ts';
import type { PeerEvent } from '../peer/event.ts';
import type { Ns } from '../peer/timer.ts';
import { findViolations } from './conservation.ts';
import type { Computer, ComputerStep, LostWork } from './cpu-model.ts';
import { GatewayServer } from './gateway-server.ts';
import type { ServerPlan } from './gateway-server.ts';
import type { Job } from './job.ts';
import { classOfEvent } from './job-class.ts';
import type { JobClass, JobPriorities } from './job-class.ts';
import type { ServerStatistics } from './server-statistics.ts';
import type { Charge, WorkLedger } from './work-ledger.ts';
import { WorkValue } from './work-value.ts';
import type { WorkValueStatistics } from './work-value.ts';

export interface AdmissionLimits {
  /** First messages of one address that are half open or wait; absent: not looked at. */
  readonly perAddress?: number;
  /** Jobs that wait for a thread, from which on first messages are not let in; absent: not looked at. */
  readonly jobLoad?: number;
}

export interface GatewayComputerSetup {
  /** Its only peer, or the first of those that share it. */
  readonly owner: number;
  readonly server: ServerPlan;
  readonly priorities: JobPriorities;
  readonly admission: AdmissionLimits;
  /** Charged by the crypto suite and other parts of the peer while it handles an event. May serve several computers of a worker. */
  readonly ledger: WorkLedger;
  /** Whether the gateway's work for an SA ends well with phase 1, because there are no child SAs. */
  readonly isPhase1Enough: boolean;
  /** Half-open SAs of a peer with one address of the other end. */
  halfOpenCountOf(peer: number, address: string): number;
  /** A job had to wait this long for a thread. */
  onWait(waitNs: Ns): void;
  /** The number of jobs that wait for a thread changed. */
  onWaiting?(by: number, timeNs: Ns): void;
}

interface Task {
  readonly peer: number;
  readonly event: PeerEvent;
  readonly class: JobClass;
  /** Undefined before the peer has handled the event. */
  effects: readonly Effect[] | undefined;
}

/** Why an event is lost; names of counted losses. */
const QUEUE_FULL = 'receive-queue-full';
const BLOCKED = 'blocked-address';
const OVERLOADED = 'job-load-limit';

export class GatewayComputer implements Computer {
  readonly owner: number;
  readonly #setup: GatewayComputerSetup;
  readonly #server: GatewayServer<Task>;
  readonly #value: WorkValue;
  /** First messages that wait, by address; those without any have no entry. */
  readonly #waitingFirst = new Map<string, number>();
  readonly #chargeEvent: Charge;
  readonly #chargeReceive: Charge;
  readonly #chargeParse: Charge;
  readonly #chargeLookUp: Charge;
  readonly #chargeEncode: Charge;
  readonly #chargeSend: Charge;
  #current: Job<Task> | undefined;
  /** Jobs that waited when it was last told. */
  #waiting = 0;
  #droppedBlocked = 0;
  #droppedJobLoad = 0;

  constructor(setup: GatewayComputerSetup) {
    const { ledger } = setup;
    this.#setup = setup;
    this.owner = setup.owner;
    this.#server = new GatewayServer<Task>(setup.server);
    this.#value = new WorkValue(setup.isPhase1Enough);
    this.#chargeEvent = ledger.account('event');
    this.#chargeReceive = ledger.account('receive');
    this.#chargeParse = ledger.account('parse');
    this.#chargeLookUp = ledger.account('look-up');
    this.#chargeEncode = ledger.account('encode');
    this.#chargeSend = ledger.account('send');
  }

  offer(peer: number, event: PeerEvent, nowNs: Ns): string | undefined {
    const jobClass = classOfEvent(event);
    const { kind, key, isFirst } = jobClass;
    const address = event.type === 'datagram.received' && isFirst ? event.from.address : undefined;
    if (address !== undefined) {
      const refusal = this.#refusalOf(peer, address);
      if (refusal !== undefined) return refusal;
    }
    const priority = this.#setup.priorities[kind];
    const job: Job<Task> = {
      kind,
      priority,
      key,
      arrivedNs: nowNs,
      payload: { peer, event, class: jobClass, effects: undefined },
    };
    if (address !== undefined) this.#waitingFirst.set(address, (this.#waitingFirst.get(address) ?? 0) + 1);
    const isIn = this.#server.arrive(job, nowNs);
    this.#tellWaiting(nowNs);
    if (isIn) return undefined;
    this.#noLongerWaits(job.payload);
    return QUEUE_FULL;
  }

  nextDueNs(): Ns | undefined {
    return this.#server.nextDueNs();
  }

  next(nowNs: Ns): ComputerStep | undefined {
    const step = this.#server.next(nowNs);
    this.#tellWaiting(nowNs);
    if (step === undefined) return undefined;
    const { job } = step;
    const { peer, event, effects = [] } = job.payload;
    if (step.type === 'end') return { type: 'end', peer, effects };
    this.#setup.onWait(nowNs - job.arrivedNs);
    this.#noLongerWaits(job.payload);
    this.#current = job;
    return { type: 'begin', peer, event };
  }

  handled(effects: readonly Effect[], nowNs: Ns): void {
    const job = this.#current;
    if (job === undefined) throw new Error('nothing was begun');
    this.#current = undefined;
    job.payload.effects = effects;
    const { ledger } = this.#setup;
    const { event } = job.payload;
    this.#chargeEvent(0);
    let lookUpNs = 0;
    if (event.type === 'datagram.received') {
      const { length } = event.octets;
      this.#chargeReceive(length);
      this.#chargeParse(length);
    }
    for (const effect of effects) {
      if (effect.type !== 'send') continue;
      const { length } = effect.octets;
      this.#chargeSend(length);
      if (!effect.isRetransmission) this.#chargeEncode(length);
    }
    const otherNs = ledger.takeNs();
    if (job.key >= 0) {
      this.#chargeLookUp(0);
      lookUpNs = ledger.takeNs();
    }
    const cpuNs = otherNs + lookUpNs;
    this.#value.add(job.key, cpuNs, effects);
    this.#server.begun({ cpuNs, lockedNs: lookUpNs, blockedNs: ledger.takeBlockedNs() }, nowNs);
  }

  crash(nowNs: Ns): LostWork {
    const tasks = this.#server.crash(nowNs).map(({ payload }) => payload);
    this.#current = undefined;
    this.#waitingFirst.clear();
    return {
      events: tasks.filter(({ effects }) => effects === undefined).map(({ event }) => event),
      effects: tasks.flatMap(({ effects }) => effects ?? []),
    };
  }

  /** What happened here up to `nowNs`, with the laws that it breaks. */
  report(timeNs: Ns): ComputerReport {
    const { statistics } = this.#server;
    // A run that is cut short may not have come as far as this computer's next step.
    const nowNs = Math.min(timeNs, this.#server.nextDueNs() ?? timeNs);
    this.#server.settle(nowNs);
    return {
      statistics: structuredClone(statistics),
      droppedBlocked: this.#droppedBlocked,
      droppedJobLoad: this.#droppedJobLoad,
      value: this.#value.statistics(),
      violations: findViolations(this.#server, nowNs),
    };
  }

  #refusalOf(peer: number, address: string): string | undefined {
    const { perAddress, jobLoad } = this.#setup.admission;
    if (perAddress !== undefined) {
      const waiting = this.#waitingFirst.get(address) ?? 0;
      if (waiting + this.#setup.halfOpenCountOf(peer, address) >= perAddress) {
        this.#droppedBlocked++;
        return BLOCKED;
      }
    }
    if (jobLoad !== undefined && this.#server.queueLength >= jobLoad) {
      this.#droppedJobLoad++;
      return OVERLOADED;
    }
    return undefined;
  }

  #tellWaiting(nowNs: Ns): void {
    const { queueLength } = this.#server;
    if (queueLength === this.#waiting) return;
    this.#setup.onWaiting?.(queueLength - this.#waiting, nowNs);
    this.#waiting = queueLength;
  }

  #noLongerWaits({ event, class: { isFirst } }: Task): void {
    if (!isFirst || event.type !== 'datagram.received') return;
    const { address } = event.from;
    const left = (this.#waitingFirst.get(address) ?? 1) - 1;
    if (left > 0) this.#waitingFirst.set(address, left);
    else this.#waitingFirst.delete(address);
  }
}

/** Plain data. */
export interface ComputerReport {
  readonly statistics: ServerStatistics;
  readonly droppedBlocked: number;
  readonly droppedJobLoad: number;
  readonly value: WorkValueStatistics;
  readonly violations: readonly string[];
}
