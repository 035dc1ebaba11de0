/** Fits a calibration card to a real gateway from a few loads. */
import type { CalibrationCard, FitPoint } from '../../cpu/calibration-card.ts';
import type { CostKind } from '../../cpu/cost-kind.ts';
import { fitScaling, scaledOperations } from '../../cpu/fit-card.ts';
import type { LoadedScenario } from '../../scenario/scenario.ts';
import type { RunOptions } from '../execute.ts';
import { PlanError } from '../plan.ts';
import { resolveTarget } from '../target.ts';
import { measurePoint } from './measure-point.ts';
import type { MeasuredPoint } from './measure-point.ts';
import { processTimeNs } from './process-time.ts';
import { datagramsInTurn, worksOfNegotiation } from './simulated-target.ts';
import type { NegotiationWorks } from './simulated-target.ts';

/** More would be a table of what was measured, not a model that predicts. */
export const POINTS_MAXIMUM = 3;

export interface TargetOptions {
  /** `HOST[:PORT]`. */
  readonly target: string;
  readonly allowPublicTarget: boolean;
  /** Addresses of the initiators. */
  readonly source?: string;
  /** Process of the gateway, where it runs on this machine: its CPU time is what is fitted. */
  readonly pid?: number;
  /** Cores that the gateway may use. */
  readonly cores: number;
  /** Whose costs are multiplied. */
  readonly basic: CalibrationCard;
  readonly name?: string;
  /** Where certificates of scenarios that make some are kept. */
  readonly outDirectory?: string;
  readonly signal?: AbortSignal;
  onStep(text: string): void;
}

/** A fitted card, that of the generator, and what to bear in mind. */
export interface FittedTarget {
  readonly card: CalibrationCard;
  /** What the same negotiations cost the hosts' computer: fitted to the CPU time of this process. */
  readonly generatorCard: CalibrationCard;
  readonly warnings: readonly string[];
}

interface PreparedPoint {
  readonly loaded: LoadedScenario;
  readonly works: NegotiationWorks;
  readonly datagrams: number;
}

/**
 * Measures the target under each load, and fits a card.
 * @throws PlanError, TargetError for options; CalibrationError when the gateway could not be measured.
 */
export async function calibrateTarget(
  scenarios: readonly LoadedScenario[],
  options: TargetOptions,
): Promise<FittedTarget> {
  const { cores, pid, onStep } = options;
  assertSensible(scenarios, options);
  const { address, port } = await resolveTarget(options.target, options.allowPublicTarget);
  if (pid !== undefined) processTimeNs(pid);
  const prepared: PreparedPoint[] = [];
  for (const loaded of scenarios) {
    onStep(`${loaded.scenario.name}: what a negotiation is made of`);
    const works = await worksOfNegotiation(loaded);
    prepared.push({ loaded, works, datagrams: await datagramsInTurn(loaded) });
  }
  const warnings: string[] = [];
  const measured: MeasuredPoint[] = [];
  for (const { loaded } of prepared) {
    onStep(`${loaded.scenario.name}: measuring ${options.target}`);
    const run = runOptionsOf(options);
    const onWarning = (text: string): unknown => warnings.push(text);
    measured.push(await measurePoint(loaded, { run, cores, onWarning, ...(pid !== undefined && { pid }) }));
  }
  const where = `${address.includes(':') ? `[${address}]` : address}:${port ?? portOf(scenarios)}`;
  const { card, guessed } = fittedCard({ ...options, target: where }, prepared, measured);
  const generatorCard = generatorCardOf(options.basic, prepared, measured);
  return { card, generatorCard, warnings: [...warnings, ...guesses(guessed)] };
}

function assertSensible(scenarios: readonly LoadedScenario[], { pid, cores }: TargetOptions): void {
  if (scenarios.length === 0 || scenarios.length > POINTS_MAXIMUM) {
    throw new PlanError(
      `--target takes 1 to ${POINTS_MAXIMUM} scenarios, not ${scenarios.length}`,
      'each is one load; they should differ in group or method, so that the costs of these can be told apart',
    );
  }
  if (!(cores >= 1)) throw new PlanError('a gateway has at least one core', 'write --target-cores 1');
  if (pid !== undefined) return;
  for (const { file, scenario } of scenarios) {
    if (scenario.load.executor.type === 'constant-peers') continue;
    throw new PlanError(
      `${file}: a load of its own accord says nothing of what the gateway could do`,
      'use load: {executor: constant-peers} with so many hosts that the gateway is saturated, or give --target-pid',
    );
  }
}

function runOptionsOf({
  target,
  allowPublicTarget,
  source,
  signal,
  outDirectory,
}: TargetOptions): RunOptions {
  return {
    target,
    allowPublicTarget,
    ...(source !== undefined && { source }),
    ...(signal !== undefined && { signal }),
    ...(outDirectory !== undefined && { certificateDirectory: outDirectory }),
  };
}

function portOf([loaded]: readonly LoadedScenario[]): number {
  const scenario = loaded?.scenario;
  const responder = scenario?.groups.find(({ name }) => scenario.connections.some(({ to }) => to === name));
  return responder?.port ?? 0;
}

function fittedCard(
  { basic, cores, target, name }: TargetOptions,
  prepared: readonly PreparedPoint[],
  measured: readonly MeasuredPoint[],
): { readonly card: CalibrationCard; readonly guessed: readonly CostKind[] } {
  const works = prepared.map(({ works: { gateway: work } }, index) => ({
    work,
    demandNs: measured[index]!.demandNs,
  }));
  const { factors, guessed, fittedNs } = fitScaling(basic, works);
  const operations = new Set(works.flatMap(({ work }) => Object.keys(work)));
  const points = measured.map((point, index): FitPoint => {
    const otherNs = Math.max(0, point.aloneNs - point.demandNs - point.generatorNs);
    const oneWayNs = otherNs / Math.max(1, prepared[index]!.datagrams);
    return {
      ...point,
      rateHz: Math.round(point.rateHz * 10) / 10,
      demandNs: Math.round(point.demandNs),
      fittedNs: Math.round(fittedNs[index]!),
      oneWayNs: Math.round(oneWayNs),
      generatorNs: Math.round(point.generatorNs),
      ...(point.gatewayShare !== undefined && { gatewayShare: roundedShare(point.gatewayShare) }),
      generatorShare: roundedShare(point.generatorShare),
    };
  });
  const card: CalibrationCard = {
    ...basic,
    name: name ?? `gateway at ${target}`,
    measuredAt: new Date().toISOString(),
    operations: scaledOperations(basic, factors),
    fit: { target, cores, basicCard: basic.name, factors, operations: [...operations].toSorted(), points },
  };
  return { card, guessed };
}

/** The hosts' computer, which is this process. */
function generatorCardOf(
  basic: CalibrationCard,
  prepared: readonly PreparedPoint[],
  measured: readonly MeasuredPoint[],
): CalibrationCard {
  const works = prepared.map(({ works: { host: work } }, index) => ({
    work,
    demandNs: measured[index]!.generatorNs,
  }));
  const { factors } = fitScaling(basic, works);
  return {
    ...basic,
    name: 'generator',
    measuredAt: new Date().toISOString(),
    operations: scaledOperations(basic, factors),
  };
}

function roundedShare(share: number): number {
  return Math.round(share * 1_000) / 1_000;
}

const MEANINGS: Readonly<Record<CostKind, string>> = {
  messages: 'messages',
  curves: 'key exchange in groups of elliptic curves',
  moduli: 'key exchange in groups modulo a prime',
  certificates: 'certificates and signatures',
};

function guesses(kinds: readonly CostKind[]): string[] {
  if (kinds.length === 0) return [];
  const meant = kinds.map((kind) => MEANINGS[kind]).join('; ');
  return [`no load had any of these, so their costs are guesses, scaled like the rest: ${meant}`];
}
