/** `ikestorm capacity --target` against strongSwan: a whole search, whatever this machine may hold, and nothing left behind. */
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, it } from 'vitest';
import { capacityResultSchema, type CapacityResult } from '../../src/measure/capacity-result.ts';
import { parseRunResult } from '../../src/measure/result.ts';
import type { ScenarioInput } from '../../src/scenario/schema.ts';
import { type PeersWanted, stormScenario, writeScenario } from './ikestorm.ts';
import { type Finished, waitUntil } from './namespace.ts';
import { type Charon, startGateway } from './strongswan.ts';
import { createWorkPlace } from './work-place.ts';

const MAIN = fileURLToPath(new URL('../../dist/cli/main.js', import.meta.url));
const IKE = 'aes128-sha256-x25519';
/** Whoever else uses this machine: it is not asked how fast it is. */
const PATIENT = { 'send-lag-limit': '20s', drain: '10s' } as const;

function openLoad(wanted: Partial<PeersWanted> = {}): ScenarioInput {
  const storm = stormScenario({ count: 60, mode: 'main', ike: IKE, capture: false, ...wanted });
  const load = { executor: 'constant-arrival-rate', rate: '10/s', measure: '1s' } as const;
  return { ...storm, name: 'searched', workers: 1, load: { ...load, 'warm-up': '300ms', ...PATIENT } };
}

describe('capacity --target', () => {
  const place = createWorkPlace('capacity');
  let gateway: Charon;

  beforeAll(async () => {
    gateway = await startGateway(place.namespace, place.folder('gateway'), { ike: IKE });
    return () => gateway.stop();
  });

  interface Searched extends Finished {
    readonly result: CapacityResult;
    readonly folder: string;
  }

  async function search(scenario: ScenarioInput, ...options: readonly string[]): Promise<Searched> {
    const directory = place.folder('search');
    const file = writeScenario(directory, scenario);
    const command = [MAIN, 'capacity', file, '--target', '127.0.0.1', '--repeats', '1', ...options];
    const outcome = await place.namespace.run(process.execPath, command, { cwd: directory });
    const [name] = readdirSync(join(directory, 'results')).filter((each) => each.includes('-capacity-'));
    const folder = join(directory, 'results', name!);
    const text = readFileSync(join(folder, 'capacity.json'), 'utf8');
    return { ...outcome, folder, result: capacityResultSchema.parse(JSON.parse(text)) };
  }

  it('searches before and after an overload, and leaves no SA at the gateway', async () => {
    const limits = ['--to', '20/s', '--max-steps', '3', '--overload-time', '1s', '--settle', '500ms'];
    const { code, stdout, folder, result } = await search(openLoad(), ...limits);
    expect([code, result.runtime, result.target]).toEqual([0, 'udp', '127.0.0.1:500']);
    expect(result.steps.length).toBeGreaterThan(1);
    for (const step of result.steps) {
      const run = parseRunResult(JSON.parse(readFileSync(join(folder, step.folder!, 'result.json'), 'utf8')));
      expect(run).toMatchObject({ manifest: { target: '127.0.0.1:500', seed: 1 }, failures: {} });
      expect(run.wholeRun.succeeded).toBe(run.wholeRun.started);
      expect(step.command).toContain('--target 127.0.0.1');
    }
    expect(stdout).toContain(`${result.rising.holdingHz}/s`);
    await waitUntil('the gateway holds nothing', async () => {
      const { stdout: statistics } = await gateway.swanctl(['--stats']);
      return statistics.includes('IKE_SAs: 0 total, 0 half-open');
    });
  });

  it('says that nothing holds where nobody gets in, and waits for the gateway in between', async () => {
    const scenario = openLoad({ preSharedKey: 'quite another key' });
    const limits = ['--max-steps', '2', '--pause', '200ms', '--set', 'load.drain=500ms'];
    const { code, stdout, stderr, result } = await search(scenario, ...limits);
    expect([code, result.rising.end, result.rising.holdingHz, result.falling]).toEqual([
      99,
      'rates',
      null,
      null,
    ]);
    expect(result.steps.map(({ rateHz }) => rateHz)).toEqual([10, 5]);
    expect(stdout).toContain('none found (as many rates as allowed were tried)');
    expect(stderr.match(/waiting 200 ms for the gateway/g)).toHaveLength(1);
  });
});
