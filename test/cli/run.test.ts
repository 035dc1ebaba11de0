import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { mkdirSync, readFileSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { parseRunResult } from '../../src/measure/result.ts';
import { SMALL_SCENARIO, STORM } from '../run/small-scenario.ts';
import { WorkFolder } from './ikestorm.ts';

const ENDLESS = 'load: { executor: constant-arrival-rate, rate: 40/s, measure: 10m, hold: 100ms }\n';

let folder: WorkFolder;
beforeEach(() => {
  folder = new WorkFolder();
  folder.write('small.yaml', SMALL_SCENARIO + STORM);
  folder.write('endless.yaml', SMALL_SCENARIO + ENDLESS);
});
afterEach(() => folder.remove());

/** The only folder in `results`. */
function resultFolder(): string {
  const results = join(folder.path, 'results');
  const names = readdirSync(results);
  expect(names).toHaveLength(1);
  return join(results, names[0]!);
}

const resultFile = () =>
  parseRunResult(JSON.parse(readFileSync(join(resultFolder(), 'result.json'), 'utf8')));

describe('ikestorm run', () => {
  it('writes the report to stdout, the rest to stderr, and keeps the result in a folder named by scenario and time', async () => {
    const { exitCode, stdout, stderr } = await folder.ikestorm('run', 'small.yaml', '--workers', '2');
    expect(exitCode).toBe(0);
    expect(stdout).toMatch(/^PASS {2}small\n/);
    expect(stdout).not.toContain('\u001b[');
    expect(stderr).toMatch(/results in results\/small-\d{8}T\d{6}Z\n$/);
    expect(resultFile()).toMatchObject({ verdict: 'pass', wholeRun: { started: 12, succeeded: 12 } });
    expect(readFileSync(join(resultFolder(), 'summary.md'), 'utf8')).toContain('small');
  });

  it('prints JSON and nothing but JSON when asked to, and is the same as the file', async () => {
    const { exitCode, stdout } = await folder.ikestorm('run', 'small.yaml', '--json', '--seed', '3');
    expect(exitCode).toBe(0);
    const result = parseRunResult(JSON.parse(stdout));
    expect(result).toMatchObject({ scenario: 'small', manifest: { seed: 3 } });
    expect(result.manifest.commandLine.slice(2)).toEqual(['run', 'small.yaml', '--json', '--seed', '3']);
    expect(result).toEqual(resultFile());
  });

  it('applies settings, and points to a wrong one', async () => {
    const good = await folder.ikestorm(
      'run',
      'small.yaml',
      '--json',
      '--set',
      'peers.workers.count=3',
      '--set',
      'seed=8',
    );
    expect(JSON.parse(good.stdout)).toMatchObject({ wholeRun: { started: 3 }, manifest: { seed: 8 } });
    const bad = await folder.ikestorm('run', 'small.yaml', '--set', 'peers.worker.count=3');
    expect(bad.exitCode).toBe(104);
    expect(bad.stderr).toContain('did you mean "workers"?');
  });

  it('leaves with 99 when a threshold does not hold', async () => {
    const { exitCode, stdout } = await folder.ikestorm(
      'run',
      'small.yaml',
      '--set',
      'thresholds=[latency max < 1us]',
    );
    expect(exitCode).toBe(99);
    expect(stdout).toMatch(/^FAIL/);
    expect(resultFile().verdict).toBe('threshold-failed');
  });

  it('leaves with 110 when the generator could not keep to its schedule', async () => {
    const { exitCode } = await folder.ikestorm('run', 'small.yaml', '--set', 'load.send-lag-limit=1ns');
    expect(exitCode).toBe(110);
  });

  it('leaves with 111 when the target has no address or never answers', async () => {
    const unknown = await folder.ikestorm('run', 'small.yaml', '--target', 'no-such-host.invalid');
    expect(unknown).toMatchObject({ exitCode: 111, stdout: '' });
    const silent = ['--target', '127.0.0.1:9', '--source', '127.67.0.0/16', '--set', 'peers.workers.port=0'];
    const { exitCode, stdout } = await folder.ikestorm('run', 'small.yaml', ...silent);
    expect(exitCode).toBe(111);
    expect(stdout).toContain('nobody answered');
  });

  it('refuses a public target, and runs nothing', async () => {
    const { exitCode, stderr } = await folder.ikestorm('run', 'small.yaml', '--target', '198.51.100.1');
    expect(exitCode).toBe(2);
    expect(stderr).toContain('--allow-public-target');
    expect(readdirSync(folder.path)).not.toContain('results');
  });

  it('says at once when the folder of results cannot be made', async () => {
    folder.write('file', '');
    const { exitCode, stdout, stderr } = await folder.ikestorm(
      'run',
      'endless.yaml',
      '--out',
      'file/results',
    );
    expect(exitCode).toBe(2);
    expect(stderr).toMatch(/cannot write file\/results: .*\n {2}hint: /);
    expect(stdout).toBe('');
  });

  it('shows the summary when the result cannot be kept', async () => {
    const { saw, finished, child } = folder.start('run', 'endless.yaml');
    await saw(/measuring/);
    // A folder with the name of the file: what a full disk does, done without one.
    mkdirSync(join(resultFolder(), 'result.json'));
    child.kill('SIGTERM');
    const { exitCode, stdout, stderr } = await finished;
    expect(stdout).toContain('small');
    expect(stdout).toContain('negotiations');
    expect(stderr).toMatch(/cannot write .*result\.json/);
    expect(exitCode).toBe(2);
  });

  it('writes captures and keys that only the owner can read', async () => {
    const { exitCode } = await folder.ikestorm('run', 'small.yaml', '--capture', '--workers', '2', '--quiet');
    expect(exitCode).toBe(0);
    const path = resultFolder();
    expect(readdirSync(path).toSorted()).toEqual([
      'capture-retransmissions.pcapng',
      'capture.pcapng',
      'esp_sa',
      'ikev1_decryption_table',
      'keys.ndjson',
      'recovery.svg',
      'result.json',
      'summary.md',
    ]);
    const lines = (name: string) => readFileSync(join(path, name), 'utf8').trim().split('\n');
    // Both ends of each negotiation know its keys.
    expect(new Set(lines('ikev1_decryption_table')).size).toBe(12);
    expect(statSync(join(path, 'keys.ndjson')).mode & 0o077).toBe(0);
    expect(statSync(join(path, 'capture.pcapng')).size).toBeGreaterThan(12 * 6 * 100);
  });
});

describe('a signal', () => {
  it('ends the run early, with a report of what was measured, and 105', async () => {
    const { child, finished, saw } = folder.start('run', 'endless.yaml');
    await saw(/measuring/);
    child.kill('SIGINT');
    const { exitCode, stdout, stderr } = await finished;
    expect(exitCode).toBe(105);
    expect(stderr).toContain('SIGINT: stopping');
    expect(stdout).toContain('ended early by SIGINT');
    const result = resultFile();
    expect(result.verdict).toBe('aborted');
    expect(result.wholeRun.succeeded).toBeGreaterThan(0);
  });

  it('leaves at once when it comes a second time', async () => {
    const silent = createSocket('udp4');
    silent.bind(0, '127.0.0.1');
    await once(silent, 'listening');
    try {
      const target = `127.0.0.1:${silent.address().port}`;
      const options = ['--target', target, '--source', '127.68.0.0/16', '--set', 'peers.workers.port=0'];
      const { child, finished, saw } = folder.start('run', 'endless.yaml', ...options);
      await saw(/measuring/);
      child.kill('SIGINT');
      await saw(/stopping/);
      child.kill('SIGTERM');
      expect(await finished).toMatchObject({ exitCode: 105, stdout: '' });
    } finally {
      silent.close();
    }
  });
});
