/** Long runs of one gateway server with random arrivals and services, for tests against queueing theory. */
import { findViolations } from '../../src/cpu/conservation.ts';
import { GatewayServer } from '../../src/cpu/gateway-server.ts';
import type { ServerPlan } from '../../src/cpu/gateway-server.ts';
import { drive } from './drive.ts';
import type { Job, JobPriority } from '../../src/cpu/job.ts';
import { NS_PER_MS } from '../../src/peer/timer.ts';
import type { Ns } from '../../src/peer/timer.ts';
import { createRandomStream } from '../../src/random/stream.ts';
import type { RandomStream } from '../../src/random/stream.ts';

export const SERVICE_NS = NS_PER_MS;

export interface QueueRun {
  readonly plan: Partial<ServerPlan>;
  /** Arrivals in the mean time of one service. */
  readonly load: number;
  readonly jobs: number;
  /** Work in mean service times. */
  readonly service: (random: RandomStream) => number;
  readonly priority?: (random: RandomStream) => JobPriority;
  readonly blockedNs?: Ns;
  readonly seed: number;
}

/** Mean over batches and half of the 99 % interval (Student's t for 19 degrees of freedom), in mean service times. */
export interface Estimate {
  readonly mean: number;
  readonly halfWidth: number;
}

export interface Measured {
  /** Arrival to completion. */
  readonly sojourn: Estimate;
  /** Arrival to a thread, by class. */
  readonly waits: Readonly<Record<JobPriority, Estimate>>;
  readonly utilisation: number;
  readonly violations: readonly string[];
}

const BATCHES = 20;
const STUDENT_T = 2.861;
const SERVER: ServerPlan = {
  cores: 1,
  threads: 1,
  discipline: 'run-to-completion',
  queueLimit: 1_000_000,
  lockSegments: 0,
};

class BatchMeans {
  readonly #sums = new Float64Array(BATCHES);
  readonly #counts = new Float64Array(BATCHES);

  add(batch: number, value: number): void {
    this.#sums[batch]! += value;
    this.#counts[batch]! += 1;
  }

  estimate(): Estimate {
    const means = Array.from(this.#sums, (sum, batch) => sum / this.#counts[batch]!);
    const mean = means.reduce((sum, each) => sum + each, 0) / BATCHES;
    const variance = means.reduce((sum, each) => sum + (each - mean) * (each - mean), 0) / (BATCHES - 1);
    return { mean, halfWidth: STUDENT_T * Math.sqrt(variance / BATCHES) };
  }
}

/** Poisson arrivals; the first tenth of the jobs is not counted. */
export function runQueue({ plan, load, jobs, service, priority, blockedNs = 0, seed }: QueueRun): Measured {
  const arrivals = createRandomStream({ seed, entity: 0, purpose: 'arrivals' });
  const services = createRandomStream({ seed, entity: 0, purpose: 'services' });
  const warmUp = jobs / 10;
  const sojourns = new BatchMeans();
  const waits = {
    critical: new BatchMeans(),
    high: new BatchMeans(),
    medium: new BatchMeans(),
    low: new BatchMeans(),
  };
  const batchOf = (number: number) => Math.floor(((number - warmUp) * BATCHES) / (jobs - warmUp));
  const story = {
    begin(job: Job<number>, nowNs: Ns) {
      if (job.payload >= warmUp)
        waits[job.priority].add(batchOf(job.payload), (nowNs - job.arrivedNs) / SERVICE_NS);
      return { cpuNs: Math.round(service(services) * SERVICE_NS), lockedNs: 0, blockedNs };
    },
    end(job: Job<number>, nowNs: Ns) {
      if (job.payload >= warmUp) sojourns.add(batchOf(job.payload), (nowNs - job.arrivedNs) / SERVICE_NS);
    },
  };
  const server = new GatewayServer<number>({ ...SERVER, ...plan });
  let nowNs = 0;
  for (let number = 0; number < jobs; number++) {
    nowNs += Math.round((arrivals.exponentialUnit() * SERVICE_NS) / load);
    drive(server, story, nowNs);
    const job = {
      kind: 'main',
      priority: priority?.(arrivals) ?? 'low',
      key: -1,
      arrivedNs: nowNs,
      payload: number,
    } as const;
    server.arrive(job, nowNs);
  }
  drive(server, story, nowNs);
  const violations = findViolations(server, nowNs);
  const cores = plan.cores ?? 1;
  const utilisation = server.statistics.busyCoreNs / nowNs / cores;
  drive(server, story, nowNs * 10);
  return {
    sojourn: sojourns.estimate(),
    waits: {
      critical: waits.critical.estimate(),
      high: waits.high.estimate(),
      medium: waits.medium.estimate(),
      low: waits.low.estimate(),
    },
    utilisation,
    violations,
  };
}
