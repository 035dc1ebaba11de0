/** A scenario with every kind of fault does the same for any number of workers, and wherever peers live. */
import { describe, expect, it } from 'vitest';
import { faultSchema } from '../../src/scenario/schema-fault.ts';
import type { RunResult } from '../../src/measure/result.ts';
import { runScenario } from '../../src/run/execute.ts';
import type { RunOptions } from '../../src/run/execute.ts';
import { parseScenario } from '../../src/scenario/load.ts';
import { startBuiltPool } from '../harness/built-pool.ts';

const MANY_RUNS_MS = 300_000;

const SCENARIO = `
name: adversity
clock: virtual
crypto: modelled
seed: 3
peers:
  workers:
    count: 24
    addresses: 10.1.0.0/16
    psk: secret of {number}
    ike: [aes128-sha256-x25519]
    dpd: { delay: 5s, retry: 2s, timeout: 6s }
    retry: people
  branches:
    count: 6
    addresses: 10.2.0.0/16
    psk: secret of {number}
    mode: aggressive
    ike: [aes128-sha256-x25519]
    dpd: { delay: 5s, retry: 2s, timeout: 6s }
    retry: { wait: { first: 100ms, factor: 2, max: 10s }, jitter: 50%, tries: 8 }
    misbehave:
      - { what: corrupt, chance: 5% }
      - { what: replay, message: [aggressive-1, quick-1], after: 1s, share: 50% }
      - { what: wrong-payload, payload: hash, message: quick-1, chance: 20%, from: 5s }
      - { what: ignore, message: aggressive-2, chance: 30% }
  gateways:
    role: gateway
    count: 3
    addresses: 192.0.2.0/29
    ike: [aes128-sha256-x25519]
    dpd: { delay: 10s, retry: 2s, timeout: 6s }
    cpu: { cores: 2, card: reference }
  office:
    role: gateway
    count: 2
    addresses: 192.0.2.64/29
    authentication: xauth-pre-shared-key
    ike: [aes128-sha256-x25519]
    login-server: { peers: radius, timeout: 2s }
  people:
    count: 12
    addresses: 10.3.0.0/16
    psk: secret of all
    authentication: xauth-pre-shared-key
    login: { user: 'user-{number}', password: 'password {number}' }
    ike: [aes128-sha256-x25519]
    retry: people
  radius:
    role: server
    addresses: 192.0.2.100
    port: 1812
    server: { service: { distribution: exponential, least: 1ms, mean: 10ms }, capacity: 2, queue: 6 }
connections:
  - { from: workers, to: gateways }
  - { from: people, to: office }
  - { from: branches, to: gateways, spread: random }
network:
  links: { home: { peers: [workers, branches], latency: { distribution: uniform, least: 2ms, most: 20ms } } }
load: { executor: storm, spread: 1s, measure: 2m, drain: 30s }
faults:
  - { fault: crash, peers: gateways, at: 10s, for: 10s }
  - { fault: crash, peers: [workers, branches], share: 30%, at: 45s, for: 5s }
  - { fault: crash, peers: gateways, at: 60s, for: 2s, every: 4s, state: kept }
  - { fault: clock-step, peers: workers, share: 50%, at: 70s, by: -1h }
  - { fault: crash, peers: office, at: 30s, for: 1s }
  - { fault: slow-server, peers: radius, at: 0s, for: 50s, factor: 200 }
  - { fault: outage, link: home, at: 80s, for: 12s }
`;

async function run(options: RunOptions): Promise<RunResult> {
  const loaded = parseScenario(SCENARIO, 'adversity.yaml', []);
  return runScenario(loaded, options, startBuiltPool);
}

function essence({
  negotiations,
  failures,
  drops,
  lifecycle,
  comeBack,
  faults,
  misbehaviour,
  windows,
  latency,
  simulation,
}: RunResult) {
  const { digest, checkpoints, events } = simulation!;
  return {
    negotiations,
    failures,
    drops,
    lifecycle,
    comeBack,
    faults,
    misbehaviour,
    windows,
    latency,
    digest,
    checkpoints,
    events,
  };
}

describe('adversity in virtual time', { timeout: MANY_RUNS_MS }, () => {
  it('has every kind of fault', () => {
    const kinds = faultSchema.options.map((option) => option.shape.fault.value);
    expect(kinds.filter((kind) => !SCENARIO.includes(`fault: ${kind}`))).toEqual([]);
  });

  it('is the same with 1, 2, 3, 5 and 8 workers, and with shuffled peers', async () => {
    const alone = essence(await run({ workers: 1 }));
    expect(alone.comeBack!.back).toBeGreaterThan(30);
    expect(alone.faults!.map(({ peers }) => peers)).toEqual([3, 9, 3, 12, 2, 1, null]);
    expect(alone.misbehaviour!.map(({ peers, times }) => [peers, times > 0])).toEqual([
      [6, true],
      [3, true],
      [6, true],
      [6, true],
    ]);
    for (const options of [
      { workers: 2 },
      { workers: 2, parks: false },
      { workers: 3, placementSeed: 1 },
      { workers: 5, placementSeed: 2 },
      { workers: 8 },
    ]) {
      expect(essence(await run(options)), JSON.stringify(options)).toEqual(alone);
    }
  });
});
