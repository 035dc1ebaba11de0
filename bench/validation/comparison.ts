/** Predicts loads by a card in virtual time, measures them at the real gateway, and sets one against the other. */
import type { ScenarioInput } from '../../src/scenario/schema.ts';
import { spreadOf } from '../spread.ts';
import { kneeHz, medianOf, numbersOf, plateauHz, run } from './measurement.ts';
import type { Numbers } from './measurement.ts';
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
}

/** What is measured. */
export interface RealGateway {
  /** Does `measure` while the gateway is there and has no tunnels of earlier runs, or none that matter. */
  during<Value>(measure: () => Promise<Value>): Promise<Value>;
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
  /** Odd, so that there is a middle one. */
  readonly repeats: number;
  readonly rampSeconds: number;
  say(text: string): void;
}

export async function comparePoint(
  site: Site,
  { suite, shape }: Case,
  { model, gateway }: Opponents,
  { windows, repeats, say }: Effort,
): Promise<ComparedPoint> {
  const load = loadOf(shape, windows);
  const predicted = numbersOf(await run(site, virtualScenario(suite, site.credentials, load, model)));
  const measured: Numbers[] = [];
  for (let repeat = 0; repeat < repeats; repeat++) {
    const real = realScenario(suite, site.credentials, load);
    measured.push(numbersOf(await gateway.during(() => run(site, real))));
  }
  const point = { suite, shape, predicted, measured: medianOf(measured) };
  const text = ({ throughputHz, p50Ms, p99Ms }: Numbers): string =>
    `${throughputHz.toFixed(0)}/s, p50 ${p50Ms.toFixed(1)} ms, p99 ${p99Ms.toFixed(1)} ms`;
  say(
    `${suite.name}, ${shapeText(shape)}: predicted ${text(point.predicted)}; measured ${text(point.measured)}`,
  );
  return point;
}

/** A ramp through `capacityHz`, half of it to one and a half. */
export async function compareKnee(
  site: Site,
  suite: Suite,
  capacityHz: number,
  { model, gateway }: Opponents,
  { rampSeconds, repeats, windows, say }: Effort,
): Promise<ComparedKnee> {
  const ramp = { fromHz: capacityHz / 2, toHz: capacityHz * 1.5, seconds: rampSeconds };
  const load = loadOf({ type: 'ramp', ...ramp }, windows);
  const look = async (scenario: ScenarioInput): Promise<RampNumbers> => {
    const { result } = await run(site, scenario);
    return { kneeHz: kneeHz(result, ramp), plateauHz: plateauHz(result, ramp) };
  };
  const predicted = await look(virtualScenario(suite, site.credentials, load, model));
  const real = realScenario(suite, site.credentials, load);
  const looks: RampNumbers[] = [];
  for (let repeat = 0; repeat < repeats; repeat++) looks.push(await gateway.during(() => look(real)));
  const middle = (value: (numbers: RampNumbers) => number): number => spreadOf(looks.map(value)).median;
  const knee = middle((numbers) => numbers.kneeHz ?? Infinity);
  const measured = {
    kneeHz: knee === Infinity ? undefined : knee,
    plateauHz: middle((numbers) => numbers.plateauHz),
  };
  const text = (numbers: RampNumbers): string =>
    `${rateText(numbers.kneeHz)}, then ${rateText(numbers.plateauHz)}`;
  say(`${suite.name}, knee: predicted ${text(predicted)}; measured ${text(measured)}`);
  return { suite, predicted, measured };
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
