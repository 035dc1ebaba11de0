import { describe, expect, it } from 'vitest';
import type { RunResult } from '../../src/measure/result.ts';
import { runScenario } from '../../src/run/execute.ts';
import { parseScenario } from '../../src/scenario/load.ts';
import { startBuiltPool } from '../harness/built-pool.ts';
import { fleet } from '../harness/certified-fleet.ts';

const RUNS_MS = 120_000;

const issued = 'certificate: { authority: corporate }';

function run(text: string): Promise<RunResult> {
  return runScenario(parseScenario(text, 'fleet.yaml'), { workers: 1 }, startBuiltPool);
}

describe('certificates that expire in the course of a run', { timeout: RUNS_MS }, () => {
  /** A new tunnel every second, held for two. */
  const STREAM = 'load: { executor: constant-arrival-rate, rate: 1/s, measure: 60s, hold: 2s, drain: 20s }';
  const expiring = (client: string, gate: string, more = ''): string =>
    `clock: virtual\nseed: 1\n${more}${fleet('ecdsa-256', client, gate)}`
      .replace('load: { executor: storm, drain: 20s }', STREAM)
      .replace('ike: [', 'retransmit: { first: 1s, factor: 1, tries: 2 }\n    ike: [');
  const ends = (expires: string): string => `certificate: { authority: corporate, expires: ${expires} }`;

  it('are not believed by gateways from then on', async () => {
    const { negotiations, failures, responder, series } = await run(expiring(ends('30s'), issued));
    expect(negotiations).toMatchObject({ succeeded: 30, failed: 30 });
    expect(failures).toEqual({ 'certificate-rejected': 30 });
    expect(responder.failures).toEqual({ 'certificate-expired': 30 });
    expect(series.connected?.at(-1)).toBe(0);
  });

  it('are not believed by users either, and those of an authority by nobody', async () => {
    const ofGate = await run(expiring(issued, ends('30s')));
    expect(ofGate.failures).toEqual({ 'certificate-expired': 30 });
    const authority = 'authorities: { corporate: { key: ecdsa-256';
    const ofAll = await run(
      expiring(issued, issued).replace(authority, `${authority}, intermediates: 1, expires: 30s`),
    );
    expect(ofAll.responder.failures).toEqual({ 'certificate-expired': 30 });
  });

  it('end no tunnel that stands, but for those that have to be made anew', async () => {
    const standing = expiring(`${ends('30s')}\n    rekey: { margin: 5s, fuzz: 0% }`, issued)
      .replace(STREAM, 'load: { executor: storm, measure: 1m, drain: 5s }')
      .replace('retransmit', 'retry: { wait: 10s }\n    retransmit');
    const kept = await run(standing.replace('ike: [', 'ike-lifetime: 1h\n    esp-lifetime: 20s\n    ike: ['));
    expect(kept.negotiations).toMatchObject({ started: 4, succeeded: 4 });
    expect(kept.comeBack).toBeUndefined();
    expect(kept.lifecycle['phase2-rekeyed']).toBeGreaterThan(8);
    const ended = await run(standing.replace('ike: [', 'ike-lifetime: 40s\n    ike: ['));
    expect(ended.lifecycle['rekey-failed']).toBeGreaterThanOrEqual(4);
    expect(ended.comeBack).toMatchObject({ tunnelsLost: 4, back: 0 });
  });

  it('expire for whoever has a clock that goes before, until it is set', async () => {
    const faults =
      'faults:\n  - { fault: clock-step, peers: gate, at: 9500ms, by: 30s }\n' +
      '  - { fault: clock-step, peers: gate, at: 19500ms, by: -30s }\n';
    const { negotiations, responder } = await run(expiring(ends('30s'), issued, faults));
    // From 10 s to 19 s the gateway thinks that it is 40 s and more; from 30 s on it is.
    expect(responder.failures).toEqual({ 'certificate-expired': 10 + 30 });
    expect(negotiations).toMatchObject({ succeeded: 60 - 40 });
  });

  it('in real time, too', async () => {
    const real = expiring(ends('0s'), issued)
      .replace('clock: virtual\n', '')
      .replace(STREAM, 'load: { executor: storm, drain: 20s }');
    const { responder } = await run(real);
    expect(responder.failures).toEqual({ 'certificate-expired': 4 });
  });
});
