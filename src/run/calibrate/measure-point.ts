/** Measures a real gateway under one load: alone with one host first, then as the scenario says. */
import { availableParallelism } from 'node:os';
import type { FitPoint } from '../../cpu/calibration-card.ts';
import type { RunResult } from '../../measure/result.ts';
import { NS_PER_S } from '../../peer/timer.ts';
import type { Ns } from '../../peer/timer.ts';
import type { LoadedScenario } from '../../scenario/scenario.ts';
import { runScenario } from '../execute.ts';
import type { RunOptions, RunProgress } from '../execute.ts';
import { CalibrationError } from './calibration-error.ts';
import { processTimeNs } from './process-time.ts';

export interface PointOptions {
  /** What runs at the target have: target, source addresses, folder of certificates, signal. */
  readonly run: RunOptions;
  readonly pid?: number;
  readonly cores: number;
  onWarning(text: string): void;
}

/** A point before a card is fitted to it. */
export type MeasuredPoint = Omit<FitPoint, 'fittedNs' | 'oneWayNs' | 'generatorNs'> & {
  readonly generatorNs: Ns;
};

const NEGOTIATIONS_MINIMUM = 50;
/** New code of Node.js is slow for a thousand negotiations or two. */
const ALONE_WARM_UP_NS = 3 * NS_PER_S;
const ALONE_MEASURE_NS = 3 * NS_PER_S;
/** Share of its cores at which the generator no longer offers what it is asked to. */
const GENERATOR_SHARE_MAXIMUM = 0.9;
/** Share of its cores from which on a gateway has nothing left. */
const GATEWAY_SHARE_SATURATED = 0.9;
/** More than all, but for what measuring is off by. */
const GATEWAY_SHARE_MAXIMUM = 1.03;
/** Of what as many hosts would do as fast as one alone: with more than this, the gateway had time left. */
const SATURATION_SHARE_MAXIMUM = 0.8;

/** @throws CalibrationError when the numbers would say nothing of the gateway. */
export async function measurePoint(loaded: LoadedScenario, options: PointOptions): Promise<MeasuredPoint> {
  const { name, load } = loaded.scenario;
  const aloneWindow = new LoadWindow(options.pid);
  const alone = await runScenario(withLoad(loaded, aloneLoad(load)), {
    ...options.run,
    onProgress: (progress) => aloneWindow.see(progress),
  });
  assertAnswered(name, alone);
  const aloneNs = alone.latency.whole?.p50Ns;
  if (aloneNs === undefined) throw tooFew(name, alone);
  const window = new LoadWindow(options.pid);
  const result = await runScenario(loaded, {
    ...options.run,
    onProgress: (progress) => window.see(progress),
  });
  assertAnswered(name, result);
  const seen = window.span();
  if (seen === undefined || seen.negotiations < NEGOTIATIONS_MINIMUM) throw tooFew(name, result);
  const rateHz = (seen.negotiations * NS_PER_S) / seen.elapsedNs;
  const generatorShare = seen.generatorNs / seen.elapsedNs / availableParallelism();
  const generatorNs = Math.min(seen.eachNs, aloneWindow.span()?.eachNs ?? Infinity);
  const { negotiations } = seen;
  const point = { scenario: name, negotiations, rateHz, aloneNs, generatorShare, generatorNs };
  const saturatedNs = (options.cores * NS_PER_S) / rateHz;
  if (options.pid === undefined) {
    assertSaturated(loaded, point);
    return { ...point, measuredBy: 'throughput', demandNs: saturatedNs };
  }
  if (result.verdict === 'saturated') options.onWarning(`${name}: ${result.reasons.join('; ')}`);
  const gatewayShare = seen.targetNs / seen.elapsedNs / options.cores;
  // What it leaves of its cores then is work that the system does for it and does not count as its own.
  if (gatewayShare >= GATEWAY_SHARE_SATURATED && gatewayShare <= GATEWAY_SHARE_MAXIMUM)
    return { ...point, gatewayShare, measuredBy: 'throughput', demandNs: saturatedNs };
  if (gatewayShare > GATEWAY_SHARE_MAXIMUM) {
    const used = (seen.targetNs / seen.elapsedNs).toFixed(1);
    options.onWarning(
      `${name}: the gateway used ${used} cores, and --target-cores says ${options.cores}: the card holds for the latter`,
    );
  }
  const demandNs = seen.targetNs / seen.negotiations;
  return { ...point, gatewayShare, measuredBy: 'process-time', demandNs };
}

/** One host that negotiates again and again: nobody waits for anybody. */
function aloneLoad(load: LoadedScenario['scenario']['load']): LoadedScenario['scenario']['load'] {
  return {
    ...load,
    executor: { type: 'constant-peers', peers: 1, thinkTimeNs: 0 },
    warmUpNs: Math.min(load.warmUpNs, ALONE_WARM_UP_NS),
    measureNs: Math.min(load.measureNs, ALONE_MEASURE_NS),
    sendLagLimitNs: NS_PER_S,
  };
}

function withLoad(loaded: LoadedScenario, load: LoadedScenario['scenario']['load']): LoadedScenario {
  return { ...loaded, scenario: { ...loaded.scenario, load } };
}

function assertAnswered(name: string, { verdict, reasons }: RunResult): void {
  if (verdict === 'unreachable') {
    const hint = 'check address and port of --target, and that the gateway knows the hosts of the scenario';
    throw new CalibrationError('unreachable', `${name}: the target never answered`, hint);
  }
  if (verdict === 'invalid' || verdict === 'aborted') {
    throw new CalibrationError('not-trustworthy', `${name}: ${reasons.join('; ')}`, '');
  }
}

function tooFew(name: string, { wholeRun, failures }: RunResult): CalibrationError {
  const causes = Object.entries(failures).map(([cause, count]) => `${count} ${cause}`);
  return new CalibrationError(
    'not-trustworthy',
    `${name}: ${wholeRun.succeeded} negotiations succeeded` +
      `${causes.length > 0 ? ` and others failed (${causes.join(', ')})` : ''}; ` +
      `inside the measure window it takes ${NEGOTIATIONS_MINIMUM} to say what one costs`,
    'measure longer (--set load.measure=30s), or look at the log of the gateway',
  );
}

/** Without the gateway's own count of CPU time, only a gateway that has nothing left tells what a negotiation costs. */
function assertSaturated(
  { scenario: { name, load } }: LoadedScenario,
  { rateHz, aloneNs, generatorShare }: Pick<MeasuredPoint, 'rateHz' | 'aloneNs' | 'generatorShare'>,
): void {
  const percent = (share: number): string => `${Math.round(share * 100)} %`;
  if (generatorShare > GENERATOR_SHARE_MAXIMUM) {
    throw new CalibrationError(
      'not-trustworthy',
      `${name}: the generator was saturated (${percent(generatorShare)} of its cores), so its own speed was measured`,
      'give it more cores or a machine of its own, or give --target-pid where the gateway runs on this machine',
    );
  }
  if (load.executor.type !== 'constant-peers') return;
  const share = rateHz / ((load.executor.peers * NS_PER_S) / aloneNs);
  if (share <= SATURATION_SHARE_MAXIMUM) return;
  throw new CalibrationError(
    'not-trustworthy',
    `${name}: the gateway was not saturated: ${load.executor.peers} hosts got ${percent(share)} of what they would ` +
      'get if each were alone',
    'raise load.peers until the gateway has nothing left',
  );
}

interface Mark {
  readonly elapsedNs: Ns;
  readonly succeeded: number;
  readonly generatorNs: number;
  readonly targetNs: number;
}

/** What happened between the first and the last look inside the measure window. */
class LoadWindow {
  readonly #pid: number | undefined;
  #first: Mark | undefined;
  #last: Mark | undefined;

  constructor(pid: number | undefined) {
    this.#pid = pid;
  }

  see({ phase, elapsedNs, counters }: RunProgress): void {
    if (phase !== 'measuring') return;
    const { user, system } = process.cpuUsage();
    this.#last = {
      elapsedNs,
      succeeded: counters.succeeded,
      generatorNs: (user + system) * 1_000,
      targetNs: this.#pid === undefined ? 0 : processTimeNs(this.#pid),
    };
    this.#first ??= this.#last;
  }

  span() {
    const [first, last] = [this.#first, this.#last];
    if (first === undefined || last === undefined || last.elapsedNs <= first.elapsedNs) return undefined;
    const generatorNs = last.generatorNs - first.generatorNs;
    const negotiations = last.succeeded - first.succeeded;
    return {
      elapsedNs: last.elapsedNs - first.elapsedNs,
      negotiations,
      generatorNs,
      /** Of the generator, for each negotiation. */
      eachNs: negotiations > 0 ? generatorNs / negotiations : Infinity,
      targetNs: last.targetNs - first.targetNs,
    };
  }
}
