/** Gateways that compute do the same with any number of workers, and obey the laws of queues. */
import { describe, expect, it } from 'vitest';
import type { RunResult } from '../../src/measure/result.ts';
import { runScenario } from '../../src/run/execute.ts';
import { parseScenario } from '../../src/scenario/load.ts';
import { startBuiltPool } from '../harness/built-pool.ts';

const MANY_RUNS_MS = 300_000;

const SCENARIO = `name: computers
clock: virtual
crypto: modelled
seed: 3
authorities: { corporate: { key: ecdsa-256, shared-keys: 1 } }
peers:
  users:
    count: 60
    addresses: 10.1.0.0/16
    psk: 'secret {number}'
    authentication: xauth-pre-shared-key
    login: { user: 'user-{number}', password: right }
  branches:
    count: 20
    addresses: 10.2.0.0/16
    authentication: ecdsa-256
    certificate: { authority: corporate }
  gateways:
    role: gateway
    count: 3
    addresses: 192.0.2.0/24
    authentication: ecdsa-256
    certificate: { authority: corporate }
    cpu:
      cores: 1
      threads: 3
      lock-segments: 1
      speed: 0.2
      blocking: { log-in: 30ms, certificate: 10ms }
connections: [{ from: users, to: gateways }, { from: branches, to: gateways }]
load: { executor: storm, spread: 100ms, measure: 60s }
`;

const BRANCH_LOGIN = 'peers.branches.login={user: branch, password: office}';

async function run(workers: number, settings: readonly string[] = []): Promise<RunResult> {
  const loaded = parseScenario(SCENARIO, 'computers.yaml', settings);
  return runScenario(loaded, { workers }, startBuiltPool);
}

describe('gateways that compute', { timeout: MANY_RUNS_MS }, () => {
  it('do the same with 1, 2 and 5 workers', async () => {
    // Certificates are made for each run, with serial numbers of their own.
    const settings = [
      'peers.branches.authentication=xauth-pre-shared-key',
      'peers.branches.psk=x',
      BRANCH_LOGIN,
    ];
    const alone = await run(1, settings);
    expect(alone.negotiations).toMatchObject({ started: 80, succeeded: 80 });
    for (const workers of [2, 5]) {
      const other = await run(workers, settings);
      expect(other.simulation?.digest).toBe(alone.simulation?.digest);
      expect(other.computers).toEqual(alone.computers);
      expect(other.latency).toEqual(alone.latency);
    }
  });

  it('and hosts that share one computer do the same with 1, 2 and 5 workers', async () => {
    const settings = [
      'peers.branches.authentication=xauth-pre-shared-key',
      'peers.branches.psk=x',
      BRANCH_LOGIN,
      'peers.users.cpu={cores: 1, threads: 1, shared: true, wake: 50us, garbage: {every: 5ms, pause: 2ms}}',
    ];
    const alone = await run(1, settings);
    expect(alone.negotiations).toMatchObject({ started: 80, succeeded: 80 });
    const { users } = alone.computers!;
    expect(users).toMatchObject({ count: 1, violations: [] });
    expect(users!.jobs.byKind.command?.arrived).toBeGreaterThanOrEqual(60);
    expect(users!.jobs.byKind.main).toMatchObject({ arrived: 180, completed: 180 });
    expect(users!.operations['agree:14']).toMatchObject({ calls: 60 });
    expect(users!.work.overheadNs).toBeGreaterThan(0);
    for (const workers of [2, 5]) {
      const other = await run(workers, settings);
      expect(other.simulation?.digest).toBe(alone.simulation?.digest);
      expect(other.computers).toEqual(alone.computers);
      expect(other.latency).toEqual(alone.latency);
    }
    const own = await run(1, [...settings, 'peers.users.cpu.shared=false']);
    expect(own.computers!['users']!.count).toBe(60);
    expect(own.latency.whole!.meanNs).toBeLessThan(alone.latency.whole!.meanNs);
  });

  it('are charged for what they do, and lose time to servers that they wait for', async () => {
    const { computers, latency } = await run(1);
    const gateways = computers!['gateways']!;
    expect(gateways.violations).toEqual([]);
    expect(gateways.warnings).toEqual([]);
    expect(gateways.operations['log-in']).toMatchObject({ calls: 60 });
    expect(gateways.operations['sign:ecdsa-256']).toMatchObject({ calls: 20 });
    expect(gateways.operations['verify:ecdsa-256']!.calls).toBeGreaterThan(20);
    expect(gateways.operations['agree:14']).toMatchObject({ calls: 80 });
    const charged = Object.values(gateways.operations).reduce((sum, { cpuNs }) => sum + cpuNs, 0);
    expect(Math.abs(charged / gateways.work.cpuNs - 1)).toBeLessThan(1e-3);
    expect(gateways.threadUtilisation!).toBeGreaterThan(gateways.utilisation! / 3);
    const free = await run(1, ['peers.gateways.cpu.speed=1000', 'peers.gateways.cpu.blocking={}']);
    expect(free.latency.whole!.meanNs * 5).toBeLessThan(latency.whole!.meanNs);
  });

  it('give the wasted share of work that came to nothing', async () => {
    const { computers, negotiations } = await run(1, [
      'peers.gateways.users=[{user: nobody, password: none}]',
      'load.measure=10s',
    ]);
    expect(negotiations.failed).toBe(60);
    expect(computers!['gateways']!.work.wastedShare!).toBeGreaterThan(0.2);
  });

  it('drop what they have no room for, and the run says so', async () => {
    const result = await run(1, ['peers.gateways.cpu.receive-queue=1', 'load.spread=0s']);
    const dropped = result.computers!['gateways']!.jobs.droppedQueueFull;
    expect(dropped).toBeGreaterThan(0);
    expect(result.generator.losses['receive-queue-full']).toBe(dropped);
    expect(result.retransmissions).toBeGreaterThan(0);
  });

  it('have a card, or the run does not begin', async () => {
    await expect(run(1, ['peers.gateways.cpu.card=nowhere.json'])).rejects.toThrow(
      /nowhere.json cannot be read/,
    );
  });
});
