/** The same scenario on both clocks: ikestorm's own gateway on a core of its own, and the model with a card of this machine. */
import { join } from 'node:path';
import { readFileSync } from 'node:fs';
import type { CalibrationCard } from '../../src/cpu/calibration-card.ts';
import { parseCard } from '../../src/cpu/card-file.ts';
import { waitUntil } from '../../test/peers/namespace.ts';
import type { Garbage } from './garbage.ts';
import { compareKnee, comparePoint } from './comparison.ts';
import type { ComparedKnee, ComparedPoint, Effort, Opponents } from './comparison.ts';
import { MAIN, numbersOf, run, writeScenario } from './measurement.ts';
import { loadOf, realScenario, SUITES, virtualScenario } from './scenarios.ts';
import type { End, Model, Shape } from './scenarios.ts';
import { wakeNsOf } from './wake.ts';
import { GATEWAY_CORE, GENERATOR_CORE, runPinned } from './site.ts';
import type { Site } from './site.ts';

export interface TwinReport {
  readonly card: CalibrationCard;
  readonly wakeNs: number;
  readonly points: readonly ComparedPoint[];
  readonly knee: ComparedKnee;
}

const SUITE = SUITES.hybrid;
const SHARES = [0.3, 0.6, 0.8];
const WARM_UP_SHARE = 0.6;
const PEERS = 48;

/** `garbage`: how Node.js collects it in hosts; gateways of ikestorm are the same program. */
export async function compareClocks(site: Site, garbage: Garbage, effort: Effort): Promise<TwinReport> {
  const { say, windows } = effort;
  say('twin: measuring a card of this machine');
  const path = join(site.folder, 'machine.json');
  const calibrated = await runPinned(site, GENERATOR_CORE, [MAIN, 'calibrate', '--out', path]);
  if (calibrated.code !== 0) throw new Error(`ikestorm calibrate failed:\n${calibrated.stderr}`);
  const server = await serveGateway(site);
  try {
    const ends = await endsOf(site, path, garbage);
    const alone = loadOf({ type: 'closed', peers: 1 }, windows);
    const measured = numbersOf(await run(site, realScenario(SUITE, site.credentials, alone)));
    const wakeNs = await wakeNsOf(site, SUITE, measured.p50Ms * 1e6, ends);
    say(`twin: waking takes ${(wakeNs / 1_000).toFixed(0)} us`);
    // The one and only: what it costs does not grow with its tunnels, and its code has to stay warm.
    const opponents: Opponents = {
      model: { ...ends, wakeNs },
      gateway: { during: (measure) => measure(server.pid) },
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
    return { card: parseCard(readFileSync(path, 'utf8'), path), wakeNs, points, knee };
  } finally {
    await server.stop();
  }
}

/** What a negotiation takes of both ends by the card. */
async function endsOf(site: Site, card: string, garbage: Garbage): Promise<Omit<Model, 'wakeNs'>> {
  const free = { card, threads: 1, demandNs: 0 };
  const model: Model = { gateway: free, hosts: free, wakeNs: 0 };
  const load = loadOf({ type: 'closed', peers: PEERS }, { warmUpS: 0.5, measureS: 2 });
  const { result } = await run(site, virtualScenario(SUITE, site.credentials, load, model));
  const endOf = (group: string): End => {
    const cpuNs = result.computers?.[group]?.work.cpuNs ?? Number.NaN;
    return { ...free, demandNs: cpuNs / result.wholeRun.succeeded, garbage };
  };
  return { gateway: endOf('gateway'), hosts: endOf('hosts') };
}

async function serveGateway(site: Site): Promise<{ readonly pid: number; stop(): Promise<void> }> {
  const load = loadOf({ type: 'closed', peers: 1 }, { warmUpS: 0, measureS: 1 });
  const file = writeScenario(site, realScenario(SUITE, site.credentials, load));
  const parameters = [MAIN, 'serve', file, '--stats-interval', '0'];
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
    async stop() {
      child.kill('SIGTERM');
      await ended;
    },
  };
}
