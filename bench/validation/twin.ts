/** The same scenario on both clocks: ikestorm's own gateway on a core of its own, and the model with a card of this machine. */
import { join } from 'node:path';
import { readFileSync } from 'node:fs';
import type { CalibrationCard } from '../../src/cpu/calibration-card.ts';
import { parseCard } from '../../src/cpu/card-file.ts';
import { endProcess, waitUntil } from '../../test/peers/namespace.ts';
import { garbageOf, garbageText } from './garbage.ts';
import type { Garbage } from './garbage.ts';
import { POLLING_FLAGS, POLLING_PROGRAM } from './generator.ts';
import { compareKnee, comparePoint } from './comparison.ts';
import type { ComparedKnee, ComparedPoint, Effort, Opponents } from './comparison.ts';
import { isTrace, MAIN, numbersOf, run, writeScenario } from './measurement.ts';
import { loadOf, realScenario, SUITES, virtualScenario } from './scenarios.ts';
import type { End, Model, Shape } from './scenarios.ts';
import { wakeNsOf } from './wake.ts';
import { CoreSpeed } from './core-speed.ts';
import { GATEWAY_CORE, GENERATOR_CORE, runPinned } from './site.ts';
import type { Site } from './site.ts';

export interface TwinReport {
  readonly card: CalibrationCard;
  readonly wakeNs: number;
  /** Of the gateway. */
  readonly garbage: Garbage | undefined;
  readonly points: readonly ComparedPoint[];
  readonly knee: ComparedKnee;
}

const SUITE = SUITES.hybrid;
const SHARES = [0.3, 0.6, 0.8];
const WARM_UP_SHARE = 0.6;
const PEERS = 48;
const CALIBRATION_PEERS = 32;

/** `hostsGarbage`: how Node.js collects it in hosts. */
export async function compareClocks(
  site: Site,
  hostsGarbage: Garbage | undefined,
  effort: Effort,
): Promise<TwinReport> {
  const { say, windows } = effort;
  say('twin: measuring a card of this machine');
  const path = await measureMachine(site);
  const speed = new CoreSpeed(site);
  await speed.setReference();
  const server = await serveGateway(site);
  try {
    const gatewayGarbage = await observeGarbage(site, server, effort);
    const ends = await endsOf(site, path, { gatewayGarbage, hostsGarbage });
    const alone = loadOf({ type: 'closed', peers: 1 }, windows);
    const scenario = realScenario(SUITE, site.credentials, alone);
    const measured = numbersOf(await run(site, scenario, { flags: POLLING_FLAGS }));
    const wakeNs = await wakeNsOf(site, SUITE, measured.p50Ms * 1e6, ends);
    say(`twin: waking takes ${(wakeNs / 1_000).toFixed(0)} us; garbage: ${garbageText(gatewayGarbage)}`);
    // The one and only: what it costs does not grow with its tunnels, and its code has to stay warm.
    const opponents: Opponents = {
      model: { ...ends, wakeNs },
      gateway: { during: (measure) => measure(server.pid) },
      speed,
    };
    const capacityHz = 1e9 / ends.gateway.demandNs;
    const warmUpHz = WARM_UP_SHARE * capacityHz;
    const shapes: Shape[] = SHARES.map((share) => ({ type: 'open', rateHz: share * capacityHz, warmUpHz }));
    const points: ComparedPoint[] = [];
    const all: Shape[] = [...shapes, { type: 'closed', peers: PEERS }];
    for (const shape of effort.isBrief ? all.slice(0, 1) : all) {
      points.push(await comparePoint(site, { suite: SUITE, shape }, opponents, effort));
    }
    const knee = await compareKnee(site, SUITE, capacityHz, opponents, effort);
    return {
      card: parseCard(readFileSync(path, 'utf8'), path),
      wakeNs,
      garbage: gatewayGarbage,
      points,
      knee,
    };
  } finally {
    await server.stop();
  }
}

/** A card of the core of the gateway beside one as busy as that of a generator that polls. Returns its path. */
async function measureMachine(site: Site): Promise<string> {
  const path = join(site.folder, 'machine.json');
  const command = ['--cpu-list', GENERATOR_CORE, process.execPath, '-e', POLLING_PROGRAM];
  const neighbour = site.namespace.start('taskset', command);
  try {
    const { code, stderr } = await runPinned(site, GATEWAY_CORE, [MAIN, 'calibrate', '--out', path]);
    if (code !== 0) throw new Error(`ikestorm calibrate failed:\n${stderr}`);
    return path;
  } finally {
    await endProcess(neighbour);
  }
}

/** How the gateway collects its garbage while it has as much to do as it can. */
async function observeGarbage(site: Site, server: ServedGateway, { windows, calibrationS }: Effort) {
  const load = loadOf({ type: 'closed', peers: CALIBRATION_PEERS }, { ...windows, measureS: calibrationS });
  const before = server.trace().length;
  const seen = await run(site, realScenario(SUITE, site.credentials, load), { flags: POLLING_FLAGS });
  return garbageOf({ ...seen, trace: server.trace().slice(before) });
}

interface EndsGarbage {
  readonly gatewayGarbage: Garbage | undefined;
  readonly hostsGarbage: Garbage | undefined;
}

/** What a negotiation takes of both ends by the card. */
async function endsOf(
  site: Site,
  card: string,
  { gatewayGarbage, hostsGarbage }: EndsGarbage,
): Promise<Omit<Model, 'wakeNs'>> {
  const free = { card, threads: 1, demandNs: 0 };
  const model: Model = { gateway: free, hosts: free, wakeNs: 0 };
  const load = loadOf({ type: 'closed', peers: PEERS }, { warmUpS: 0.5, measureS: 2 });
  const { result } = await run(site, virtualScenario(SUITE, site.credentials, load, model));
  const endOf = (group: string, garbage: Garbage | undefined): End => {
    const cpuNs = result.computers?.[group]?.work.cpuNs ?? Number.NaN;
    return { ...free, demandNs: cpuNs / result.wholeRun.succeeded, ...(garbage && { garbage }) };
  };
  return { gateway: endOf('gateway', gatewayGarbage), hosts: endOf('hosts', hostsGarbage) };
}

interface ServedGateway {
  readonly pid: number;
  /** What Node.js has said of its garbage so far. */
  trace(): string[];
  stop(): Promise<void>;
}

async function serveGateway(site: Site): Promise<ServedGateway> {
  const load = loadOf({ type: 'closed', peers: 1 }, { warmUpS: 0, measureS: 1 });
  const file = writeScenario(site, realScenario(SUITE, site.credentials, load));
  const parameters = ['--trace-gc', MAIN, 'serve', file, '--stats-interval', '0'];
  const command = ['--cpu-list', GATEWAY_CORE, process.execPath, ...parameters];
  const child = site.namespace.start('taskset', command);
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream?.on('data', (chunk: Buffer) => (output += chunk.toString('utf8')));
  }
  await waitUntil('ikestorm serve is bound', () => {
    if (child.exitCode !== null) throw new Error(`ikestorm serve ended:\n${output}`);
    return output.includes('READY');
  });
  const ended = new Promise((resolve) => child.once('exit', resolve));
  return {
    pid: child.pid ?? 0,
    trace: () => output.split('\n').filter(isTrace),
    async stop() {
      child.kill('SIGTERM');
      await ended;
    },
  };
}
