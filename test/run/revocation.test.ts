/** Revocation lists that peers fetch from a server over the network before they believe a certificate. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { parseScenario } from '../../src/scenario/load.ts';
import { runScenarioBuilt } from '../harness/built-run.ts';

const folder = mkdtempSync(join(tmpdir(), 'ikestorm-revocation-'));
afterAll(() => rmSync(folder, { recursive: true }));

const scenario = (clock: string) => `name: revocation
clock: ${clock}
seed: 1
authorities: { company: { key: ecdsa-256, intermediates: 1 } }
peers:
  people:
    count: 8
    addresses: 10.1.0.0/24
    authentication: ecdsa-256
    certificate: { authority: company, revoked: [3] }
    ike: [aes128-sha256-x25519]
  gates:
    role: gateway
    count: 2
    addresses: 192.0.2.0/29
    authentication: ecdsa-256
    certificate: { authority: company }
    ike: [aes128-sha256-x25519]
    revocation: { server: lists, timeout: 500ms, tries: 2 }
  lists:
    role: server
    addresses: 192.0.2.100
    port: 80
    server: { service: 50ms, capacity: 2 }
connections: [{ from: people, to: gates }]
load: { executor: storm, measure: 5s, drain: 20s }
`;
const run = (text: string, ...settings: string[]) =>
  runScenarioBuilt(parseScenario(text, 'revocation.yaml', settings), {
    workers: 1,
    certificateDirectory: folder,
  });
const DEAD = 'faults=[{fault: crash, peers: lists, at: 0s}]';

describe.each(['real', 'virtual'])('a server of revocation lists in %s time', (clock) => {
  it.each(['main', 'aggressive'])(
    'is asked once by each gateway in %s mode, and who was revoked is refused',
    async (mode) => {
      const result = await run(scenario(clock), `peers.people.mode=${mode}`);
      expect(result.negotiations).toMatchObject({ started: 8, succeeded: 7, failed: 1 });
      // In aggressive mode the initiator is done before it is refused.
      const cause = mode === 'main' ? 'certificate-rejected' : expect.anything();
      expect(Object.keys(result.failures)).toEqual([cause]);
      expect(result.lifecycle['list-asked']).toBe(2);
      const { 'list-cached': cached = 0, 'list-shared': shared = 0 } = result.lifecycle;
      expect(cached + shared).toBe(6);
    },
    60_000,
  );

  it('that is dead makes a strict gateway refuse everybody', async () => {
    const { failures, lifecycle } = await run(scenario(clock), DEAD);
    expect(failures).toEqual({ 'certificate-rejected': 8 });
    expect(lifecycle).toMatchObject({ 'list-asked': 4, 'list-silent': 2, 'revocation-refused': 8 });
  }, 60_000);

  it('that is dead delays a soft gateway', async () => {
    const { negotiations, latency, lifecycle } = await run(
      scenario(clock),
      DEAD,
      'peers.gates.revocation.policy=soft',
    );
    expect(negotiations).toMatchObject({ succeeded: 8, failed: 0 });
    expect(latency.whole!.minNs).toBeGreaterThan(1e9);
    expect(lifecycle).toMatchObject({ 'list-silent': 2, 'revocation-soft-failed': 8 });
  }, 60_000);
});

describe('revocation lists', () => {
  it('are fetched by each host that does not want to believe a revoked gateway', async () => {
    const text = scenario('virtual');
    // In aggressive mode a gateway that is not believed hears nothing that it would have to judge.
    for (const [mode, questions] of [
      ['main', 10],
      ['aggressive', 9],
    ]) {
      const { failures, lifecycle } = await run(
        text,
        `peers.people.mode=${mode}`,
        'peers.people.certificate={authority: company}',
        'peers.people.revocation={server: lists}',
        'peers.gates.certificate={authority: company, revoked: [1]}',
      );
      expect(failures).toEqual({ 'certificate-revoked': 4 });
      expect(lifecycle['list-asked']).toBe(questions);
    }
  }, 60_000);

  it('are fetched again when their next update is due, or sooner where the cache says so', async () => {
    const again =
      'load={executor: per-peer-iterations, iterations: 5, think-time: 20s, measure: 3m, hold: 0s}';
    const every = 'authorities.company.revocation-list={every: 30s}';
    const people = 'peers.people.certificate={authority: company}';
    const one = await run(scenario('virtual'), again, people);
    expect(one.lifecycle['list-asked']).toBe(2);
    const due = await run(scenario('virtual'), again, people, every);
    expect(due.negotiations).toMatchObject({ started: 40, succeeded: 40 });
    expect(due.lifecycle['list-asked']).toBe(6);
    const never = await run(scenario('virtual'), again, people, 'peers.gates.revocation.cache=0s');
    expect(never.lifecycle['list-asked']).toBe(10);
  }, 60_000);

  it('that are stale tell nothing but who was revoked', async () => {
    const stale = 'authorities.company.revocation-list={every: 1h, valid: 1s}';
    const late = 'load={executor: constant-arrival-rate, rate: 4/s, warm-up: 0s, measure: 4s}';
    const strict = await run(scenario('virtual'), stale, late);
    expect(strict.failures).toEqual({ 'certificate-rejected': expect.any(Number) });
    expect(strict.lifecycle['revocation-refused']).toBeGreaterThan(3);
    const soft = await run(scenario('virtual'), stale, late, 'peers.gates.revocation.policy=soft');
    expect(soft.lifecycle['revocation-soft-failed']).toBeGreaterThan(3);
    expect(soft.failures).toEqual({ 'certificate-rejected': 2 });
  }, 60_000);

  it('that come too late are counted, and nobody waits for them any more', async () => {
    const { failures, drops } = await run(
      scenario('virtual'),
      'faults=[{fault: slow-server, peers: lists, at: 0s, for: 1s, factor: 40}]',
    );
    expect(failures).toEqual({ 'certificate-rejected': 8 });
    expect(drops['late-answer']).toBe(4);
  }, 60_000);

  it('are missed by nobody when the other end has given up meanwhile', async () => {
    const { failures, negotiations } = await run(
      scenario('virtual'),
      'faults=[{fault: slow-server, peers: lists, at: 0s, for: 1s, factor: 400}]',
      'peers.gates.revocation={server: lists, timeout: 1m}',
      'peers.people.retransmit={first: 500ms, factor: 1, tries: 3}',
      'peers.gates.half-open-timeout=4s',
    );
    expect(negotiations).toMatchObject({ started: 8, failed: 8 });
    expect(failures).toEqual({ 'timeout-phase1': 8 });
  }, 60_000);
});
