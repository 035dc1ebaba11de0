/** Hours of rekeying, liveness, lifetimes and outages are the same whether peers at rest are parked or stay objects. */
import { describe, expect, it } from 'vitest';
import type { RunResult } from '../../src/measure/result.ts';
import { runScenario } from '../../src/run/execute.ts';
import type { RunOptions } from '../../src/run/execute.ts';
import { parseScenario } from '../../src/scenario/load.ts';
import { startBuiltPool } from '../harness/built-pool.ts';

const MANY_RUNS_MS = 300_000;

const SCENARIO = `
name: parking
clock: virtual
crypto: modelled
seed: 5
peers:
  rekeying:
    count: 12
    addresses: 10.1.0.0/16
    psk: secret of {number}
    ike: [aes128-sha256-x25519]
    ike-lifetime: 10m
    esp-lifetime: 4m
    rekey: { margin: 30s, fuzz: 100% }
    dpd: { delay: 30s, retry: 4s, timeout: 20s }
    retry: people
  lazy:
    count: 8
    addresses: 10.2.0.0/16
    psk: secret of {number}
    mode: aggressive
    ike: [aes128-sha256-x25519]
    esp-lifetime: 5m
    rekey: none
    retry: people
  calling:
    count: 6
    addresses: 10.3.0.0/16
    psk: secret of {number}
    ike: [aes128-sha256-x25519]
    ping: { count: 3, interval: 1s }
    retry: people
  gateways:
    role: gateway
    count: 2
    addresses: 192.0.2.0/29
    ike: [aes128-sha256-x25519]
    ike-lifetime: 15m
    esp-lifetime: 6m
    rekey: { margin: 20s, fuzz: 100% }
    dpd: { delay: 45s, retry: 4s, timeout: 20s }
    cpu: { cores: 1, card: reference }
connections:
  - { from: rekeying, to: gateways }
  - { from: lazy, to: gateways }
  - { from: calling, to: gateways }
network:
  links:
    home:
      peers: [rekeying, lazy, calling]
      latency: { distribution: uniform, least: 2ms, most: 40ms }
      loss: 5%
      duplication: 5%
load: { executor: storm, spread: 5s, measure: 40m, drain: 1m }
faults:
  - { fault: outage, link: home, at: 12m, for: 40s }
  - { fault: clock-step, peers: rekeying, share: 50%, at: 14m, by: -1h }
`;

async function run(options: RunOptions): Promise<RunResult> {
  const loaded = parseScenario(SCENARIO, 'parking.yaml', []);
  return runScenario(loaded, options, startBuiltPool);
}

describe('parked peers', { timeout: MANY_RUNS_MS }, () => {
  it('do the same as others', async () => {
    const parked = await run({ workers: 1 });
    expect(parked.lifecycle).toMatchObject({ 'phase1-rekeyed': expect.any(Number) });
    expect(parked.lifecycle['phase2-rekeyed']).toBeGreaterThan(50);
    expect(parked.lifecycle['lifetime-over']).toBeGreaterThan(5);
    const awake = await run({ workers: 1, parks: false });
    expect(awake.simulation!.digest).toBe(parked.simulation!.digest);
    expect(awake.simulation!.events).toBe(parked.simulation!.events);
    expect([awake.lifecycle, awake.drops, awake.failures]).toEqual([
      parked.lifecycle,
      parked.drops,
      parked.failures,
    ]);
    const spread = await run({ workers: 3 });
    expect(spread.simulation!.digest).toBe(parked.simulation!.digest);
  });
});
