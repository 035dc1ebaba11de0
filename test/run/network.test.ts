/** Whole runs over a described network, in memory and in real time. */
import { describe, expect, it } from 'vitest';
import type { RunResult } from '../../src/measure/result.ts';
import { runScenarioBuilt } from '../harness/built-run.ts';
import { SMALL_SCENARIO, smallScenario } from './small-scenario.ts';
import { parseScenario } from '../../src/scenario/load.ts';
import type { LoadedScenario } from '../../src/scenario/scenario.ts';

const LOAD = 'load: { executor: storm, spread: 200ms, drain: 60s }\n';
const PATIENCE = 'retransmit: { first: 250ms, factor: 1, max: 250ms, tries: 12 }';
const SCENARIO = SMALL_SCENARIO.replace(
  'psk: secret of worker {number}',
  `psk: secret of all\n    ${PATIENCE}`,
).replace('count: 2', `count: 2\n    ${PATIENCE}`);

/** The small scenario with one key for all, little patience at both ends, and this network. */
function scenarioOver(network: string, load = LOAD): LoadedScenario {
  const text = `${SCENARIO}${load}network:\n${network.replace(/^/gm, '  ')}\n`;
  return parseScenario(text, 'small.yaml');
}

function run(network: string, workers: number, load = LOAD): Promise<RunResult> {
  return runScenarioBuilt(scenarioOver(network, load), { workers });
}

function expectConserved({ network }: RunResult): void {
  const { links, nats, firewalls } = network!;
  const flows = [
    ...Object.values(links).flatMap(({ up, down }) => [up, down]),
    ...[...Object.values(nats), ...Object.values(firewalls)].flatMap((box) => [box.out, box.in]),
  ];
  for (const { sent, duplicated, delivered, dropped } of flows) {
    expect(sent).toBeGreaterThan(0);
    expect(delivered + Object.values(dropped).reduce((sum, count) => sum + count, 0)).toBe(sent + duplicated);
  }
}

describe('a run over a described network', () => {
  it.each([1, 2])('gets through a lossy, doubling, reordering link (%i workers)', async (workers) => {
    const result = await run(
      `links:
  home:
    peers: workers
    latency: { distribution: uniform, least: 2ms, most: 12ms }
    bandwidth: 2mbit/s
    loss: 10%
    duplication: 10%
    reordering: { share: 10%, delay: 8ms }
    mtu: 576`,
      workers,
    );
    expect(result.wholeRun).toMatchObject({ started: 12, succeeded: 12 });
    expect(result.retransmissions).toBeGreaterThan(0);
    expect(result.network!.links['home']!.up.dropped['link-loss']).toBeGreaterThan(0);
    // Six datagrams of main mode and three of quick mode, each way once, take their time.
    expect(result.latency.whole!.minNs).toBeGreaterThan(2_000_000 * 6);
    expect(result.generator.losses).toEqual({});
    expectConserved(result);
  });

  it.each([1, 2])('meets NAT boxes that both ends notice (%i workers)', async (workers) => {
    const result = await run(
      `nats:
  carrier: { peers: workers, shared-by: 4, addresses: 198.51.100.0/24, ports: random }`,
      workers,
    );
    expect(result.wholeRun.succeeded).toBe(12);
    // Each host talked from its port 500, then from 4500, as RFC 3947 has it behind a NAT.
    expect(result.network!.nats['carrier']).toMatchObject({ mappings: 24, rebindings: 0 });
    expectConserved(result);
  });

  it('meets a firewall that refuses aggressive mode and lets each address knock seldom', async () => {
    const result = await run(
      `firewalls:
  edge:
    peers: gateways
    rules: [{ action: deny, exchanges: [aggressive] }]
    source-rate-limit: { rate: 10/s, burst: 1 }`,
      2,
    );
    const { dropped } = result.network!.firewalls['edge']!.in;
    // Half of the hosts use aggressive mode, and get nowhere.
    expect(result.wholeRun).toMatchObject({ started: 12, succeeded: 6, failed: 6 });
    expect(result.failures).toEqual({ 'timeout-phase1': 6 });
    expect(dropped['firewall-denied']).toBe(6 * 13);
    expectConserved(result);
  });

  it('says nothing of a network where there is none', async () => {
    const result = await runScenarioBuilt(smallScenario(LOAD), { workers: 2 });
    expect(result.network).toBeUndefined();
  });
});

/** Everything at once, so that a difference anywhere shows. */
const EVERYTHING = `latency: 3ms
links:
  home:
    peers: workers
    latency: { distribution: uniform, least: 2ms, most: 12ms }
    bandwidth: 2mbit/s
    loss: { share: 8%, burst: 2 }
    duplication: 10%
    reordering: { share: 10%, delay: 8ms }
    mtu: 576
    flapping: { every: 1s, for: 50ms, staggered: true }
  internet:
    between: [workers, gateways]
    latency: { distribution: exponential, least: 4ms, mean: 6ms }
    down: { outages: [{ at: 1s, for: 200ms }] }
nats:
  carrier: { peers: workers, shared-by: 4, addresses: 198.51.100.0/24, ports: random, rebind: [500ms] }
firewalls:
  edge: { peers: gateways, shared-by: 1, source-rate-limit: { rate: 20/s, burst: 5 } }`;

const VIRTUAL =
  'clock: virtual\nload: { executor: constant-arrival-rate, rate: 20/s, measure: 2s, hold: 200ms }\n';

describe('a run over a described network in virtual time', () => {
  it('is the same for 1, 2 and 3 workers and shuffled peers, to the last count and to the digest', async () => {
    const results = [];
    for (const options of [
      { workers: 1 },
      { workers: 2 },
      { workers: 3 },
      { workers: 3, placementSeed: 5 },
    ]) {
      results.push(await runScenarioBuilt(scenarioOver(EVERYTHING, VIRTUAL), options));
    }
    const [first, ...others] = results;
    expect(first!.wholeRun.succeeded).toBeGreaterThan(0);
    expect(first!.network!.nats['carrier']!.rebindings).toBeGreaterThan(0);
    expectConserved(first!);
    for (const other of others) {
      expect(other.network).toEqual(first!.network);
      expect(other.wholeRun).toEqual(first!.wholeRun);
      expect(other.simulation!.digest).toBe(first!.simulation!.digest);
    }
  }, 180_000);

  it('goes on where NAT boxes give hosts new ports all the time', async () => {
    const nat =
      'nats: { carrier: { peers: workers, addresses: 198.51.100.1, ports: sequential, rebind-every: 150ms } }';
    const result = await runScenarioBuilt(scenarioOver(nat, VIRTUAL), { workers: 2 });
    const carrier = result.network!.nats['carrier']!;
    expect(carrier.rebindings).toBeGreaterThan(0);
    expect(carrier.mappings - carrier.rebindings).toBeLessThanOrEqual(24);
    expect(result.wholeRun.succeeded).toBeGreaterThan(0);
    expectConserved(result);
  });

  it('counts outages from the beginning of the run', async () => {
    const outage = 'links: { home: { peers: workers, outages: [{ at: 100ms, for: 5m }] } }';
    const load = 'clock: virtual\nload: { executor: constant-arrival-rate, rate: 20/s, measure: 200ms }\n';
    const result = await runScenarioBuilt(scenarioOver(outage, load), { workers: 2 });
    // Those that start before it are through within milliseconds.
    expect(result.wholeRun).toMatchObject({ started: 4, succeeded: 2, failed: 2 });
    expect(result.failures).toEqual({ 'timeout-phase1': 2 });
  });
});
