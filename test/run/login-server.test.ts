import { describe, expect, it } from 'vitest';
import { parseScenario } from '../../src/scenario/load.ts';
import { runScenarioBuilt } from '../harness/built-run.ts';

const scenario = (clock: string, faults = '', network = '') => `name: login
clock: ${clock}
seed: 1
peers:
  people:
    count: 8
    addresses: 10.1.0.0/24
    psk: secret
    authentication: xauth-pre-shared-key
    login: { user: 'user-{number}', password: 'password {number}' }
    ike: [aes128-sha256-x25519]
  gates:
    role: gateway
    count: 2
    addresses: 192.0.2.0/29
    authentication: xauth-pre-shared-key
    ike: [aes128-sha256-x25519]
    login-server: { peers: radius, timeout: 500ms, tries: 2 }
  radius:
    role: server
    addresses: 192.0.2.100
    port: 1812
    server: { service: 50ms, capacity: 2 }
connections: [{ from: people, to: gates }]
${network}load: { executor: storm, measure: 5s, drain: 20s }
${faults}`;
const run = (text: string) => runScenarioBuilt(parseScenario(text, 'login.yaml', []), { workers: 2 });

describe.each(['real', 'virtual'])('a server of users in %s time', (clock) => {
  it('is asked for everybody before anybody is let in', async () => {
    const { negotiations, lifecycle } = await run(scenario(clock));
    expect(negotiations).toMatchObject({ started: 8, succeeded: 8, failed: 0 });
    expect(lifecycle['server-asked']).toBeGreaterThanOrEqual(8);
  }, 60_000);
});

describe('a server of users', () => {
  it('takes its time for each, two at a time', async () => {
    const { latency, lifecycle } = await run(scenario('virtual'));
    expect(lifecycle).toEqual({ 'server-asked': 8 });
    // Four rounds of 50 ms, and a few round trips of a millisecond.
    expect(latency.whole!.maxNs).toBeGreaterThan(200e6);
    expect(latency.whole!.maxNs).toBeLessThan(220e6);
    expect(latency.whole!.minNs).toBeLessThan(70e6);
  }, 60_000);

  it('is reached over the links of the scenario', async () => {
    const network = 'network: { links: { rack: { peers: radius, latency: 30ms } } }\n';
    const { latency, network: flows } = await run(scenario('virtual', '', network));
    expect(latency.whole!.minNs).toBeGreaterThan(110e6);
    expect(flows!.links['rack']).toMatchObject({ up: { sent: 8 }, down: { sent: 8 } });
  }, 60_000);

  it('that is dead lets nobody in', async () => {
    const { failures, lifecycle, drops } = await run(
      scenario('virtual', 'faults: [{ fault: crash, peers: radius, at: 0s }]\n'),
    );
    expect(failures).toEqual({ 'xauth-failed': 8 });
    expect(lifecycle).toMatchObject({ 'server-asked': 16, 'server-silent': 8, crashed: 1 });
    expect(drops['peer-down']).toBe(16);
  }, 60_000);

  it('that is slow answers those who do not wait any more', async () => {
    const { failures, drops, faults } = await run(
      scenario('virtual', 'faults: [{ fault: slow-server, peers: radius, at: 0s, for: 1s, factor: 30 }]\n'),
    );
    expect(failures).toEqual({ 'xauth-failed': 8 });
    expect(drops['late-answer']).toBeGreaterThan(0);
    expect(faults).toEqual([
      { text: 'radius 30 times as slow', type: 'slow-server', startNs: 0, endNs: 1e9, peers: 1 },
    ]);
  }, 60_000);
});
