/** What else the machine does while something is measured on it, from /proc. */
import { readdirSync, readFileSync } from 'node:fs';
import { setTimeout } from 'node:timers/promises';
import { availableParallelism } from 'node:os';
import { processTimeNs } from '../../src/run/calibrate/process-time.ts';

/** Of an interval. */
export interface Disturbance {
  /** CPU time of neither the watched processes nor this one, over the time of all cores. */
  readonly othersShare: number;
  /** What the host of a virtual machine took away, over the time of all cores. */
  readonly stealShare: number;
  /** How often the watched processes lost their core without wanting to, for each second. */
  readonly involuntaryHz: number;
}

interface Mark {
  readonly atNs: bigint;
  readonly busyNs: number;
  readonly stealNs: number;
  readonly watchedNs: readonly number[];
  readonly ownNs: number;
  readonly involuntary: number;
}

/** Linux counts CPU time in ticks of a hundredth of a second. */
const TICK_NS = 1e7;
/** Above this, a run says less about gateway and model than about other work. */
export const OTHERS_MAXIMUM = 0.05;

export class MachineWatch {
  readonly #pids: readonly number[];
  readonly #marks: Mark[] = [];

  constructor(pids: readonly number[]) {
    this.#pids = pids;
  }

  look(): void {
    try {
      this.#marks.push(markOf(this.#pids));
    } catch {
      // A watched process has ended.
    }
  }

  /** Between a look after a share of all looks and the last one. */
  span(fromShare: number): { readonly busyShares: readonly number[]; readonly disturbance: Disturbance } {
    const first = this.#marks[Math.floor(this.#marks.length * fromShare)];
    const last = this.#marks.at(-1);
    if (first === undefined || last === undefined || last === first) {
      return {
        busyShares: this.#pids.map(() => 0),
        disturbance: { othersShare: 0, stealShare: 0, involuntaryHz: 0 },
      };
    }
    const elapsedNs = Number(last.atNs - first.atNs);
    const coresNs = elapsedNs * availableParallelism();
    const usedNs = last.watchedNs.map((ns, index) => ns - first.watchedNs[index]!);
    const knownNs = usedNs.reduce((sum, ns) => sum + ns, last.ownNs - first.ownNs);
    return {
      busyShares: usedNs.map((ns) => ns / elapsedNs),
      disturbance: {
        othersShare: Math.max(0, last.busyNs - first.busyNs - knownNs) / coresNs,
        stealShare: (last.stealNs - first.stealNs) / coresNs,
        involuntaryHz: ((last.involuntary - first.involuntary) * 1e9) / elapsedNs,
      },
    };
  }
}

/** Waits until the machine has next to nothing to do, or `patienceMs` are over. Returns the share of its cores that was busy last. */
export async function awaitQuiet(patienceMs: number): Promise<number> {
  const endMs = Date.now() + patienceMs;
  for (;;) {
    const watch = new MachineWatch([]);
    watch.look();
    await setTimeout(QUIET_LOOK_MS);
    watch.look();
    const { othersShare } = watch.span(0).disturbance;
    if (othersShare <= OTHERS_MAXIMUM || Date.now() > endMs) return othersShare;
  }
}

const QUIET_LOOK_MS = 2_000;

function markOf(pids: readonly number[]): Mark {
  const [user = 0, nice = 0, system = 0, , , irq = 0, softirq = 0, steal = 0] = readFileSync(
    '/proc/stat',
    'utf8',
  )
    .split('\n', 1)[0]!
    .split(/\s+/)
    .slice(1)
    .map(Number);
  const own = process.cpuUsage();
  return {
    atNs: process.hrtime.bigint(),
    busyNs: (user + nice + system + irq + softirq) * TICK_NS,
    stealNs: steal * TICK_NS,
    watchedNs: pids.map(processTimeNs),
    ownNs: (own.user + own.system) * 1_000,
    involuntary: pids.reduce((sum, pid) => sum + involuntaryOf(pid), 0),
  };
}

function involuntaryOf(pid: number): number {
  let sum = 0;
  for (const task of readdirSync(`/proc/${pid}/task`)) {
    const status = readFileSync(`/proc/${pid}/task/${task}/status`, 'utf8');
    sum += Number(/^nonvoluntary_ctxt_switches:\s*(\d+)/m.exec(status)?.[1] ?? 0);
  }
  return sum;
}
