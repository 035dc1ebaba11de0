/** How far a run is, and whether its workers have stopped getting on. */
import { NS_PER_MS, NS_PER_S } from '../peer/timer.ts';
import type { Ns } from '../peer/timer.ts';
import { ProgressCells } from '../runtime/virtual/virtual-memory.ts';
import type { VirtualMemory } from '../runtime/virtual/virtual-memory.ts';
import type { Load } from '../scenario/scenario.ts';
import { beginningOf } from '../worker/shared-state.ts';
import type { SharedState } from '../worker/shared-state.ts';

export interface RunWatch {
  /** Time since the beginning, on the clock of the run; 0 before it. */
  elapsedNs(): Ns;
  /** To be asked four times a second. For how long workers have been overdue; negative: they are not. */
  overdueNs(): Ns;
}

/** `clock` reads real time. */
export function createRunWatch(state: SharedState, load: Load, clock: () => Ns): RunWatch {
  return state.virtual === undefined
    ? realWatch(state, load, clock)
    : virtualWatch(state, state.virtual, clock);
}

/** Overdue after the end of the drain time. */
function realWatch(state: SharedState, { warmUpNs, measureNs, drainNs }: Load, clock: () => Ns): RunWatch {
  const elapsedNs = (): Ns => {
    const beginningNs = beginningOf(state);
    return beginningNs === undefined ? 0 : Math.max(0, clock() - beginningNs);
  };
  return { elapsedNs, overdueNs: () => elapsedNs() - (warmUpNs + measureNs + drainNs) - OVERDUE_NS };
}

/** Overdue when no event has been handled for long. */
function virtualWatch(state: SharedState, shared: VirtualMemory, clock: () => Ns): RunWatch {
  const cells = Array.from({ length: shared.workers }, (_, worker) => new ProgressCells(shared, worker));
  let events = -1;
  let changedNs = clock();
  return {
    elapsedNs: () => Math.min(...cells.map(({ nowNs }) => nowNs)),
    overdueNs() {
      const now = cells.reduce((sum, cell) => sum + cell.events, 0);
      if (now !== events || beginningOf(state) === undefined) {
        events = now;
        changedNs = clock();
      }
      return clock() - changedNs - STALLED_NS;
    },
  };
}

/** How long after the end of the drain time a worker that still runs counts as stuck. */
const OVERDUE_NS = 10_000 * NS_PER_MS;
/** Some hundred events with the slowest cryptography take less. */
const STALLED_NS = 120 * NS_PER_S;
