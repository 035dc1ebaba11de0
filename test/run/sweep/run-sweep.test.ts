import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { sweepResultSchema } from '../../../src/measure/sweep-result.ts';
import type { RunResult } from '../../../src/measure/result.ts';
import { sweepSvg } from '../../../src/report/chart/sweep-chart.ts';
import { sweepCsv, sweepMarkdown, sweepText } from '../../../src/report/sweep-report.ts';
import { writeResult } from '../../../src/run/result-writer.ts';
import { parseVariation } from '../../../src/run/sweep/grid.ts';
import { runSweep } from '../../../src/run/sweep/run-sweep.ts';
import type { SweepOptions } from '../../../src/run/sweep/run-sweep.ts';
import { sampleResult } from '../../measure/sample-run.ts';
import { STORM, smallScenario } from '../small-scenario.ts';

let out: string;
beforeEach(() => {
  out = mkdtempSync(join(tmpdir(), 'ikestorm-sweep-'));
});
afterEach(() => rmSync(out, { recursive: true, force: true }));

const PASSED = sampleResult();

/** A run whose throughput is ten times its gateways, plus its seed. */
function sweep(options: Partial<SweepOptions> = {}, settings: readonly string[] = []) {
  const ran: string[] = [];
  let kept = 0;
  let atOnce = 0;
  let mostAtOnce = 0;
  const finished = runSweep(smallScenario(STORM, 'clock=virtual', ...settings), {
    variations: [parseVariation('peers.gateways.count=1,2,3')],
    seeds: 2,
    parallel: 2,
    outDirectory: out,
    onPlan: (plan) => ({ kept } = plan),
    async runOne({ scenario, settings: applied, file }, { seed = 0, folder, workers }) {
      expect(workers).toBe(1);
      mostAtOnce = Math.max(mostAtOnce, ++atOnce);
      const gateways = scenario.groups.at(-1)!.count;
      ran.push(`${gateways}/${seed}`);
      const manifest = { ...PASSED.manifest, settings: [...applied], scenarioFile: file, seed };
      const rates = { ...PASSED.rates, succeededHz: 10 * gateways + seed };
      const result: RunResult = { ...PASSED, rates, manifest };
      await writeResult(folder!, result);
      atOnce--;
      return result;
    },
    ...options,
  });
  return { finished, ran, kept: () => kept, mostAtOnce: () => mostAtOnce };
}

describe('a sweep', () => {
  it('runs every point with every seed, some at once, and gathers the spread', async () => {
    const { finished, ran, mostAtOnce } = sweep();
    const { result, folder } = await finished;
    expect(ran.toSorted()).toEqual(['1/7', '1/8', '2/7', '2/8', '3/7', '3/8']);
    expect(mostAtOnce()).toBe(2);
    expect(folder).toMatch(/small-sweep-[0-9a-f]{12}$/);
    expect(sweepResultSchema.parse(structuredClone(result))).toEqual(result);
    expect(result).toMatchObject({ isComplete: true, seeds: [7, 8] });
    expect(result.points[2]).toMatchObject({
      values: ['3'],
      runs: 2,
      passed: 2,
      metrics: { succeededHz: { median: 37.5, minimum: 37, maximum: 38, runs: 2 } },
    });
    expect(result.runs[0]?.command).toBe(
      'ikestorm run small.yaml --set clock=virtual --set peers.gateways.count=1 --seed 7 --workers 2',
    );
  });

  it('goes on where it was stopped, and starts anew when anything else is asked for', async () => {
    const stop = new AbortController();
    const first = sweep({
      parallel: 1,
      signal: stop.signal,
      onRun: (_, done) => done === 2 && stop.abort('SIGINT'),
    });
    expect((await first.finished).result).toMatchObject({ isComplete: false, runs: { length: 2 } });
    const second = sweep();
    const { result, folder } = await second.finished;
    expect(second.kept()).toBe(2);
    expect(second.ran).toHaveLength(4);
    expect(result.isComplete).toBe(true);
    const third = sweep();
    expect((await third.finished).result).toEqual(result);
    expect(third.ran).toEqual([]);
    const other = sweep({}, ['load.spread=5s']);
    expect((await other.finished).folder).not.toBe(folder);
    expect(other.ran).toHaveLength(6);
  });

  it('runs again what a kill left half written', async () => {
    const { folder } = await sweep().finished;
    const half = join(folder, 'runs', 'point-1-seed-8', 'result.json');
    writeFileSync(half, readFileSync(half, 'utf8').slice(0, 1000));
    const again = sweep();
    expect((await again.finished).result.isComplete).toBe(true);
    expect(again.ran).toEqual(['2/8']);
  });

  it('finds what is wrong with any point before it runs one', async () => {
    const { finished, ran } = sweep({ variations: [parseVariation('peers.gateways.count=1,many')] });
    await expect(finished).rejects.toMatchObject({ name: 'ScenarioError' });
    const wrong = sweep({ variations: [parseVariation('peers.gatways.count=1,2')] });
    await expect(wrong.finished).rejects.toThrow(/no group "gatways"/);
    expect([...ran, ...wrong.ran]).toEqual([]);
  });

  it('is told as text, Markdown, CSV and a picture', async () => {
    const { result } = await sweep({
      variations: [parseVariation('peers.gateways.count=1,2'), parseVariation('load.spread=0s,1s')],
    }).finished;
    const text = sweepText(result);
    expect(text).toMatch(/^SWEEP {2}small: 4 points with 2 seeds each\n/);
    expect(text).toMatch(/^2 +1s +2\/2 .*27\.5 \/s \(27\.0 \/s to 28\.0 \/s\)/m);
    // A column a point: two lines with all metrics would be wider.
    const two = sweepText({ ...result, points: result.points.slice(1, 3) });
    expect(two).toMatch(/^peers\.gateways\.count +1 +2\nload\.spread +1s +0s\npassed +2\/2 /m);
    expect(two).toMatch(/^throughput .*27\.5 \/s \(27\.0 \/s to 28\.0 \/s\)/m);
    expect(text).toContain('\nNumbers are medians over the seeds');
    const single = sweepText({ ...result, seeds: [7] });
    expect(single).toContain('4 points with 1 seed each');
    expect(single).not.toContain('medians');
    const csv = sweepCsv(result).split('\r\n');
    expect(csv[0]).toMatch(
      /^peers\.gateways\.count,load\.spread,seed,verdict,outcome,succeededShare,succeededHz,/,
    );
    expect(csv[1]).toMatch(/^1,0s,7,pass,,/);
    expect(csv).toHaveLength(10);
    expect(sweepMarkdown(result, 'sweep.svg')).toContain('![What came of what was varied](sweep.svg)');
    const svg = sweepSvg(result);
    expect(svg).toContain('>1s</text>');
    expect(svg).not.toMatch(/NaN|undefined/);
  });
});
