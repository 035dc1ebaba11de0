/** Predicts loads by a card in virtual time, measures them at the real gateway, and sets one against the other. */
import type { ScenarioInput } from '../../src/scenario/schema.ts';
import { POLLING_FLAGS } from './generator.ts';
import { OTHERS_MAXIMUM } from './machine-watch.ts';
import { kneeHz, medianOf, middleOf, numbersOf, plateauHz, run } from './measurement.ts';
import type { Numbers, RunCircumstances } from './measurement.ts';
import { loadOf, realScenario, virtualScenario } from './scenarios.ts';
import type { Model, Shape, Suite, Windows } from './scenarios.ts';
import type { Site } from './site.ts';

export interface Case {
  readonly suite: Suite;
  readonly shape: Shape;
}

export interface ComparedPoint extends Case {
  readonly predicted: Numbers;
  readonly measured: Numbers;
  /** Runs that `measured` is the median of, of those that were made. */
  readonly counted: number;
  readonly made: number;
  /** Share of its core that the generator needed for the negotiations; without polling. */
  readonly generatorNeed: number;
}

/** What a ramp shows. */
export interface RampNumbers {
  /** Undefined: it kept up to the end of the ramp. */
  readonly kneeHz: number | undefined;
  readonly plateauHz: number;
}

export interface ComparedKnee {
  readonly suite: Suite;
  readonly predicted: RampNumbers;
  readonly measured: RampNumbers;
  readonly generatorNeed: number;
}

/** What is measured. */
export interface RealGateway {
  /** Does `measure` while the gateway is there and has no tunnels of earlier runs, or none that matter. */
  during<Value>(measure: (pid: number) => Promise<Value>): Promise<Value>;
}

/** Who is compared with whom. */
export interface Opponents {
  readonly model: Model;
  readonly gateway: RealGateway;
}

export interface Effort {
  /** Measure window of each load that a card is fitted to. */
  readonly calibrationS: number;
  readonly windows: Windows;
  /** Of each load. */
  readonly runs: number;
  /** More of them, as long as others worked meanwhile. */
  readonly furtherRuns: number;
  readonly rampSeconds: number;
  /** Only the first load of each suite, and the first ramp. */
  readonly isBrief: boolean;
  /** Whether there is time for more than one run of each load. */
  hasTime(): boolean;
  say(text: string): void;
}

interface Observed<Value> {
  readonly value: Value;
  readonly othersShare: number;
}

/** Runs in which others left the machine alone; when there is none, the one in which they did most. */
async function observe<Value>(
  { runs, furtherRuns, hasTime }: Effort,
  look: () => Promise<Observed<Value>>,
): Promise<{ readonly values: readonly Value[]; readonly made: number }> {
  const all: Observed<Value>[] = [];
  const quiet = (): Observed<Value>[] => all.filter(({ othersShare }) => othersShare <= OTHERS_MAXIMUM);
  do all.push(await look());
  while (quiet().length < runs && all.length < runs + furtherRuns && hasTime());
  const counted = quiet();
  const least = all.toSorted((one, other) => one.othersShare - other.othersShare).slice(0, 1);
  return {
    values: (counted.length > 0 ? counted : least).map(({ value }) => value),
    made: all.length,
  };
}

export async function comparePoint(
  site: Site,
  { suite, shape }: Case,
  { model, gateway }: Opponents,
  effort: Effort,
): Promise<ComparedPoint> {
  const load = loadOf(shape, effort.windows);
  const predicted = numbersOf(await run(site, virtualScenario(suite, site.credentials, load, model)));
  const real = realScenario(suite, site.credentials, load);
  const { values, made } = await observe(effort, async () => {
    const value = numbersOf(
      await gateway.during((gatewayPid) => run(site, real, { gatewayPid, flags: POLLING_FLAGS })),
    );
    return { value, othersShare: value.disturbance.othersShare };
  });
  const measured = medianOf(values);
  const generatorNeed = (measured.throughputHz * model.hosts.demandNs) / 1e9;
  const text = ({ throughputHz, p50Ms, p99Ms }: Numbers): string =>
    `${throughputHz.toFixed(0)}/s, p50 ${p50Ms.toFixed(1)} ms, p99 ${p99Ms.toFixed(1)} ms`;
  effort.say(
    `${suite.name}, ${shapeText(shape)}: predicted ${text(predicted)}; measured ${text(measured)}` +
      ` (others ${(measured.disturbance.othersShare * 100).toFixed(0)} %)`,
  );
  return { suite, shape, predicted, measured, counted: values.length, made, generatorNeed };
}

/** A ramp through `capacityHz`, half of it to one and a half. */
export async function compareKnee(
  site: Site,
  suite: Suite,
  capacityHz: number,
  { model, gateway }: Opponents,
  effort: Effort,
): Promise<ComparedKnee> {
  const ramp = { fromHz: capacityHz / 2, toHz: capacityHz * 1.5, seconds: effort.rampSeconds };
  const load = loadOf({ type: 'ramp', ...ramp }, effort.windows);
  const look = async (scenario: ScenarioInput, circumstances: RunCircumstances = {}) => {
    const { result, disturbance } = await run(site, scenario, circumstances);
    const value: RampNumbers = { kneeHz: kneeHz(result, ramp), plateauHz: plateauHz(result, ramp) };
    return { value, othersShare: disturbance.othersShare };
  };
  const { value: predicted } = await look(virtualScenario(suite, site.credentials, load, model));
  const real = realScenario(suite, site.credentials, load);
  const { values: looks } = await observe(effort, () =>
    gateway.during((gatewayPid) => look(real, { gatewayPid, flags: POLLING_FLAGS })),
  );
  const middle = (value: (numbers: RampNumbers) => number): number => middleOf(looks.map(value));
  const knee = middle((numbers) => numbers.kneeHz ?? Infinity);
  const measured = {
    kneeHz: knee === Infinity ? undefined : knee,
    plateauHz: middle((numbers) => numbers.plateauHz),
  };
  const text = (numbers: RampNumbers): string =>
    `${rateText(numbers.kneeHz)}, then ${rateText(numbers.plateauHz)}`;
  effort.say(`${suite.name}, knee: predicted ${text(predicted)}; measured ${text(measured)}`);
  const generatorNeed = (measured.plateauHz * model.hosts.demandNs) / 1e9;
  return { suite, predicted, measured, generatorNeed };
}

export function rateText(hz: number | undefined): string {
  return hz === undefined ? 'none' : `${hz.toFixed(0)}/s`;
}

export function shapeText(shape: Shape): string {
  switch (shape.type) {
    case 'closed':
      return `${shape.peers} hosts`;
    case 'open':
      return `${shape.rateHz.toFixed(0)}/s`;
    case 'ramp':
      return `${shape.fromHz.toFixed(0)}/s to ${shape.toHz.toFixed(0)}/s`;
  }
}
