/** The model against strongSwan: a card from three loads, then predictions of loads that it was not fitted to. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { CalibrationCard, FitPoint } from '../../src/cpu/calibration-card.ts';
import { parseCard } from '../../src/cpu/card-file.ts';
import { compareKnee, comparePoint } from './comparison.ts';
import type { Case, ComparedKnee, ComparedPoint, Effort, Opponents } from './comparison.ts';
import { GENERATOR_FLAGS, POLLING_FLAGS } from './generator.ts';
import { garbageOf, garbageText } from './garbage.ts';
import type { Garbage } from './garbage.ts';
import { MAIN, middleOf, run, writeScenario } from './measurement.ts';
import { CoreSpeed } from './core-speed.ts';
import { loadOf, realScenario, SUITES } from './scenarios.ts';
import type { Model, Shape, Suite } from './scenarios.ts';
import { wakeNsOf } from './wake.ts';
import { GENERATOR_CORE, runPinned, startStrongswan } from './site.ts';
import type { Site } from './site.ts';

/** Threads of charon's 16 that take jobs; the others wait for sockets and timers all the time. */
const CHARON_THREADS = 12;
const CALIBRATION_PEERS = 32;
const NS_PER_S = 1e9;

export interface StrongswanReport {
  readonly card: CalibrationCard;
  /** Of the generator; undefined where next to none was seen. */
  readonly garbage: Garbage | undefined;
  readonly wakeNs: number;
  readonly points: readonly ComparedPoint[];
  readonly knees: readonly ComparedKnee[];
}

/** What the card was not fitted to: loads as shares of the capacity that it predicts, and numbers of hosts. */
const HELD_OUT: readonly HeldOut[] = [
  { suite: SUITES.pskCurve, shares: [0.3, 0.6, 0.8], peers: [8, 48] },
  { suite: SUITES.pskModulus, shares: [0.3, 0.6, 0.8], peers: [48] },
  { suite: SUITES.ecdsaCurve, shares: [0.3, 0.6], peers: [] },
  { suite: SUITES.ecdsaModulus, shares: [0.3, 0.6, 0.8], peers: [] },
];
const KNEES: readonly Suite[] = [SUITES.pskCurve, SUITES.pskModulus];
/** Of its capacity; more than any rate below it that follows would leave code cold. */
const WARM_UP_SHARE = 0.6;

interface HeldOut {
  readonly suite: Suite;
  readonly shares: readonly number[];
  readonly peers: readonly number[];
}

export async function compareWithStrongswan(site: Site, effort: Effort): Promise<StrongswanReport> {
  const fitted = await fitBoth(site, effort);
  const speed = new CoreSpeed(site);
  await speed.setReference();
  const garbage = await atStrongswan(site, (pid) => observeGarbage(site, pid, effort));
  const demands = demandsOf(fitted.card);
  const endsOf = (suite: Suite): Omit<Model, 'wakeNs'> => {
    const { gatewayNs, hostNs } = demands.get(suite)!;
    return {
      gateway: { card: fitted.path, threads: CHARON_THREADS, demandNs: gatewayNs },
      hosts: { card: fitted.generatorPath, threads: 1, demandNs: hostNs, ...(garbage && { garbage }) },
    };
  };
  const wakes: number[] = [];
  for (const suite of FITTED) {
    wakes.push(await wakeNsOf(site, suite, pointOf(fitted.card, suite).aloneNs, endsOf(suite)));
  }
  const wakeNs = middleOf(wakes);
  effort.say(`garbage: ${garbageText(garbage)}; waking: ${wakes.map(us).join(', ')}`);
  const opponentsOf = (suite: Suite): Opponents => ({
    model: { ...endsOf(suite), wakeNs },
    gateway: { during: (measure) => atStrongswan(site, measure) },
    speed,
  });
  const points: ComparedPoint[] = [];
  for (const each of casesOf(demands, effort.isBrief)) {
    points.push(await comparePoint(site, each, opponentsOf(each.suite), effort));
  }
  const knees: ComparedKnee[] = [];
  for (const suite of effort.isBrief ? KNEES.slice(0, 1) : KNEES) {
    const capacityHz = NS_PER_S / demands.get(suite)!.gatewayNs;
    knees.push(await compareKnee(site, suite, capacityHz, opponentsOf(suite), effort));
  }
  return { card: fitted.card, garbage, wakeNs, points, knees };
}

function us(ns: number): string {
  return `${(ns / 1_000).toFixed(0)} us`;
}

/** A charon for each run: it would keep the tunnels of those before, and what a negotiation costs it grows with them. */
async function atStrongswan<Value>(site: Site, measure: (pid: number) => Promise<Value>): Promise<Value> {
  const charon = await startStrongswan(site);
  try {
    return await measure(charon.pid);
  } finally {
    await charon.stop();
  }
}

const FITTED: readonly Suite[] = [SUITES.pskCurve, SUITES.pskModulus, SUITES.ecdsaCurve];

interface FittedCards {
  readonly card: CalibrationCard;
  readonly path: string;
  readonly generatorPath: string;
}

/**
 * The gateway's card with a generator that polls, as under all loads that are predicted; the generator's with one
 * that does not, because polling is CPU time, too.
 */
async function fitBoth(site: Site, effort: Effort): Promise<FittedCards> {
  effort.say('strongSwan: fitting a card of the generator to three loads');
  const sleeping = await atStrongswan(site, (pid) => fitCards(site, pid, GENERATOR_FLAGS, effort));
  effort.say('strongSwan: fitting its card to the same loads');
  const polling = await atStrongswan(site, (pid) => fitCards(site, pid, POLLING_FLAGS, effort));
  const { fit } = polling.card;
  if (fit === undefined) throw new Error('the card was not fitted');
  const points = fit.points.map((point, index) => {
    const { generatorNs, generatorShare } = sleeping.card.fit!.points[index]!;
    return { ...point, generatorShare, ...(generatorNs !== undefined && { generatorNs }) };
  });
  const card = { ...polling.card, fit: { ...fit, points } };
  return { card, path: polling.path, generatorPath: sleeping.generatorPath };
}

/** The cards of both ends. */
async function fitCards(
  site: Site,
  pid: number,
  flags: readonly string[],
  { windows, calibrationS, say }: Effort,
): Promise<FittedCards> {
  const load = loadOf({ type: 'closed', peers: CALIBRATION_PEERS }, { ...windows, measureS: calibrationS });
  const files = FITTED.map((suite) => writeScenario(site, realScenario(suite, site.credentials, load)));
  const path = join(site.folder, `strongswan-${pid}.json`);
  const generatorPath = join(site.folder, `generator-${pid}.json`);
  const target = ['--target', '127.0.0.1', '--target-pid', `${pid}`, '--name', 'strongSwan'];
  const output = ['--out', path, '--generator-out', generatorPath];
  const parameters = [...flags, MAIN, 'calibrate', ...target, ...output, ...files];
  const { code, stderr, stdout } = await runPinned(site, GENERATOR_CORE, parameters);
  if (code !== 0) throw new Error(`ikestorm calibrate failed:\n${stderr}`);
  say(stdout.slice(stdout.indexOf('Fitted')).trimEnd());
  return { card: parseCard(readFileSync(path, 'utf8'), path), path, generatorPath };
}

/** How the generator collects its garbage while it makes as many negotiations as it can. */
async function observeGarbage(site: Site, gatewayPid: number, { windows, calibrationS }: Effort) {
  const load = loadOf({ type: 'closed', peers: CALIBRATION_PEERS }, { ...windows, measureS: calibrationS });
  const scenario = realScenario(SUITES.pskCurve, site.credentials, load);
  return garbageOf(await run(site, scenario, { gatewayPid, flags: [...GENERATOR_FLAGS, '--trace-gc'] }));
}

/** CPU time for a negotiation. */
interface Demand {
  readonly gatewayNs: number;
  readonly hostNs: number;
}

function pointOf({ fit }: CalibrationCard, { name }: Suite): FitPoint {
  const point = fit?.points.find(({ scenario }) => scenario === name);
  if (point === undefined) throw new Error(`the card was not fitted to ${name}`);
  return point;
}

/** What the card says of each suite; that of the fourth, which was not measured, by adding what the others differ in. */
function demandsOf(card: CalibrationCard): ReadonlyMap<Suite, Demand> {
  const of = (suite: Suite): Demand => {
    const { fittedNs, generatorNs = 0 } = pointOf(card, suite);
    return { gatewayNs: fittedNs, hostNs: generatorNs };
  };
  const [curve, modulus, signed] = [of(SUITES.pskCurve), of(SUITES.pskModulus), of(SUITES.ecdsaCurve)];
  return new Map<Suite, Demand>([
    [SUITES.pskCurve, curve],
    [SUITES.pskModulus, modulus],
    [SUITES.ecdsaCurve, signed],
    [
      SUITES.ecdsaModulus,
      {
        gatewayNs: signed.gatewayNs + modulus.gatewayNs - curve.gatewayNs,
        hostNs: signed.hostNs + modulus.hostNs - curve.hostNs,
      },
    ],
  ]);
}

function casesOf(demands: ReadonlyMap<Suite, Demand>, isBrief: boolean): Case[] {
  return HELD_OUT.flatMap(({ suite, shares, peers }) => {
    const capacityHz = NS_PER_S / demands.get(suite)!.gatewayNs;
    const warmUpHz = WARM_UP_SHARE * capacityHz;
    const shapes = [
      ...shares.map((share): Shape => ({ type: 'open', rateHz: share * capacityHz, warmUpHz })),
      ...peers.map((count): Shape => ({ type: 'closed', peers: count })),
    ];
    return shapes.slice(0, isBrief ? 1 : undefined).map((shape): Case => ({ suite, shape }));
  });
}
