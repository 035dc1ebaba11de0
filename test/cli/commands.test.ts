import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { SMALL_SCENARIO, STORM } from '../run/small-scenario.ts';
import { WorkFolder } from './ikestorm.ts';

const CLOSED_SCENARIO = `${SMALL_SCENARIO}load: { executor: constant-peers }\n`;

let folder: WorkFolder;
beforeEach(() => {
  folder = new WorkFolder();
});
afterEach(() => folder.remove());

const COMMANDS = [
  'run',
  'capacity',
  'sweep',
  'compare',
  'serve',
  'calibrate',
  'validate',
  'schema',
  'profiles',
  'init',
];

describe('ikestorm', () => {
  it('shows two examples first when it is asked for help, and leaves with 0', async () => {
    const { exitCode, stdout, stderr } = await folder.ikestorm('--help');
    expect(exitCode).toBe(0);
    expect(stdout).toMatch(/^Examples:\n {2}\$ ikestorm .+\n {2}\$ ikestorm .+\n/);
    for (const command of COMMANDS) expect(stdout).toContain(`  ${command} `);
    expect(stderr).toBe('');
  });

  it.each(COMMANDS)('has examples for %s', async (command) => {
    const { exitCode, stdout } = await folder.ikestorm(command, '--help');
    expect(exitCode).toBe(0);
    expect(stdout).toMatch(
      new RegExp(`^Examples:\\n {2}\\$ ikestorm ${command}.*\\n {2}\\$ ikestorm ${command}`),
    );
  });

  it.each([
    [SMALL_SCENARIO + STORM, [], /small\.yaml: a load of its own accord[\s\S]*constant-peers/],
    [CLOSED_SCENARIO, ['--target-pid', '999999999'], /CPU time of process 999999999 cannot be read/],
    [CLOSED_SCENARIO, ['--basic', 'missing.json'], /calibration card missing\.json cannot be read/],
  ])('does not calibrate to a target when it cannot be right', async (text, parameters, message) => {
    const file = folder.write('small.yaml', text);
    const { exitCode, stderr } = await folder.ikestorm(
      'calibrate',
      '--target',
      '127.0.0.1',
      ...parameters,
      file,
    );
    expect([exitCode, stderr]).toEqual([2, expect.stringMatching(message)]);
  });

  it('says its version', async () => {
    const { exitCode, stdout } = await folder.ikestorm('--version');
    expect(exitCode).toBe(0);
    expect(stdout).toMatch(/^\d+\.\d+\.\d+ \(Node\.js \d+/);
  });

  it.each([
    [['rum'], /unknown command 'rum'[\s\S]*run/],
    [['run', 'x.yaml', '--seeds', '1'], /unknown option '--seeds'[\s\S]*--seed/],
    [['run'], /missing required argument/],
    [['run', 'x.yaml', '--seed', 'many'], /whole number/],
    [['run', 'x.yaml', '--crypto', 'magic'], /fastest, native, noble/],
    [['schema', 'everything'], /scenario, result/],
    [['calibrate', 'x.yaml'], /scenarios are loads for a gateway[\s\S]*--target/],
    [['calibrate', '--target', '127.0.0.1'], /takes 1 to 3 scenarios, not 0/],
    [['calibrate', '--target', '127.0.0.1', '--target-cores', 'all', 'x.yaml'], /whole number/],
    [[], /Usage/],
  ])('refuses wrong usage with 2 and a word that helps: %j', async (args, help) => {
    const { exitCode, stdout, stderr } = await folder.ikestorm(...args);
    expect(exitCode).toBe(2);
    expect(stderr).toMatch(help);
    expect(stdout).toBe('');
  });

  it('ends quietly when nobody reads what it writes', async () => {
    const { child, finished } = folder.start('schema', 'result');
    child.stdout!.destroy();
    expect(await finished).toMatchObject({ exitCode: 0, stderr: '' });
  });
});

describe('ikestorm validate', () => {
  it('is silent about what is wrong nowhere, and points to line and column of what is', async () => {
    folder.write('good.yaml', SMALL_SCENARIO + STORM);
    folder.write('bad.yaml', (SMALL_SCENARIO + STORM).replace('count: 12', 'count: dozen'));
    const { exitCode, stdout, stderr } = await folder.ikestorm('validate', 'bad.yaml', 'good.yaml');
    expect(exitCode).toBe(104);
    expect(stderr).toMatch(/^bad\.yaml:8:12: peers\.workers\.count: /m);
    expect(stderr).not.toContain('good.yaml');
    expect(stdout).toBe('good.yaml: valid (small, 14 peers)\n');
  });

  it('says when there is no such file', async () => {
    const { exitCode, stderr } = await folder.ikestorm('validate', 'missing.yaml');
    expect(exitCode).toBe(104);
    expect(stderr).toContain('missing.yaml: no such file');
  });

  it('tells a scenario whose code threw from one that is wrong', async () => {
    folder.write('throws.mjs', 'throw new Error("out of ideas");');
    const { exitCode, stderr } = await folder.ikestorm('validate', 'throws.mjs');
    expect(exitCode).toBe(107);
    expect(stderr).toContain('out of ideas');
  });
});

describe('ikestorm schema', () => {
  it.each(['scenario', 'result', 'capacity'])(
    'prints the JSON Schema of a %s and nothing else',
    async (kind) => {
      const { exitCode, stdout, stderr } = await folder.ikestorm('schema', kind);
      expect(exitCode).toBe(0);
      expect(JSON.parse(stdout)).toMatchObject({ type: 'object' });
      expect(stderr).toBe('');
    },
  );
});

describe('ikestorm profiles', () => {
  it('lists them, and prints one as keys of a scenario with their sources', async () => {
    const { exitCode, stdout } = await folder.ikestorm('profiles');
    expect(exitCode).toBe(0);
    expect(stdout).toMatch(/^cisco-ios +Cisco IOS 12\.1 to 15\.0$/m);
    const { stdout: yaml } = await folder.ikestorm('profiles', 'isakmpd');
    expect(yaml).toMatch(/^# .+\nretransmit: \[7s, 9s, 11s\]$/m);
  });

  it('refuses a name that is none, and says which there are', async () => {
    const { exitCode, stderr } = await folder.ikestorm('profiles', 'nobody');
    expect(exitCode).toBe(2);
    expect(stderr).toContain('netscreen');
  });
});

describe('ikestorm init', () => {
  it('writes a scenario that is valid and runs', async () => {
    expect(await folder.ikestorm('init')).toMatchObject({ exitCode: 0, stdout: '' });
    const short = ['--set', 'load.warm-up=0s', '--set', 'load.measure=500ms', '--set', 'thresholds=[]'];
    const { exitCode, stdout, stderr } = await folder.ikestorm('run', 'scenario.yaml', '--quiet', ...short);
    expect({ exitCode, stderr }).toMatchObject({ exitCode: 0 });
    expect(stdout).toContain('my-scenario');
    const [run] = readdirSync(join(folder.path, 'results'));
    expect(readdirSync(join(folder.path, 'results', run!)).toSorted()).toEqual(['result.json', 'summary.md']);
  });

  it('replaces nothing unless it is forced to', async () => {
    const path = folder.write('mine.yaml', 'precious');
    const { exitCode, stderr } = await folder.ikestorm('init', 'mine.yaml');
    expect(exitCode).toBe(2);
    expect(stderr).toContain('--force');
    expect(readFileSync(path, 'utf8')).toBe('precious');
    expect(await folder.ikestorm('init', 'mine.yaml', '--force')).toMatchObject({ exitCode: 0 });
    expect(readFileSync(path, 'utf8')).not.toBe('precious');
  });

  it('says why a file cannot be written', async () => {
    const { exitCode, stderr } = await folder.ikestorm('init', 'no/such/folder.yaml');
    expect(exitCode).toBe(2);
    expect(stderr).toContain('no/such/folder.yaml');
    expect(existsSync(join(folder.path, 'no'))).toBe(false);
  });
});
