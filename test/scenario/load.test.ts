import { mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { loadScenario, parseScenario } from '../../src/scenario/load.ts';
import { formatScenarioError, ScenarioError } from '../../src/scenario/scenario-error.ts';
import { STARTER_SCENARIO } from '../../src/scenario/starter.ts';
import { bent, complaint, SAMPLE, scenarioOf } from './sample.ts';

const SCENARIOS = fileURLToPath(new URL('../../scenarios/', import.meta.url));
const DEFINE = fileURLToPath(new URL('../../src/scenario/define.ts', import.meta.url));

describe('the scenarios that come with ikestorm', () => {
  it('are all valid, ask a question in their first line and name the schema in their second', async () => {
    const files = await readdir(SCENARIOS);
    expect(files.length).toBeGreaterThan(6);
    for (const file of files) {
      const path = join(SCENARIOS, file);
      const { scenario, text } = await loadScenario(path, { settings: [] });
      expect(`${scenario.name}.yaml`).toBe(file);
      const [question, schema] = text.split('\n');
      expect(question).toMatch(/^# .*\?$/);
      expect(schema).toBe('# yaml-language-server: $schema=../schema/scenario.schema.json');
    }
  });

  it('include 2,000 hosts in the quick start', async () => {
    const { scenario } = await loadScenario(join(SCENARIOS, 'quick-start.yaml'), { settings: [] });
    const hosts = scenario.groups.filter(({ role }) => role === 'host');
    expect(hosts.reduce((sum, { count }) => sum + count, 0)).toBe(2_000);
  });

  it('are joined by a starter that is valid as it is', () => {
    expect(scenarioOf(STARTER_SCENARIO).groups.map(({ name }) => name)).toEqual([
      'remote-workers',
      'headquarters',
    ]);
  });
});

describe('defaults', () => {
  it('are filled in and units resolved', () => {
    const scenario = scenarioOf(SAMPLE);
    expect(scenario).toEqual({
      name: 'sample',
      runtime: 'memory',
      clock: 'real',
      epochMs: Date.UTC(2026, 0, 1),
      crypto: 'fastest',
      capture: false,
      faults: [],
      thresholds: [],
      connections: [{ from: 'hosts', to: 'gates', spread: 'round-robin' }],
      load: {
        executor: { type: 'storm', spreadNs: 0 },
        warmUpNs: 0,
        measureNs: 600_000_000_000,
        drainNs: 30_000_000_000,
        sendLagLimitNs: 1_000_000_000,
      },
      authorities: [],
      segments: {},
      groups: [expect.anything(), expect.objectContaining({ name: 'gates', role: 'gateway', count: 2 })],
    });
    expect(scenario.groups[0]).toEqual({
      name: 'hosts',
      role: 'host',
      count: 4,
      addresses: { text: '10.1.0.0/24', first: '10.1.0.1', size: 254 },
      port: 500,
      natPort: 4500,
      identity: { type: 'address', text: '' },
      psk: 'secret',
      authentication: 'pre-shared-key',
      encryptionProfile: 'rfc',
      oracle: false,
      sendCertificate: false,
      mode: { main: 1, aggressive: 0 },
      acceptedModes: ['main', 'aggressive'],
      ike: [{ cipher: 'aes-cbc', keyBits: 128, hash: 'sha256', group: 14 }],
      esp: [{ encryption: 'aes-cbc', keyBits: 128, integrity: 'sha256' }],
      protections: ['esp'],
      encapsulation: 'tunnel',
      children: 1,
      commitBit: false,
      ikeLifetimeS: 28_800,
      espLifetimeS: 3_600,
      natKeepaliveNs: 20_000_000_000,
      replayWindow: 64,
      retransmit: { firstNs: 4_000_000_000, factor: 1.8, maximumNs: 120_000_000_000, tries: 5 },
      responderRetransmit: {
        messages: ['aggressive-2', 'quick-2'],
        schedule: { firstNs: 4_000_000_000, factor: 1.8, maximumNs: 120_000_000_000, tries: 5 },
        toUnproven: 'bounded',
      },
      halfOpenTimeoutNs: 30_000_000_000,
      halfOpenLimit: 100_000,
      natTraversal: 'auto',
      alwaysMarker: false,
    });
  });

  it('survive the way to a worker and into a manifest', () => {
    const scenario = scenarioOf(SAMPLE);
    expect(structuredClone(scenario)).toEqual(scenario);
    expect(JSON.parse(JSON.stringify(scenario))).toEqual(scenario);
  });

  it('limit the lag of starts more tightly where starts are spread', () => {
    const lag = (load: string): number => scenarioOf(bent(['executor: storm', load])).load.sendLagLimitNs;
    expect(lag('executor: poisson\n  rate: 5/s')).toBe(50_000_000);
    expect(lag('executor: storm')).toBe(1_000_000_000);
  });

  it('let a ramp be measured to its end', () => {
    const ramp = 'executor: ramping-arrival-rate\n  warm-up: 2s\n  stages: [{duration: 5s, target: 9/s}]';
    expect(scenarioOf(bent(['executor: storm', ramp])).load.measureNs).toBe(3_000_000_000);
  });

  it('take all initiators for a closed load', () => {
    const { executor } = scenarioOf(bent(['executor: storm', 'executor: constant-peers'])).load;
    expect(executor).toEqual({ type: 'constant-peers', peers: 4, thinkTimeNs: 0 });
  });
});

describe('short forms', () => {
  const group = (line: string) => scenarioOf(bent(['psk: secret', `psk: secret\n    ${line}`])).groups[0]!;

  it.each([
    ['identity: host.test', { type: 'fqdn', text: 'host.test' }],
    ['identity: me@host.test', { type: 'user-fqdn', text: 'me@host.test' }],
    ['identity: address', { type: 'address', text: '' }],
    ['identity: {type: key-id, text: me@host}', { type: 'key-id', text: 'me@host' }],
  ])('%s', (line, identity) => {
    expect(group(line).identity).toEqual(identity);
  });

  it('weights become shares', () => {
    expect(group('mode: {main: 3, aggressive: 1}').mode).toEqual({ main: 0.75, aggressive: 0.25 });
    expect(group('mode: aggressive').mode).toEqual({ main: 0, aggressive: 1 });
  });

  it('a list of waits is a schedule', () => {
    const { retransmit, responderRetransmit } = group(
      'retransmit: [7s, 9s]\n    responder-retransmit: {messages: [main-2]}',
    );
    expect(retransmit).toMatchObject({ waitsNs: [7_000_000_000, 9_000_000_000], tries: 2 });
    expect(responderRetransmit).toEqual({
      messages: ['main-2'],
      schedule: retransmit,
      toUnproven: 'bounded',
    });
  });

  it('responder-retransmit may be none, and have a schedule of its own', () => {
    expect(group('responder-retransmit: none').responderRetransmit.messages).toEqual([]);
    expect(group('responder-retransmit: {schedule: {first: 1s}}').responderRetransmit).toEqual({
      messages: ['aggressive-2', 'quick-2'],
      schedule: { firstNs: 1_000_000_000, factor: 1.8, maximumNs: 120_000_000_000, tries: 5 },
      toUnproven: 'bounded',
    });
  });

  it('rekey, dpd and nat-keepalive fill in what is left out, and do nothing when told so', () => {
    expect(group('rekey: {}').rekey).toEqual({ marginNs: 540_000_000_000, fuzz: 1 });
    expect(group('rekey: {margin: 1m, fuzz: 50%}').rekey).toEqual({ marginNs: 60_000_000_000, fuzz: 0.5 });
    expect(group('dpd: {delay: 10s}').dpd).toEqual({
      delayNs: 10_000_000_000,
      retryNs: 5_000_000_000,
      timeoutNs: 150_000_000_000,
    });
    const silent = group('rekey: none\n    dpd: none\n    nat-keepalive: 0s');
    expect(silent).not.toHaveProperty('rekey');
    expect(silent).not.toHaveProperty('dpd');
    expect(silent.natKeepaliveNs).toBe(0);
  });

  it('pfs gives its group to proposals that have none', () => {
    const { esp } = group('esp: [aes128-sha1, aes128-sha256-modp1024]\n    pfs: modp2048');
    expect(esp.map((each) => each.group)).toEqual([14, 2]);
  });
});

describe('settings', () => {
  it('replace, add and build values, whatever the file shares by aliases', () => {
    const text = bent(
      ['  hosts:', '  hosts: &base'],
      ['    role: gateway\n    count: 2\n', '    <<: *base\n'],
    );
    const scenario = scenarioOf(text, [
      'peers.gates.count=3',
      'peers.gates.retransmit.tries=1',
      'connections.0.spread=random',
      'load={executor: poisson, rate: 5/s}',
      'seed=9',
    ]);
    expect(scenario.groups.map(({ count }) => count)).toEqual([4, 3]);
    expect(scenario.groups.map(({ retransmit }) => retransmit.tries)).toEqual([5, 1]);
    expect(scenario.connections[0]?.spread).toBe('random');
    expect(scenario.load.executor).toEqual({ type: 'poisson', rateHz: 5 });
    expect(scenario.seed).toBe(9);
  });

  it('the last one of a path wins, and takes the blame', () => {
    expect(scenarioOf(SAMPLE, ['seed=1', 'seed=2']).seed).toBe(2);
    expect(complaint(SAMPLE, ['seed=1', 'seed=x'])).toContain('| seed=x');
  });

  it('mend what is wrong in the file', () => {
    expect(scenarioOf(bent(['count: 4', 'count: many']), ['peers.hosts.count=7']).groups[0]?.count).toBe(7);
  });

  it('are kept with the text for the manifest', () => {
    expect(parseScenario(SAMPLE, 'a.yaml', ['seed=1'])).toMatchObject({
      file: 'a.yaml',
      text: SAMPLE,
      settings: ['seed=1'],
    });
  });
});

describe('files', () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'ikestorm-scenario-'));
  });
  afterAll(() => rm(folder, { recursive: true }));

  const write = async (name: string, text: string): Promise<string> => {
    const path = join(folder, name);
    await writeFile(path, text);
    return path;
  };
  const complaintOf = async (path: string): Promise<string> => {
    try {
      await loadScenario(path, { settings: [] });
    } catch (error) {
      if (error instanceof ScenarioError) return formatScenarioError(error).replaceAll(folder, '.');
      throw error;
    }
    throw new Error('the scenario was accepted');
  };
  const code = (count: string): string => `import { defineScenario } from ${JSON.stringify(DEFINE)};
const hosts: string = 'hosts';
export default defineScenario({
  name: 'computed',
  peers: {
    [hosts]: { count: ${count}, addresses: '10.1.0.0/24', psk: 'x' },
    gate: { role: 'gateway', addresses: '192.0.2.1' },
  },
  connections: [{ from: hosts, to: 'gate' }],
  load: { executor: 'storm' },
});
`;

  it('in JSON are read like YAML', async () => {
    const value = {
      name: 'json',
      peers: { a: { addresses: '10.1.0.1', psk: 'x' }, b: { addresses: '10.1.0.2' } },
      connections: [{ from: 'a', to: 'b' }],
      load: { executor: 'storm' },
    };
    const path = await write('a.json', JSON.stringify(value));
    expect((await loadScenario(path, { settings: [] })).scenario.name).toBe('json');
  });

  it('may begin with a byte order mark and have Windows line ends', () => {
    expect(scenarioOf(`\uFEFF${SAMPLE.replaceAll('\n', '\r\n')}`).name).toBe('sample');
  });

  it('in TypeScript are run, and keep their text', async () => {
    const path = await write('a.ts', code('2 + 3'));
    const loaded = await loadScenario(path, { settings: ['peers.hosts.psk=y'] });
    expect(loaded.scenario.groups[0]).toMatchObject({ count: 5, psk: 'y' });
    expect(loaded.text).toBe(await readFile(path, 'utf8'));
  });

  it('in TypeScript get the same complaints, with paths', async () => {
    expect(await complaintOf(await write('b.ts', code('0')))).toBe(
      './b.ts: peers.hosts.count: expected a whole number from 1 to 10,000,000, found 0',
    );
    expect(await complaintOf(await write('c.ts', code('(() => 1) as never')))).toBe(
      './c.ts: peers.hosts.count: expected plain data, found a function',
    );
    expect(await complaintOf(await write('d.ts', "throw new Error('no weather today');\n"))).toBe(
      './d.ts: cannot be run: no weather today\n  hint: its default export must be defineScenario({...})',
    );
    const cycle = "const a: unknown[] = []; a.push(a); export default { name: 'x', peers: a };\n";
    expect(await complaintOf(await write('e.ts', cycle))).toBe(
      './e.ts: peers: has too many values, or values too deeply nested',
    );
  });

  it('that cannot be read', async () => {
    expect(await complaintOf(join(folder, 'missing.yaml'))).toBe(
      './missing.yaml: no such file\n  hint: ikestorm init writes a scenario to start from',
    );
    expect(await complaintOf(folder)).toBe('.: is a folder\n  hint: name the scenario file');
    expect(await complaintOf(await write('large.yaml', `#${'x'.repeat(1_048_576)}`))).toBe(
      './large.yaml: is larger than 1048576 octets, the limit for a scenario',
    );
  });
});
