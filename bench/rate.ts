/** Negotiations a second of whole runs: scenario, Piscina workers, memory runtime and measurement included. */
import { runScenario } from '../src/run/execute.ts';
import type { RunProgress } from '../src/run/execute.ts';
import { parseScenario } from '../src/scenario/load.ts';
import { createShardPool } from '../src/worker/pool.ts';
import type { ShardPool } from '../src/worker/pool.ts';
import type { ShardReport } from '../src/worker/task.ts';

/** Hosts that negotiate all the time, each one anew as soon as it is done. */
function scenarioText(groupKeyword: string, seconds: number): string {
  return `name: bench
peers:
  hosts:
    role: host
    count: 64
    addresses: 10.1.0.0/16
    psk: correct horse battery staple
    ike: [aes128-sha256-${groupKeyword}]
    esp: [aes128-sha256]
  gateways:
    role: gateway
    count: 4
    addresses: 10.2.0.0/24
    psk: correct horse battery staple
    ike: [aes128-sha256-${groupKeyword}]
    esp: [aes128-sha256]
connections:
  - { from: hosts, to: gateways }
load:
  executor: constant-peers
  peers: 64
  warm-up: 200ms
  measure: ${seconds}s
  drain: 10s
`;
}

export interface RateReading {
  /** Successes a second inside the measure window. */
  readonly rateHz: number;
  /** CPU of all threads for one negotiation: workers, garbage collection and compilation beside them, the main thread. */
  readonly cpuS: number;
  /** CPU seconds a second, of the same threads. */
  readonly cores: number;
}

/** The process at a moment of a run. */
interface Sample {
  readonly timeS: number;
  readonly cpuS: number;
  readonly succeeded: number;
}

/**
 * Runs of one or several workers in turn, all by the same threads. New threads for each run would
 * have to compile the program again, which takes them seconds, and a second core besides.
 */
export class RateBench {
  readonly #threads: ShardPool;
  #onReport: ((report: ShardReport) => void) | undefined;

  constructor(mostWorkers: number) {
    this.#threads = createShardPool(mostWorkers, (report) => this.#onReport?.(report));
  }

  async measure(groupKeyword: string, workers: number, seconds: number): Promise<RateReading> {
    const samples: Sample[] = [];
    const onProgress = ({ phase, counters }: RunProgress): void => {
      if (phase === 'measuring') samples.push(sample(counters.succeeded));
    };
    const loaded = parseScenario(scenarioText(groupKeyword, seconds), 'bench.yaml', []);
    const result = await runScenario(loaded, { workers, seed: 1, onProgress }, (_workers, onReport) => {
      this.#onReport = onReport;
      return { run: (task) => this.#threads.run(task), close: async () => {} };
    });
    const { failed, succeeded } = result.negotiations;
    if (failed > 0) throw new Error(`${failed} of ${failed + succeeded} negotiations failed`);
    const { succeededHz } = result.rates;
    const [first, last] = [samples[0], samples.at(-1)];
    if (succeededHz === null || first === undefined || last === undefined || last === first)
      throw new Error('the measure window is too short for this machine');
    const cpuS = last.cpuS - first.cpuS;
    return {
      rateHz: succeededHz,
      cpuS: cpuS / (last.succeeded - first.succeeded),
      cores: cpuS / (last.timeS - first.timeS),
    };
  }

  close(): Promise<void> {
    return this.#threads.close();
  }
}

function sample(succeeded: number): Sample {
  const { user, system } = process.cpuUsage();
  return { timeS: performance.now() / 1e3, cpuS: (user + system) / 1e6, succeeded };
}
