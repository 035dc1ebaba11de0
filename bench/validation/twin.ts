/** The same scenario on both clocks: ikestorm's own gateway on a core of its own, and the model with a card of this machine. */
import { join } from 'node:path';
import { readFileSync } from 'node:fs';
import type { CalibrationCard } from '../../src/cpu/calibration-card.ts';
import { parseCard } from '../../src/cpu/card-file.ts';
import { waitUntil } from '../../test/peers/namespace.ts';
import { compareKnee, comparePoint } from './comparison.ts';
import type { ComparedKnee, ComparedPoint, Effort, Opponents } from './comparison.ts';
import { MAIN, numbersOf, run, writeScenario } from './measurement.ts';
import { loadOf, realScenario, SUITES, virtualScenario } from './scenarios.ts';
import type { Model } from './scenarios.ts';
import { GATEWAY_CORE, GENERATOR_CORE, runPinned } from './site.ts';
import type { Site } from './site.ts';

export interface TwinReport {
  readonly card: CalibrationCard;
  /** What a host alone had to wait for besides the gateway's work, for each datagram. */
  readonly oneWayNs: number;
  readonly points: readonly ComparedPoint[];
  readonly knee: ComparedKnee;
}

const SUITE = SUITES.hybrid;
/** Of main mode, log-in and quick mode, each waited for. */
const DATAGRAMS_IN_TURN = 12;
const SHARES = [0.3, 0.6, 0.8];

export async function compareClocks(site: Site, effort: Effort): Promise<TwinReport> {
  const { say, windows } = effort;
  say('twin: measuring a card of this machine');
  const path = join(site.folder, 'machine.json');
  const calibrated = await runPinned(site, GENERATOR_CORE, [MAIN, 'calibrate', '--out', path]);
  if (calibrated.code !== 0) throw new Error(`ikestorm calibrate failed:\n${calibrated.stderr}`);
  const gateway = await serveGateway(site);
  try {
    const alone = loadOf({ type: 'closed', peers: 1 }, windows);
    const free: Model = { card: path, threads: 1, oneWayNs: 0 };
    const modelled = numbersOf(await run(site, virtualScenario(SUITE, site.credentials, alone, free)));
    const measured = numbersOf(await run(site, realScenario(SUITE, site.credentials, alone)));
    const oneWayNs = Math.max(0, ((measured.p50Ms - modelled.p50Ms) * 1e6) / DATAGRAMS_IN_TURN);
    const model = { ...free, oneWayNs };
    // The one and only: what it costs does not grow with its tunnels, and its code has to stay warm.
    const opponents: Opponents = { model, gateway: { during: (measure) => measure() } };
    const capacityHz = await capacityOf(site, model, effort);
    const points: ComparedPoint[] = [];
    for (const share of SHARES) {
      const shape = { type: 'open', rateHz: share * capacityHz } as const;
      points.push(await comparePoint(site, { suite: SUITE, shape }, opponents, effort));
    }
    const shape = { type: 'closed', peers: 48 } as const;
    points.push(await comparePoint(site, { suite: SUITE, shape }, opponents, effort));
    const knee = await compareKnee(site, SUITE, capacityHz, opponents, effort);
    return { card: parseCard(readFileSync(path, 'utf8'), path), oneWayNs, points, knee };
  } finally {
    await gateway.stop();
  }
}

/** What the model does with more hosts than it can serve. */
async function capacityOf(site: Site, model: Model, { windows }: Effort): Promise<number> {
  const load = loadOf({ type: 'closed', peers: 48 }, windows);
  return numbersOf(await run(site, virtualScenario(SUITE, site.credentials, load, model))).throughputHz;
}

async function serveGateway(site: Site): Promise<{ stop(): Promise<void> }> {
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
    async stop() {
      child.kill('SIGTERM');
      await ended;
    },
  };
}
