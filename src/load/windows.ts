/** The time windows of a load, in nanoseconds from the beginning of the run. */
import type { Ns } from '../peer/timer.ts';
import type { Load } from '../scenario/scenario.ts';

export interface LoadWindows {
  /** End of the warm-up, inclusive begin of the measure window. */
  readonly measureStartNs: Ns;
  /** Exclusive end of the measure window; nothing is planned from here on. */
  readonly measureEndNs: Ns;
  /** Longest wait, after the last planned start, for what is in flight. */
  readonly drainNs: Ns;
}

export function windowsOf(load: Load): LoadWindows {
  return {
    measureStartNs: load.warmUpNs,
    measureEndNs: load.warmUpNs + load.measureNs,
    drainNs: load.drainNs,
  };
}

/** Whether a negotiation counts: its planned start lies in the measure window, whenever it really started. */
export function isMeasured(windows: LoadWindows, plannedNs: Ns): boolean {
  return plannedNs >= windows.measureStartNs && plannedNs < windows.measureEndNs;
}
