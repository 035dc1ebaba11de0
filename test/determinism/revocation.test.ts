/** Peers that fetch revocation lists from a slow server do the same for any number of workers, and parked or not. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import type { RunResult } from '../../src/measure/result.ts';
import type { RunOptions } from '../../src/run/execute.ts';
import { parseScenario } from '../../src/scenario/load.ts';
import { runScenarioBuilt } from '../harness/built-run.ts';

const MANY_RUNS_MS = 300_000;
const folder = mkdtempSync(join(tmpdir(), 'ikestorm-lists-'));
afterAll(() => rmSync(folder, { recursive: true }));

const SCENARIO = `
name: lists
clock: virtual
crypto: modelled
seed: 5
authorities: { company: { key: ecdsa-256, shared-keys: 2, revocation-list: { every: 20s, valid: 25s } } }
peers:
  offices:
    count: 12
    addresses: 10.1.0.0/16
    authentication: ecdsa-256
    certificate: { authority: company, revoked: [2, 9] }
    ike: [aes128-sha256-x25519]
    mode: { main: 1, aggressive: 1 }
    revocation: { server: lists, policy: soft, timeout: 2s }
    dpd: { delay: 5s, retry: 2s, timeout: 6s }
    retry: { wait: { first: 1s, factor: 2, max: 10s }, jitter: 50%, tries: 4 }
  gateways:
    role: gateway
    count: 3
    addresses: 192.0.2.0/29
    authentication: ecdsa-256
    certificate: { authority: company }
    ike: [aes128-sha256-x25519]
    revocation: { server: lists, timeout: 1s, tries: 2 }
    cpu: { cores: 1, card: reference }
  lists:
    role: server
    count: 2
    addresses: 192.0.2.100-192.0.2.101
    port: 80
    server: { service: { distribution: exponential, least: 1ms, mean: 30ms }, capacity: 1, queue: 4 }
connections: [{ from: offices, to: gateways }]
network:
  links:
    home: { peers: offices, latency: { distribution: uniform, least: 2ms, most: 20ms } }
    rack: { peers: lists, latency: 1ms, loss: 10% }
load: { executor: storm, spread: 2s, measure: 1m, drain: 30s }
faults:
  - { fault: crash, peers: gateways, at: 20s, for: 5s }
  - { fault: slow-server, peers: lists, at: 20s, for: 20s, factor: 100 }
  - { fault: crash, peers: lists, at: 45s, for: 5s }
  - { fault: clock-step, peers: gateways, at: 50s, by: 1h }
`;

async function run(options: RunOptions): Promise<RunResult> {
  const loaded = parseScenario(SCENARIO, 'lists.yaml', []);
  return runScenarioBuilt(loaded, { certificateDirectory: folder, ...options });
}

function essence({ negotiations, failures, drops, lifecycle, latency, simulation }: RunResult) {
  return { negotiations, failures, drops, lifecycle, latency, digest: simulation?.digest };
}

it(
  'lists make one digest with 1, 2 and 3 workers and shuffled placement',
  async () => {
    const alone = essence(await run({ workers: 1 }));
    expect(alone.failures).toMatchObject({ 'certificate-rejected': expect.any(Number) });
    for (const event of [
      'list-asked',
      'list-silent',
      'list-cached',
      'revocation-soft-failed',
      'revocation-refused',
    ]) {
      expect(alone.lifecycle).toHaveProperty(event);
    }
    for (const options of [{ workers: 2, parks: false }, { workers: 3 }, { workers: 3, placementSeed: 7 }]) {
      expect(essence(await run(options))).toEqual(alone);
    }
  },
  MANY_RUNS_MS,
);
