/** The load models as one worker sees them: only its own initiators, and on the run's clock. */
import type { Arrival, ArrivalSchedule } from '../load/arrival-schedule.ts';
import { ownedArrivals } from '../load/arrival-schedule.ts';
import type { ClosedLoad, ClosedStart } from '../load/closed-load.ts';
import { createLoadModel } from '../load/executor.ts';
import { windowsOf } from '../load/windows.ts';
import { createTimer } from '../peer/timer.ts';
import type { Ns, Timer } from '../peer/timer.ts';
import { TimerQueue } from '../runtime/timer-queue.ts';
import type { Load } from '../scenario/scenario.ts';
import type { PlannedStart, StartSource } from './agenda.ts';

export interface StartSourceSetup {
  readonly load: Load;
  readonly seed: number;
  /** Beginning of the run on its clock. */
  readonly beginningNs: Ns;
  /** In the whole run. */
  readonly initiatorCount: number;
  /** Positions of this worker's initiators. */
  readonly positions: readonly number[];
}

/** The starts of this worker. */
export function createStartSource(setup: StartSourceSetup): StartSource {
  const { load, seed, beginningNs, initiatorCount } = setup;
  const owned = new Set(setup.positions);
  const model = createLoadModel(load, { initiatorCount, seed });
  return model.kind === 'open'
    ? new OpenSource(
        ownedArrivals(model.schedule, (initiator) => owned.has(initiator)),
        beginningNs,
      )
    : new ClosedSource({ closed: model.closed, owned, beginningNs, endNs: windowsOf(load).measureEndNs });
}

/** Starts follow the schedule, whatever becomes of the earlier ones. */
class OpenSource implements StartSource {
  readonly isOpen = true;
  readonly #arrivals: ArrivalSchedule;
  readonly #beginningNs: Ns;
  #next: Arrival | undefined;

  constructor(arrivals: ArrivalSchedule, beginningNs: Ns) {
    this.#arrivals = arrivals;
    this.#beginningNs = beginningNs;
    this.#next = arrivals.next();
  }

  nextDueNs(): Ns | undefined {
    return this.#next === undefined ? undefined : this.#beginningNs + this.#next.plannedNs;
  }

  take(): PlannedStart {
    const { index, initiator, plannedNs } = this.#next!;
    this.#next = this.#arrivals.next();
    return { plannedNs: this.#beginningNs + plannedNs, negotiation: index, position: initiator };
  }

  freed(): void {
    // What a host has ended changes nothing about what comes.
  }

  isExhausted(): boolean {
    return this.#next === undefined;
  }
}

interface ClosedSetup {
  readonly closed: ClosedLoad;
  readonly owned: ReadonlySet<number>;
  readonly beginningNs: Ns;
  readonly endNs: Ns;
}

/** Every initiator that takes part starts again when its negotiation has ended and it has thought. */
class ClosedSource implements StartSource {
  readonly isOpen = false;
  readonly #setup: ClosedSetup;
  readonly #waiting = new TimerQueue();
  readonly #timers = new Map<number, Timer>();
  readonly #starts = new Map<number, ClosedStart>();
  /** Initiators that negotiate or hold a tunnel and may start again. */
  #running = 0;

  constructor(setup: ClosedSetup) {
    this.#setup = setup;
    for (const start of setup.closed.initialStarts()) {
      if (setup.owned.has(start.initiator)) this.#wait(start);
    }
  }

  nextDueNs(): Ns | undefined {
    const dueNs = this.#waiting.nextDueNs();
    return dueNs === undefined ? undefined : this.#setup.beginningNs + dueNs;
  }

  take(): PlannedStart {
    const timer = this.#waiting.popDue(Infinity)!;
    const { index, initiator, plannedNs } = this.#starts.get(timer.peer)!;
    this.#running++;
    return { plannedNs: this.#setup.beginningNs + plannedNs, negotiation: index, position: initiator };
  }

  freed(position: number, nowNs: Ns): void {
    this.#running--;
    const start = this.#setup.closed.afterEnd(position, nowNs - this.#setup.beginningNs);
    if (start !== undefined) this.#wait(start);
  }

  isExhausted(nowNs: Ns): boolean {
    if (this.#waiting.size > 0) return false;
    return this.#running === 0 || nowNs - this.#setup.beginningNs >= this.#setup.endNs;
  }

  #wait(start: ClosedStart): void {
    const { initiator } = start;
    let timer = this.#timers.get(initiator);
    if (timer === undefined) this.#timers.set(initiator, (timer = createTimer(initiator, 'hold', undefined)));
    this.#starts.set(initiator, start);
    timer.dueNs = start.plannedNs;
    this.#waiting.set(timer);
  }
}
