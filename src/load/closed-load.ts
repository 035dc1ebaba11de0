/** Closed models: an initiator starts again after its negotiation has ended. */
import type { Ns } from '../peer/timer.ts';

/** A start that a closed model wants. */
export interface ClosedStart {
  /** Unique in the run and the same for any number of workers: iteration times peers plus initiator. */
  readonly index: number;
  readonly initiator: number;
  /** From the beginning of the run. */
  readonly plannedNs: Ns;
}

/** One worker asks only about its own initiators; each has its state for itself. */
export interface ClosedLoad {
  /** First starts, in order of initiators; the caller keeps those of initiators that it owns. */
  initialStarts(): Iterable<ClosedStart>;
  /** When an initiator whose negotiation ended (well or not) at `nowNs` is to start again; undefined: no more. */
  afterEnd(initiator: number, nowNs: Ns): ClosedStart | undefined;
}

export interface ClosedLoadSetup {
  /** Initiators 0 to peers - 1 take part. */
  readonly peers: number;
  /** Negotiations of each; Infinity for no limit. */
  readonly iterations: number;
  readonly thinkTimeNs: Ns;
  /** Starts are planned before this only. */
  readonly endNs: Ns;
}

/** Everybody starts at 0, and again `thinkTimeNs` after each end. */
export function createClosedLoad({ peers, iterations, thinkTimeNs, endNs }: ClosedLoadSetup): ClosedLoad {
  /** Negotiations that each initiator has ended. */
  const ended = new Uint32Array(peers);
  return {
    *initialStarts() {
      if (endNs <= 0) return;
      for (let initiator = 0; initiator < peers; initiator++) {
        yield { index: initiator, initiator, plannedNs: 0 };
      }
    },
    afterEnd(initiator, nowNs) {
      const before = ended[initiator];
      if (before === undefined) return undefined;
      const iteration = before + 1;
      ended[initiator] = iteration;
      const plannedNs = nowNs + thinkTimeNs;
      if (iteration >= iterations || plannedNs >= endNs) return undefined;
      return { index: iteration * peers + initiator, initiator, plannedNs };
    },
  };
}
