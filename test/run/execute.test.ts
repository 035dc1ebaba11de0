import { describe, expect, it } from 'vitest';
import { parseRunResult } from '../../src/measure/result.ts';
import type { RecorderSnapshot } from '../../src/measure/snapshot.ts';
import type { RunProgress } from '../../src/run/execute.ts';
import { createShardPool } from '../../src/worker/pool.ts';
import type { ShardReport } from '../../src/worker/task.ts';
import { startBuiltPool } from '../harness/built-pool.ts';
import { runScenarioBuilt } from '../harness/built-run.ts';
import { STORM, smallScenario } from './small-scenario.ts';

const ENDLESS = 'load: { executor: constant-arrival-rate, rate: 40/s, measure: 10m, hold: 100ms }\n';

const emptied = (snapshot: RecorderSnapshot): RecorderSnapshot => ({ ...snapshot, groups: {} });

describe('a run', () => {
  it.each([1, 2, 3])('lets every peer connect, whatever the number of workers (%i)', async (workers) => {
    const result = await runScenarioBuilt(smallScenario(STORM), { workers });
    expect(result).toMatchObject({
      verdict: 'pass',
      negotiations: { started: 12, succeeded: 12, failed: 0, droppedStarts: 0, inFlightAtEnd: 0 },
      responder: { phase1: 12, phase2: 12 },
      drops: {},
      generator: { workers, workersLost: 0, losses: {} },
      manifest: { seed: 7, runtime: 'memory', workers, scenarioFile: 'small.yaml', target: null },
    });
    expect(parseRunResult(structuredClone(result))).toEqual(result);
  });

  it('repeats closed loads as often as the scenario says', async () => {
    const load = 'load: { executor: per-peer-iterations, peers: 5, iterations: 3, think-time: 10ms }\n';
    const result = await runScenarioBuilt(smallScenario(load), { workers: 2 });
    expect(result.wholeRun).toMatchObject({ started: 15, succeeded: 15 });
  });

  it('draws a seed when none is given, and says which', async () => {
    const result = await runScenarioBuilt(smallScenario(STORM, 'seed=99'), { workers: 1 });
    expect(result.manifest).toMatchObject({ seed: 99, settings: ['seed=99'] });
    const other = await runScenarioBuilt(smallScenario(STORM), { workers: 1, seed: 5 });
    expect(other.manifest.seed).toBe(5);
  });

  it('ends early when it is asked to, with what was measured', async () => {
    const stop = new AbortController();
    const phases = new Set<RunProgress['phase']>();
    const result = await runScenarioBuilt(smallScenario(ENDLESS), {
      workers: 2,
      signal: stop.signal,
      onProgress(progress) {
        phases.add(progress.phase);
        if (progress.counters.succeeded > 5) stop.abort('SIGINT');
      },
    });
    expect(result.verdict).toBe('aborted');
    expect(result.wholeRun.succeeded).toBeGreaterThan(5);
    expect(phases).toContain('measuring');
  });

  it.each([
    ['real', smallScenario(ENDLESS)],
    ['virtual', smallScenario(ENDLESS, 'clock=virtual')],
  ])(
    'in %s time is invalid when a worker was lost, ends, and still says what was measured',
    async (_, scenario) => {
      const entry = new URL('./dying-shard.ts', import.meta.url);
      const warnings: string[] = [];
      const result = await runScenarioBuilt(
        scenario,
        { workers: 2, onWarning: (text) => warnings.push(text) },
        (workers, onReport) => createShardPool(workers, onReport, entry),
      );
      expect(result).toMatchObject({ verdict: 'invalid', generator: { workers: 2, workersLost: 1 } });
      expect(result.wholeRun.succeeded).toBeGreaterThan(0);
      expect(warnings).toEqual([expect.stringMatching(/^worker 1 was lost: .*7/)]);
    },
  );

  it('keeps to the last word of a worker when an earlier one comes late', async () => {
    const result = await runScenarioBuilt(smallScenario(STORM), { workers: 1 }, (workers, onReport) => {
      const pool = startBuiltPool(workers, onReport);
      let early: ShardReport | undefined;
      return {
        async run(task) {
          const outcome = await pool.run(task);
          if ('report' in outcome) early = { ...outcome.report, snapshot: emptied(outcome.report.snapshot) };
          return outcome;
        },
        async close() {
          if (early !== undefined) onReport(early);
          await pool.close();
        },
      };
    });
    expect(result.negotiations).toMatchObject({ started: 12, succeeded: 12 });
  });

  it('does not begin when the code of a worker cannot be loaded', async () => {
    const entry = new URL('./no-such-shard.ts', import.meta.url);
    const run = runScenarioBuilt(smallScenario(STORM), { workers: 1 }, (workers, onReport) =>
      createShardPool(workers, onReport, entry),
    );
    await expect(run).rejects.toMatchObject({ name: 'RunStartError' });
  });

  it('refuses a number of workers and source addresses that make no sense', async () => {
    await expect(runScenarioBuilt(smallScenario(STORM), { workers: 0 })).rejects.toMatchObject({
      name: 'PlanError',
    });
    await expect(runScenarioBuilt(smallScenario(STORM), { source: '127.1.0.0/30' })).rejects.toThrow(
      /too few/,
    );
    await expect(runScenarioBuilt(smallScenario(STORM), { source: 'nonsense' })).rejects.toMatchObject({
      name: 'PlanError',
    });
  });
});

describe('a run over UDP', () => {
  const SOURCE = { source: '127.66.0.0/16' };
  const UDP = [
    'runtime=udp',
    'peers.workers.port=0',
    'peers.workers.retransmit.first=50ms',
    'peers.workers.retransmit.tries=1',
  ];

  it('says that the target is unreachable when nobody listens there', async () => {
    const options = { workers: 2, target: '127.0.0.1:9', ...SOURCE };
    const result = await runScenarioBuilt(smallScenario(STORM, ...UDP), options);
    expect(result).toMatchObject({
      verdict: 'unreachable',
      failures: { unreachable: 12 },
      manifest: { runtime: 'udp', target: '127.0.0.1:9', sourceAddresses: ['127.66.0.0/16'] },
    });
  });

  it('does not begin from addresses that this machine does not have', async () => {
    const options = { workers: 2, target: '127.0.0.1:9', source: '192.0.2.128/25' };
    await expect(runScenarioBuilt(smallScenario(STORM, ...UDP), options)).rejects.toMatchObject({
      name: 'RunStartError',
      hint: expect.stringContaining('127.10.0.0/16'),
    });
  });

  it('keeps away from public addresses, be they in the scenario', async () => {
    const settings = [...UDP, 'peers.gateways.addresses=203.0.113.0/29'];
    await expect(runScenarioBuilt(smallScenario(STORM, ...settings), SOURCE)).rejects.toMatchObject({
      kind: 'public',
    });
  });
});
