/** Predicts loads by a card in virtual time, measures them at the real gateway, and sets one against the other. */
import type { ScenarioInput } from '../../src/scenario/schema.ts';
import { POLLING_FLAGS } from './generator.ts';
import { SPEED_DIFFERENCE_MAXIMUM } from './core-speed.ts';
import type { CoreSpeed } from './core-speed.ts';
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
  /** What the gateway's core took for the same work as when the card was made: 1 is as much, 1.1 a tenth more. */
  readonly slowness: number;
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
  readonly speed: CoreSpeed;
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
  readonly slowness: number;
}

/** Runs in which others left the machine alone, on a core as fast as before; when there is none, that nearest to it. */
async function observe<Value>(
  { runs, furtherRuns, hasTime }: Effort,
  look: () => Promise<Observed<Value>>,
): Promise<{ readonly values: readonly Value[]; readonly slowness: number; readonly made: number }> {
  const all: Observed<Value>[] = [];
  const quiet = (): Observed<Value>[] => all.filter((each) => disturbanceOf(each) <= 1);
  do all.push(await look());
  while (quiet().length < runs && all.length < runs + furtherRuns && hasTime());
  const counted = quiet();
  const least = all.toSorted((one, other) => disturbanceOf(one) - disturbanceOf(other)).slice(0, 1);
  const those = counted.length > 0 ? counted : least;
  return {
    values: those.map(({ value }) => value),
    slowness: middleOf(those.map(({ slowness }) => slowness)),
    made: all.length,
  };
}

/** Over what a run may be disturbed. */
function disturbanceOf({ othersShare, slowness }: Observed<unknown>): number {
  return Math.max(othersShare / OTHERS_MAXIMUM, Math.abs(slowness - 1) / SPEED_DIFFERENCE_MAXIMUM);
}

export async function comparePoint(
  site: Site,
  { suite, shape }: Case,
  { model, gateway, speed }: Opponents,
  effort: Effort,
): Promise<ComparedPoint> {
  const load = loadOf(shape, effort.windows);
  const predicted = numbersOf(await run(site, virtualScenario(suite, site.credentials, load, model)));
  const real = realScenario(suite, site.credentials, load);
  const { values, slowness, made } = await observe(effort, async () => {
    const value = numbersOf(
      await gateway.during((gatewayPid) => run(site, real, { gatewayPid, flags: POLLING_FLAGS })),
    );
    return { value, othersShare: value.disturbance.othersShare, slowness: await speed.slowness() };
  });
  const measured = medianOf(values);
  const generatorNeed = (measured.throughputHz * model.hosts.demandNs) / 1e9;
  const text = ({ throughputHz, p50Ms, p99Ms, gatewayShare }: Numbers): string =>
    `${throughputHz.toFixed(0)}/s, p50 ${p50Ms.toFixed(1)} ms, p99 ${p99Ms.toFixed(1)} ms, ` +
    `busy ${(gatewayShare * 100).toFixed(0)} %`;
  effort.say(
    `${suite.name}, ${shapeText(shape)}: predicted ${text(predicted)}; measured ${text(measured)}` +
      ` (others ${(measured.disturbance.othersShare * 100).toFixed(0)} %, slowness ${slowness.toFixed(2)})`,
  );
  return { suite, shape, predicted, measured, slowness, counted: values.length, made, generatorNeed };
}

/** A ramp through `capacityHz`, half of it to one and a half. */
export async function compareKnee(
  site: Site,
  suite: Suite,
  capacityHz: number,
  { model, gateway, speed }: Opponents,
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
    gateway.during(async (gatewayPid) => {
      const seen = await look(real, { gatewayPid, flags: POLLING_FLAGS });
      return { ...seen, slowness: await speed.slowness() };
    }),
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
