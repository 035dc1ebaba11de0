/** What cores do besides the work: waking when they were idle, and collecting garbage now and then. */
import type { Ns } from '../peer/timer.ts';

/** Memory is tidied up after so much work, by the job that comes to it. */
export interface GarbageCollection {
  /** Work on cores between two collections. */
  readonly everyNs: Ns;
  readonly pauseNs: Ns;
}

export interface CoreOverheadPlan {
  readonly cores: number;
  /** What a core that was idle takes to begin; absent: no time. */
  readonly wakeNs?: Ns;
  /** Absent: none. */
  readonly garbage?: GarbageCollection;
}

export class CoreOverhead {
  readonly #plan: CoreOverheadPlan;
  /** Since when each core is idle, the latest on top: it is the first to be used again. */
  readonly #idleSinceNs: Ns[] = [];
  #workNs: Ns = 0;

  constructor(plan: CoreOverheadPlan) {
    this.#plan = plan;
    this.reset();
  }

  /** A core has nothing to do. */
  freed(nowNs: Ns): void {
    if (this.#plan.wakeNs !== undefined) this.#idleSinceNs.push(nowNs);
  }

  /** What is to be done besides `workNs` that begin now: on an idle core, or in line for one. */
  take(workNs: Ns, isIdle: boolean, nowNs: Ns): Ns {
    const { wakeNs, garbage } = this.#plan;
    let overheadNs = 0;
    // One that was given back at this very moment has not gone to sleep.
    if (wakeNs !== undefined && isIdle && this.#idleSinceNs.pop()! < nowNs) overheadNs += wakeNs;
    if (garbage === undefined) return overheadNs;
    this.#workNs += workNs;
    while (this.#workNs >= garbage.everyNs) {
      this.#workNs -= garbage.everyNs;
      overheadNs += garbage.pauseNs;
    }
    return overheadNs;
  }

  /** As after the machine was switched on. */
  reset(): void {
    this.#workNs = 0;
    this.#idleSinceNs.length = 0;
    if (this.#plan.wakeNs === undefined) return;
    for (let core = 0; core < this.#plan.cores; core++) this.#idleSinceNs.push(-Infinity);
  }
}
