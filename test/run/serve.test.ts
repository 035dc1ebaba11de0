/** Both ends over real sockets on loopback: one process serves, workers connect. Needs no privileges. */
import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { serveGateway, type ServedGateway, type ServeOptions } from '../../src/run/serve.ts';
import type { ServeCounters } from '../../src/run/serve-meter.ts';
import { parseScenario } from '../../src/scenario/load.ts';
import type { LoadedScenario } from '../../src/scenario/scenario.ts';
import { runScenarioBuilt } from '../harness/built-run.ts';

const SCENARIO = `
name: over-udp
runtime: udp
seed: 3
peers:
  clients:
    count: 20
    addresses: 127.30.0.0/16
    port: 0
    identity: client-{number}.test
    psk: shared by all
    mode: { main: 1, aggressive: 1 }
    ike: [aes128-sha256-x25519]
    retransmit: { first: 500ms, tries: 3 }
  gateway:
    role: gateway
    addresses: 127.0.0.1
    identity: gateway.test
    ike: [aes128-sha256-x25519]
connections:
  - { from: clients, to: gateway }
load: { executor: storm, spread: 200ms, drain: 10s }
`;

let stop: AbortController;
let served: Promise<ServeCounters> | undefined;

beforeEach(() => {
  stop = new AbortController();
});

afterEach(async () => {
  stop.abort();
  await served?.catch(() => undefined);
  served = undefined;
});

function scenario(...settings: readonly string[]): LoadedScenario {
  return parseScenario(SCENARIO, 'over-udp.yaml', settings);
}

/** Serves on free ports until `stop` is aborted. */
function serve(loaded: LoadedScenario, options: Partial<ServeOptions> = {}): Promise<ServedGateway> {
  return new Promise((resolve, reject) => {
    served = serveGateway(loaded.scenario, {
      signal: stop.signal,
      port: 0,
      natPort: 0,
      onReady: resolve,
      ...options,
    });
    served.catch(reject);
  });
}

/** The same, with a way to wait for its counters. */
async function serveCounting(loaded: LoadedScenario) {
  let isLooked: (counters: ServeCounters) => void = () => {};
  const gateway = await serve(loaded, { statsIntervalMs: 20, onStats: (counters) => isLooked(counters) });
  const until = (isTrue: (counters: ServeCounters) => boolean): Promise<void> =>
    new Promise((resolve) => (isLooked = (counters) => (isTrue(counters) ? resolve() : undefined)));
  return { gateway, until };
}

async function countersAtEnd(): Promise<ServeCounters> {
  stop.abort();
  if (served === undefined) throw new Error('nothing is served');
  return served;
}

describe('a run over UDP against a served gateway', () => {
  it('sets up a tunnel for every client in both modes, both ends count the same, and in the end all are deleted', async () => {
    const { gateway, until } = await serveCounting(scenario());
    const target = `${gateway.address}:${gateway.port}`;
    const result = await runScenarioBuilt(scenario(), { workers: 2, target });
    expect(result).toMatchObject({
      verdict: 'pass',
      negotiations: { started: 20, succeeded: 20, failed: 0 },
      failures: {},
      generator: { losses: {} },
      manifest: { runtime: 'udp', target: expect.stringContaining(String(gateway.port)) },
    });
    await until(({ childrenHeld, phase1Held }) => childrenHeld === 0 && phase1Held === 0);
    expect(await countersAtEnd()).toMatchObject({
      phase1Established: 20,
      childrenEstablished: 20,
      failures: {},
      losses: {},
    });
  });

  it('leaves the tunnels at the gateway when it is told to', async () => {
    const { gateway } = await serveCounting(scenario());
    const target = `${gateway.address}:${gateway.port}`;
    await runScenarioBuilt(scenario(), { workers: 1, target, keepTunnels: true });
    expect(await countersAtEnd()).toMatchObject({
      childrenEstablished: 20,
      childrenHeld: 20,
      phase1Held: 20,
    });
  });

  it('begins with other cookies each time, since gateways ignore a first message that they know', async () => {
    const listener = createSocket('udp4');
    const heard: string[] = [];
    listener.on('message', (message) => heard.push(message.toString('hex', 0, 8)));
    listener.bind(0, '127.0.0.1');
    await once(listener, 'listening');
    const target = `127.0.0.1:${listener.address().port}`;
    const settings = ['load.drain=200ms', 'peers.clients.retransmit.first=60s', 'peers.clients.count=3'];
    for (const _ of ['first', 'again']) await runScenarioBuilt(scenario(...settings), { workers: 1, target });
    listener.close();
    expect([heard.length, new Set(heard).size]).toEqual([6, 6]);
  });

  it('pings over SAs whose keys both have by hand, without a message of IKE', async () => {
    const keys = ['11'.repeat(16), '22'.repeat(32), '33'.repeat(16), '44'.repeat(32)];
    const given = (natPort: number) =>
      parseScenario(
        `
name: by-hand
runtime: udp
peers:
  branches:
    count: 4
    addresses: 127.31.0.0/24
    port: 0
    static-keys: { secret: 'of branch {number}' }
    nat-traversal: force
    nat-port: ${natPort}
    ping: { count: 3, interval: 100ms, timeout: 10s }
  plant:
    addresses: 127.32.0.1
    port: 0
    static-keys:
      out: { spi: 0xc0000001, encryption-key: '${keys[0]}', integrity-key: '${keys[1]}' }
      back: { spi: 0xc0000002, encryption-key: '${keys[2]}', integrity-key: '${keys[3]}' }
    nat-traversal: force
    nat-port: ${natPort}
    ping: { count: 3, interval: 100ms, timeout: 10s }
  gateway:
    role: gateway
    addresses: 127.0.0.1
    psk: unused
connections: [{ from: branches, to: gateway }, { from: plant, to: gateway }]
load: { executor: storm, drain: 20s }
`,
        'by-hand.yaml',
      );
    const gateway = await serve(given(4500));
    const target = `${gateway.address}:${gateway.port}`;
    const result = await runScenarioBuilt(given(gateway.natPort), { workers: 2, target });
    expect(result.pings).toEqual({ sent: 15, answered: 15, lost: 0 });
    expect(result.drops).toEqual({});
    expect(await countersAtEnd()).toMatchObject({
      phase1Established: 0,
      echoesAnswered: 15,
      datagramsReceived: 15,
      losses: {},
    });
  });

  it('floats to the port for NAT when both ends act as if there were one', async () => {
    const gateway = await serve(scenario());
    const floating = scenario(
      'peers.clients.nat-traversal=force',
      `peers.clients.nat-port=${gateway.natPort}`,
    );
    const result = await runScenarioBuilt(floating, { workers: 1, target: `127.0.0.1:${gateway.port}` });
    expect(result.negotiations).toMatchObject({ started: 20, succeeded: 20 });
    expect(await countersAtEnd()).toMatchObject({ childrenEstablished: 20, losses: {} });
  });

  it('misbehaves when told to, and says how often', async () => {
    const rules = 'peers.gateway.misbehave=[{what: drop, message: [main-2, aggressive-2], times: 5}]';
    const { address, port } = await serve(scenario(rules));
    const { negotiations } = await runScenarioBuilt(scenario(), { workers: 1, target: `${address}:${port}` });
    expect(negotiations.succeeded).toBe(20);
    const { misbehaviour } = await countersAtEnd();
    expect(misbehaviour).toEqual({ 'drop of main-2, aggressive-2': 5 });
  });

  it('fails by cause when the keys differ, and the gateway knows it too', async () => {
    const gateway = await serve(scenario());
    const wrong = scenario('peers.clients.psk=another', 'peers.clients.mode=aggressive');
    const result = await runScenarioBuilt(wrong, { workers: 1, target: `127.0.0.1:${gateway.port}` });
    expect(result.failures).toEqual({ 'authentication-failed': 20 });
    expect(await countersAtEnd()).toMatchObject({ phase1Established: 0, childrenEstablished: 0 });
  });
});

describe('a served gateway that encrypts', () => {
  const method = (name: string): LoadedScenario => {
    const certificate = '\n    certificate: { authority: corporate }';
    const text = SCENARIO.replace('psk: shared by all', `authentication: ${name}${certificate}`)
      .replace('identity: gateway.test', `identity: gateway.test\n    authentication: ${name}${certificate}`)
      .replace('peers:', 'authorities: { corporate: { key: rsa-2048, shared-keys: 2 } }\npeers:');
    return parseScenario(text, 'over-udp.yaml', []);
  };
  let folder = '';
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'ikestorm-test-'));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  it.each(['public-key-encryption', 'revised-public-key-encryption'])(
    'knows the keys of its clients, and they know its own: %s',
    async (name) => {
      const loaded = method(name);
      const gateway = await serve(loaded, { certificateFolder: join(folder, '.certificates') });
      const target = `${gateway.address}:${gateway.port}`;
      const result = await runScenarioBuilt(loaded, { workers: 1, target, outDirectory: folder });
      expect(result).toMatchObject({ negotiations: { succeeded: 20 }, failures: {} });
      expect(await countersAtEnd()).toMatchObject({ phase1Established: 20, childrenEstablished: 20 });
    },
  );
});

describe('a served gateway', () => {
  it('writes keys as they come to be, for its owner alone', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'ikestorm-test-'));
    const keyLogFolder = join(folder, 'keys');
    const gateway = await serve(scenario(), { keyLogFolder });
    await runScenarioBuilt(scenario(), { workers: 1, target: `127.0.0.1:${gateway.port}` });
    const lines = (name: string): number =>
      readFileSync(join(keyLogFolder, name), 'utf8').split('\n').length - 1;
    expect(lines('ikev1_decryption_table')).toBe(20);
    expect(lines('esp_sa')).toBe(40);
    expect(lines('keys.ndjson')).toBe(40);
    expect(statSync(join(keyLogFolder, 'keys.ndjson')).mode & 0o777).toBe(0o600);
    await countersAtEnd();
    rmSync(folder, { recursive: true });
  });

  it('draws true random numbers unless it is given a seed', async () => {
    const cookies = async (options: Partial<ServeOptions>): Promise<string> => {
      stop = new AbortController();
      const gateway = await serve(scenario(), options);
      const socket = createSocket('udp4');
      socket.send(mainModeRequest(), gateway.port, gateway.address);
      const [answer] = (await once(socket, 'message')) as [Buffer];
      socket.close();
      await countersAtEnd();
      return answer.subarray(8, 16).toString('hex');
    };
    const [first, second] = [await cookies({ seed: 1 }), await cookies({ seed: 1 })];
    expect(second).toBe(first);
    expect(await cookies({})).not.toBe(await cookies({}));
  });

  it('counts what is not IKE as a drop and goes on', async () => {
    const gateway = await serve(scenario());
    const socket = createSocket('udp4');
    for (const octets of [[], [0xff], [0, 0, 0, 0], Array.from({ length: 28 }, () => 0xab)]) {
      socket.send(Uint8Array.from(octets), gateway.port, gateway.address);
    }
    const result = await runScenarioBuilt(scenario(), { workers: 1, target: `127.0.0.1:${gateway.port}` });
    socket.close();
    expect(result.negotiations.succeeded).toBe(20);
    const { drops } = await countersAtEnd();
    expect(Object.values(drops).reduce((sum, count) => sum + count, 0)).toBeGreaterThanOrEqual(3);
  });

  it('reports in intervals', async () => {
    const seen: ServeCounters[] = [];
    await serve(scenario(), { statsIntervalMs: 5, onStats: (counters) => seen.push(counters) });
    while (seen.length < 2) await new Promise((resolve) => setTimeout(resolve, 5));
    expect(seen[0]).toMatchObject({ phase1Established: 0, drops: {} });
  });
});

describe('what cannot be served', () => {
  it.each([
    ['an unknown group', { group: 'nobody' }, 'the scenario has no group nobody', /clients, gateway/],
    ['an address of others', { address: '192.0.2.1' }, /192\.0\.2\.1.*EADDRNOTAVAIL/, /loopback/],
  ])('%s', async (_what, options, message, hint) => {
    const attempt = serve(scenario(), options);
    await expect(attempt).rejects.toMatchObject({
      name: 'ServeError',
      message: typeof message === 'string' ? message : expect.stringMatching(message),
      hint: expect.stringMatching(hint),
    });
  });

  it('a port in use', async () => {
    const taken = createSocket('udp4').bind(0, '127.0.0.1');
    await once(taken, 'listening');
    await expect(serve(scenario(), { port: taken.address().port })).rejects.toMatchObject({
      name: 'ServeError',
      message: expect.stringContaining('EADDRINUSE'),
    });
    taken.close();
  });
});

/**
 * Message 1 of main mode with one proposal: AES-128, SHA2-256, group 31, pre-shared key, 8 hours.
 * header | SA: DOI, situation | proposal 1 | transform 1 | attributes
 */
function mainModeRequest(): Buffer {
  const attributes = [
    '80010007',
    '800e0080',
    '80020004',
    '80030001',
    '8004001f',
    '800b0001',
    '800c7080',
  ].join('');
  const transform = `0000${hexLength(attributes, 8)}01010000${attributes}`;
  const proposal = `0000${hexLength(transform, 8)}01010001${transform}`;
  const sa = `0000${hexLength(proposal, 12)}0000000100000001${proposal}`;
  const header = `1122334455667788${'00'.repeat(8)}01100200${'00'.repeat(4)}0000${hexLength(sa, 28)}`;
  return Buffer.from(`${header}${sa}`, 'hex');
}

/** Octets of a body in hex and of the head before it, as two octets. */
function hexLength(body: string, head: number): string {
  return (body.length / 2 + head).toString(16).padStart(4, '0');
}
