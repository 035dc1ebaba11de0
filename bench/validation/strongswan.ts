/** The model against strongSwan: a card from three loads, then predictions of loads that it was not fitted to. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { CalibrationCard } from '../../src/cpu/calibration-card.ts';
import { parseCard } from '../../src/cpu/card-file.ts';
import { compareKnee, comparePoint } from './comparison.ts';
import type { Case, ComparedKnee, ComparedPoint, Effort, Opponents } from './comparison.ts';
import { MAIN, writeScenario } from './measurement.ts';
import { loadOf, realScenario, SUITES } from './scenarios.ts';
import type { Shape, Suite } from './scenarios.ts';
import type { Charon } from '../../test/peers/strongswan.ts';
import { GENERATOR_CORE, runPinned, startStrongswan } from './site.ts';
import type { Site } from './site.ts';

/** Threads of charon's 16 that take jobs; the others wait for sockets and timers all the time. */
const CHARON_THREADS = 12;
const CALIBRATION_PEERS = 32;
const NS_PER_S = 1e9;

export interface StrongswanReport {
  readonly card: CalibrationCard;
  readonly points: readonly ComparedPoint[];
  readonly knees: readonly ComparedKnee[];
}

/**
 * What the card was not fitted to: loads as shares of the capacity that it predicts, and numbers of hosts. With ECDSA a
 * negotiation costs the generator more than charon, so that its core is used up first: only light loads there.
 */
const HELD_OUT: readonly HeldOut[] = [
  { suite: SUITES.pskCurve, shares: [0.3, 0.6, 0.8], peers: [8, 48] },
  { suite: SUITES.pskModulus, shares: [0.3, 0.6, 0.8], peers: [48] },
  { suite: SUITES.ecdsaCurve, shares: [0.15, 0.3], peers: [] },
  { suite: SUITES.ecdsaModulus, shares: [0.2, 0.4], peers: [] },
];
const KNEES: readonly Suite[] = [SUITES.pskCurve, SUITES.pskModulus];

interface HeldOut {
  readonly suite: Suite;
  readonly shares: readonly number[];
  readonly peers: readonly number[];
}

export async function compareWithStrongswan(site: Site, effort: Effort): Promise<StrongswanReport> {
  const { card, path } = await atStrongswan(site, ({ pid }) => fitCard(site, pid, effort));
  const demands = demandsOf(card);
  const opponentsOf = (suite: Suite): Opponents => ({
    model: { card: path, threads: CHARON_THREADS, oneWayNs: demands.get(suite)!.oneWayNs },
    gateway: { during: (measure) => atStrongswan(site, measure) },
  });
  const points: ComparedPoint[] = [];
  for (const each of casesOf(demands)) {
    points.push(await comparePoint(site, each, opponentsOf(each.suite), effort));
  }
  const knees: ComparedKnee[] = [];
  for (const suite of KNEES) {
    const capacityHz = NS_PER_S / demands.get(suite)!.demandNs;
    knees.push(await compareKnee(site, suite, capacityHz, opponentsOf(suite), effort));
  }
  return { card, points, knees };
}

/** A charon for each run: it would keep the tunnels of those before, and what a negotiation costs it grows with them. */
async function atStrongswan<Value>(site: Site, measure: (charon: Charon) => Promise<Value>): Promise<Value> {
  const charon = await startStrongswan(site);
  try {
    return await measure(charon);
  } finally {
    await charon.stop();
  }
}

async function fitCard(site: Site, pid: number, { windows, calibrationS, say }: Effort) {
  const load = loadOf({ type: 'closed', peers: CALIBRATION_PEERS }, { ...windows, measureS: calibrationS });
  const suites = [SUITES.pskCurve, SUITES.pskModulus, SUITES.ecdsaCurve];
  const files = suites.map((suite) => writeScenario(site, realScenario(suite, site.credentials, load)));
  const path = join(site.folder, 'strongswan.json');
  const target = ['--target', '127.0.0.1', '--target-pid', `${pid}`, '--name', 'strongSwan'];
  say('strongSwan: fitting a card to three loads');
  const parameters = [MAIN, 'calibrate', ...target, '--out', path, ...files];
  const { code, stderr, stdout } = await runPinned(site, GENERATOR_CORE, parameters);
  if (code !== 0) throw new Error(`ikestorm calibrate failed:\n${stderr}`);
  say(stdout.slice(stdout.indexOf('Fitted')).trimEnd());
  return { card: parseCard(readFileSync(path, 'utf8'), path), path };
}

interface Demand {
  readonly demandNs: number;
  readonly oneWayNs: number;
}

/** What the card says of each suite; that of the fourth, which was not measured, by adding what the others differ in. */
function demandsOf({ fit }: CalibrationCard): ReadonlyMap<Suite, Demand> {
  const of = ({ name }: Suite): Demand => {
    const point = fit?.points.find(({ scenario }) => scenario === name);
    if (point === undefined) throw new Error(`the card was not fitted to ${name}`);
    return { demandNs: point.fittedNs, oneWayNs: point.oneWayNs };
  };
  const [curve, modulus, signed] = [of(SUITES.pskCurve), of(SUITES.pskModulus), of(SUITES.ecdsaCurve)];
  return new Map<Suite, Demand>([
    [SUITES.pskCurve, curve],
    [SUITES.pskModulus, modulus],
    [SUITES.ecdsaCurve, signed],
    [
      SUITES.ecdsaModulus,
      {
        demandNs: signed.demandNs + modulus.demandNs - curve.demandNs,
        oneWayNs: Math.max(0, signed.oneWayNs + modulus.oneWayNs - curve.oneWayNs),
      },
    ],
  ]);
}

function casesOf(demands: ReadonlyMap<Suite, Demand>): Case[] {
  return HELD_OUT.flatMap(({ suite, shares, peers }) => {
    const capacityHz = NS_PER_S / demands.get(suite)!.demandNs;
    const shapes = [
      ...shares.map((share): Shape => ({ type: 'open', rateHz: share * capacityHz })),
      ...peers.map((count): Shape => ({ type: 'closed', peers: count })),
    ];
    return shapes.map((shape): Case => ({ suite, shape }));
  });
}
