/** Runs the built ikestorm inside a namespace, as its users do, and reads what it wrote. */
import type { ChildProcess } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { stringify } from 'yaml';
import { type KeyRecord, parseKeyRecord } from '../../src/export/key-record.ts';
import { parseRunResult, type RunResult } from '../../src/measure/result.ts';
import type { ScenarioInput } from '../../src/scenario/schema.ts';
import { type Finished, finished, type NetworkNamespace, waitUntil } from './namespace.ts';
import { GATEWAY_IDENTITY, GATEWAY_NETWORK, PRE_SHARED_KEY } from './strongswan-config.ts';

const MAIN = fileURLToPath(new URL('../../dist/cli/main.js', import.meta.url));

/** What varies between the scenarios of these tests; the rest fits the strongSwan gateway of `strongswan.ts`. */
export interface PeersWanted {
  readonly count: number;
  readonly mode: 'main' | 'aggressive';
  readonly hasPfs?: boolean;
  readonly preSharedKey?: string;
  readonly identity?: string;
  readonly ike?: string;
  readonly esp?: string;
  readonly remoteNetwork?: string;
  /** Starts are spread evenly over this. */
  readonly spread?: string;
  /** Default: 127.10.0.0/16. */
  readonly addresses?: string;
  /** Default 0: any free one. */
  readonly port?: number;
  readonly gatewayAddress?: string;
  readonly runtime?: 'memory' | 'udp';
  readonly capture?: boolean;
  /** Further keys of the group `clients`, in place of those above. */
  readonly clients?: Partial<GroupInput>;
  /** Further keys of the group `gateway`. */
  readonly gateway?: Partial<GroupInput>;
  /** Further keys of the load. */
  readonly load?: Partial<StormInput>;
}

type GroupInput = ScenarioInput['peers'][string];
type StormInput = Extract<ScenarioInput['load'], { executor: 'storm' }>;

/** A storm of peers against one gateway, each with a network of its own in 10.79.0.0/16. */
export function stormScenario(wanted: PeersWanted): ScenarioInput {
  const { count, mode, hasPfs = false, runtime = 'udp' } = wanted;
  const proposals = {
    ike: [wanted.ike ?? 'aes128-sha256-modp2048'],
    esp: [wanted.esp ?? `aes128-sha256${hasPfs ? '-modp2048' : ''}`],
  };
  return {
    name: 'real-peers',
    runtime,
    seed: 1,
    // Each worker is a thread that loads the program once more.
    workers: count > 20 ? 2 : 1,
    capture: wanted.capture ?? true,
    peers: {
      clients: {
        count,
        addresses: wanted.addresses ?? '127.10.0.0/16',
        port: wanted.port ?? (runtime === 'udp' ? 0 : 500),
        identity: wanted.identity ?? 'number-{number}.client.test',
        psk: wanted.preSharedKey ?? PRE_SHARED_KEY,
        mode,
        ...proposals,
        'local-network': '10.79.{index}.0/24',
        'remote-network': wanted.remoteNetwork ?? GATEWAY_NETWORK,
        // Late enough that a busy machine repeats nothing for its slowness.
        retransmit: { first: '3s', factor: 1.5, tries: 4 },
        ...wanted.clients,
      },
      gateway: {
        role: 'gateway',
        addresses: wanted.gatewayAddress ?? '127.0.0.1',
        'local-network': GATEWAY_NETWORK,
        ...proposals,
        ...wanted.gateway,
      },
    },
    connections: [{ from: 'clients', to: 'gateway' }],
    load: { executor: 'storm', spread: wanted.spread ?? '0s', drain: '20s', ...wanted.load },
  };
}

/** The same for `serve`: what counts is its gateway, which has a name, and that it knows the client. */
export function servedScenario(wanted: Partial<PeersWanted> = {}): ScenarioInput {
  const gateway = { identity: GATEWAY_IDENTITY, ...wanted.gateway };
  return stormScenario({ mode: 'main', count: 1, ...wanted, gateway });
}

export interface RunOutcome extends Finished {
  readonly result: RunResult;
  readonly folder: string;
}

/** Runs a scenario, given as a value or by the path of its file, and reads its result. */
export async function runScenario(
  namespace: NetworkNamespace,
  directory: string,
  scenario: ScenarioInput | string,
  onStart: (child: ChildProcess) => void = () => undefined,
): Promise<RunOutcome> {
  const file = typeof scenario === 'string' ? scenario : writeScenario(directory, scenario);
  const child = namespace.start(process.execPath, [
    MAIN,
    'run',
    file,
    '--keep-tunnels',
    '--out',
    `${directory}/results`,
  ]);
  onStart(child);
  const outcome = await finished(child, 240_000);
  if (!existsSync(`${directory}/results`)) throw new Error(`no result:\n${outcome.stderr}`);
  // Certificates lie beside the results, under a hidden name.
  const folders = readdirSync(`${directory}/results`).filter((each) => !each.startsWith('.'));
  const [name, ...others] = folders;
  if (name === undefined || others.length > 0) throw new Error(`not one result:\n${outcome.stderr}`);
  const folder = join(directory, 'results', name);
  const result = parseRunResult(JSON.parse(readFileSync(join(folder, 'result.json'), 'utf8')));
  return { ...outcome, result, folder };
}

/** Writes the scenario into `directory`, which is made, and returns the file's path. */
export function writeScenario(directory: string, scenario: ScenarioInput): string {
  mkdirSync(directory, { recursive: true });
  const file = join(directory, 'scenario.yaml');
  writeFileSync(file, stringify(scenario));
  return file;
}

/** What was dropped, but for messages that somebody had repeated for nothing because the machine was busy. */
export function unexpectedDrops({ drops }: RunResult): RunResult['drops'] {
  const { duplicate: _, ...others } = drops;
  return others;
}

export function readKeys(folder: string): KeyRecord[] {
  const lines = readFileSync(join(folder, 'keys.ndjson'), 'utf8').split('\n');
  return lines.flatMap((line) => parseKeyRecord(line) ?? []);
}

/** A running `ikestorm serve`. */
export interface Served {
  readonly address: string;
  readonly port: number;
  readonly natPort: number;
  /** Ends it with SIGTERM; its counters as JSON. */
  stop(): Promise<Finished & { readonly counters: Record<string, unknown> }>;
}

/** Starts the gateway of the scenario as a server and waits until it is bound. */
export async function serve(
  namespace: NetworkNamespace,
  directory: string,
  scenario: ScenarioInput,
  parameters: readonly string[] = [],
): Promise<Served> {
  const file = writeScenario(directory, scenario);
  const child = namespace.start(process.execPath, [MAIN, 'serve', file, '--json', ...parameters]);
  let output = '';
  child.stdout?.on('data', (chunk: Buffer) => (output += chunk.toString('utf8')));
  const ended = finished(child, 290_000);
  let hasEnded = false;
  void ended.then(() => (hasEnded = true));
  await waitUntil('ikestorm serve is bound', () => hasEnded || output.includes('READY'));
  const ready = /^READY (\S+) (\d+) (\d+)$/m.exec(output);
  if (ready === null) throw new Error(`ikestorm serve did not start:\n${output}${(await ended).stderr}`);
  const [, address = '', port, natPort] = ready;
  return {
    address,
    port: Number(port),
    natPort: Number(natPort),
    async stop() {
      child.kill('SIGTERM');
      const outcome = await ended;
      const json = outcome.stdout.slice(outcome.stdout.indexOf('{'));
      return { ...outcome, counters: JSON.parse(json) as Record<string, unknown> };
    },
  };
}
