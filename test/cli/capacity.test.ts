import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { capacityResultSchema } from '../../src/measure/capacity-result.ts';
import { parseRunResult } from '../../src/measure/result.ts';
import { SMALL_SCENARIO, STORM } from '../run/small-scenario.ts';
import { WorkFolder } from './ikestorm.ts';

const RATE = 'load: { executor: constant-arrival-rate, rate: 50/s, measure: 1s, hold: 100ms }\n';
const OPTIONS = ['--repeats', '1', '--workers', '1'];

const SEVERAL_RUNS_MS = 180_000;

let folder: WorkFolder;
beforeEach(() => {
  folder = new WorkFolder();
  folder.write('office.yaml', `clock: virtual\n${SMALL_SCENARIO}${RATE}`);
});
afterEach(() => folder.remove());

function searchFolder(): string {
  const results = join(folder.path, 'results');
  const [name] = readdirSync(results).filter((each) => each.includes('-capacity-'));
  return join(results, name!);
}

describe('ikestorm capacity', { timeout: SEVERAL_RUNS_MS }, () => {
  it('keeps the search, a picture and every run in a folder, and prints what it found', async () => {
    const { exitCode, stdout, stderr } = await folder.ikestorm(
      'capacity',
      'office.yaml',
      ...OPTIONS,
      '--to',
      '60/s',
    );
    expect({ exitCode, stderr }).toMatchObject({ exitCode: 0 });
    expect(stdout).toMatch(/^CAPACITY {2}small: at least 60\/s\n/);
    expect(stdout).toContain('no hysteresis');
    expect(stderr).toContain('rising 50/s, seed 7: holds');
    const path = searchFolder();
    const file = (name: string): string => readFileSync(join(path, name), 'utf8');
    const result = capacityResultSchema.parse(JSON.parse(file('capacity.json')));
    expect(result).toMatchObject({ rising: { holdingHz: 60, end: 'limit' }, falling: { holdingHz: 60 } });
    expect(result.steps.map(({ branch, rateHz }) => [branch, rateHz])).toEqual([
      ['rising', 50],
      ['rising', 60],
      ['falling', 60],
    ]);
    for (const step of result.steps) {
      const run = parseRunResult(JSON.parse(file(join(step.folder!, 'result.json'))));
      expect(run.rates.succeededHz).toBe(step.succeededHz);
    }
    expect(file('capacity.svg')).toContain('<svg');
    expect(file('summary.md')).toContain('(capacity.svg)');
  });

  it('refuses a load without a rate and rates that are none, and leaves nothing behind', async () => {
    folder.write('storm.yaml', `${SMALL_SCENARIO}${STORM}`);
    const storm = await folder.ikestorm('capacity', 'storm.yaml');
    expect(storm).toMatchObject({ exitCode: 2, stdout: '' });
    expect(storm.stderr).toMatch(/storm has no rate[\s\S]*poisson/);
    const wrong = await folder.ikestorm('capacity', 'office.yaml', '--from', 'fast');
    expect(wrong).toMatchObject({ exitCode: 2, stdout: '' });
    expect(wrong.stderr).toContain('/s');
    expect(existsSync(join(folder.path, 'results'))).toBe(false);
  });

  it('prints what was measured when it is stopped', async () => {
    const { child, finished, saw } = folder.start('capacity', 'office.yaml', ...OPTIONS);
    await saw(/rising 50\/s, seed 7: holds/);
    child.kill('SIGINT');
    const { exitCode, stdout } = await finished;
    expect(exitCode).toBe(105);
    expect(stdout).toMatch(/^CAPACITY {2}small: at least \d+\/s\n/);
    const kept = JSON.parse(readFileSync(join(searchFolder(), 'capacity.json'), 'utf8')) as unknown;
    expect(kept).toMatchObject({ rising: { end: 'signal' }, falling: null });
    expect(capacityResultSchema.parse(kept).steps.length).toBeGreaterThan(0);
  });
});
