import { createSocket } from 'node:dgram';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { STORM, SMALL_SCENARIO } from '../run/small-scenario.ts';
import { type Started, WorkFolder } from './ikestorm.ts';

let folder: WorkFolder;
beforeEach(() => {
  folder = new WorkFolder();
  folder.write('scenario.yaml', `${SMALL_SCENARIO}${STORM}`);
});
afterEach(() => folder.remove());

const BIND = ['--bind', '127.0.0.1', '--port', '0', '--nat-port', '0'];

/** Starts `ikestorm serve` and returns when it is bound. */
async function serve(...args: readonly string[]): Promise<Started & { readonly port: number }> {
  const started = folder.start('serve', 'scenario.yaml', ...BIND, ...args);
  let text = '';
  started.child.stdout?.on('data', (chunk: string) => (text += chunk));
  await started.saw(/serving group/);
  while (!text.includes('READY')) await new Promise((resolve) => setTimeout(resolve, 5));
  return { ...started, port: Number(/^READY \S+ (\d+) \d+$/m.exec(text)?.[1]) };
}

describe('ikestorm serve', () => {
  it('says what it offers to people, and to programs where it is bound', async () => {
    const { child, finished } = await serve();
    child.kill('SIGTERM');
    const { stdout, stderr } = await finished;
    expect(stdout).toMatch(/^READY 127\.0\.0\.1 \d+ \d+\n$/);
    expect(stderr).toMatch(/^serving group gateways at 127\.0\.0\.1, UDP \d+ and \d+/);
    expect(stderr).toContain('main, aggressive');
    expect(stderr).toContain('aes128-sha256-x25519');
  });

  it.each(['SIGINT', 'SIGTERM'] as const)('ends in order at %s, with its counters', async (signal) => {
    const { child, finished, port, saw } = await serve('--json', '--stats-interval', '0.05');
    const socket = createSocket('udp4');
    socket.send('this is not IKE', port, '127.0.0.1');
    await saw(/dropped: 1 too-short/);
    socket.close();
    child.kill(signal);
    const { exitCode, stdout } = await finished;
    expect(exitCode).toBe(0);
    expect(JSON.parse(stdout.slice(stdout.indexOf('{')))).toMatchObject({
      phase1Established: 0,
      datagramsReceived: 1,
      drops: { 'too-short': 1 },
      failures: {},
      losses: {},
    });
  });

  it.each([
    [['--group', 'nobody'], /no group nobody[\s\S]*workers, gateways/],
    [['--port', '65536'], /0 to 65535/],
    [['--stats-interval', 'often'], /seconds/],
    [['--bind', '192.0.2.1'], /EADDRNOTAVAIL[\s\S]*hint/],
    [['--bind', 'gateway.example'], /IP address/],
  ])('refuses what cannot be, with 2 and a word that helps: %j', async (args, help) => {
    const { exitCode, stdout, stderr } = await folder.ikestorm('serve', 'scenario.yaml', ...BIND, ...args);
    expect(stderr).toMatch(help);
    expect(exitCode).toBe(2);
    expect(stdout).toBe('');
  });

  it('refuses a scenario that is not valid with 104', async () => {
    folder.write('broken.yaml', 'name: broken\n');
    expect(await folder.ikestorm('serve', 'broken.yaml')).toMatchObject({ exitCode: 104, stdout: '' });
  });
});
