import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { sweepResultSchema } from '../../src/measure/sweep-result.ts';
import { SMALL_SCENARIO, STORM } from '../run/small-scenario.ts';
import { WorkFolder } from './ikestorm.ts';

const SEVERAL_RUNS_MS = 180_000;
const VARY = ['--vary', 'peers.gateways.count=1,2', '--seeds', '2'];

let folder: WorkFolder;
beforeEach(() => {
  folder = new WorkFolder();
  folder.write('storm.yaml', `clock: virtual\n${SMALL_SCENARIO}${STORM}`);
});
afterEach(() => folder.remove());

describe('ikestorm sweep', { timeout: SEVERAL_RUNS_MS }, () => {
  it('goes on after it was killed, and then has everything beside its picture', async () => {
    const killed = folder.start('sweep', 'storm.yaml', ...VARY, '--parallel', '1');
    await killed.saw(/1 of 4: /);
    killed.child.kill('SIGKILL');
    await killed.finished;
    const { exitCode, stdout, stderr } = await folder.ikestorm(
      'sweep',
      'storm.yaml',
      ...VARY,
      '--format',
      'json',
    );
    expect({ exitCode, stderr }).toMatchObject({ exitCode: 0 });
    expect(stderr).toMatch(/4 runs in results\/small-sweep-[0-9a-f]{12}, [1-3] of them there already/);
    const result = sweepResultSchema.parse(JSON.parse(stdout));
    expect(result).toMatchObject({ isComplete: true, runs: { length: 4 } });
    expect(result.points[1]).toMatchObject({ values: ['2'], passed: 2, recovered: 2 });
    const path = join(folder.path, 'results', `small-sweep-${result.key}`);
    expect(readdirSync(path).toSorted()).toEqual([
      'runs',
      'summary.md',
      'sweep.csv',
      'sweep.json',
      'sweep.svg',
    ]);
    expect(sweepResultSchema.parse(JSON.parse(readFileSync(join(path, 'sweep.json'), 'utf8')))).toEqual(
      result,
    );
  });

  it('refuses a sweep of nothing, and points to a path that is none', async () => {
    expect(await folder.ikestorm('sweep', 'storm.yaml')).toMatchObject({
      exitCode: 2,
      stderr: expect.stringContaining('--vary'),
    });
    const wrong = await folder.ikestorm('sweep', 'storm.yaml', '--vary', 'peers.gateway.count=1,2');
    expect(wrong.exitCode).toBe(104);
    expect(wrong.stderr).toMatch(/peers\.gateway\.count=1[\s\S]*gateways/);
    expect(existsSync(join(folder.path, 'results'))).toBe(false);
  });
});
