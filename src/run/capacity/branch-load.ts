/** The load of a step of a capacity search, as settings on top of the scenario: what a person would write to repeat it. */
import type { Ns } from '../../peer/timer.ts';
import type { Executor, Load, RampStage, Scenario } from '../../scenario/scenario.ts';
import { PlanError } from '../plan.ts';
import { roundedRate } from './rate-search.ts';

/** Executors that have a rate. */
export type RatedExecutor = Extract<
  Executor,
  { type: 'constant-arrival-rate' | 'poisson' | 'ramping-arrival-rate' }
>;

export interface Overload {
  readonly rateHz: number;
  readonly durationNs: Ns;
  /** From the overload to the measure window, at the rate that is tried. */
  readonly settleNs: Ns;
}

/** @throws PlanError for an executor without a rate. */
export function ratedExecutorOf({ load: { executor } }: Scenario): RatedExecutor {
  switch (executor.type) {
    case 'constant-arrival-rate':
    case 'poisson':
    case 'ramping-arrival-rate':
      return executor;
    default:
      throw new PlanError(
        `a load of ${executor.type} has no rate that could be searched for`,
        'use constant-arrival-rate, poisson or ramping-arrival-rate',
      );
  }
}

/** The rate that a search is about: of a ramp its highest. */
export function rateOf(executor: RatedExecutor): number {
  if (executor.type !== 'ramping-arrival-rate') return executor.rateHz;
  return Math.max(executor.startHz, ...executor.stages.map(({ targetHz }) => targetHz));
}

/** Settings that put the load to `rateHz`. */
export function risingSettings(load: Load, executor: RatedExecutor, rateHz: number): string[] {
  if (executor.type !== 'ramping-arrival-rate') return [`load.rate=${rateText(rateHz)}`];
  return [rampSetting(load, scaledRamp(executor, rateHz), load.warmUpNs)];
}

/**
 * Settings for a load that is above what holds for some time, then falls at once to `rateHz`, and is measured
 * after it has had time to settle. Starts come at even distances, for a Poisson load too.
 */
export function fallingSettings(
  load: Load,
  executor: RatedExecutor,
  rateHz: number,
  overload: Overload,
): string[] {
  const before = [
    { durationNs: overload.durationNs, targetHz: overload.rateHz },
    { durationNs: FALL_NS, targetHz: rateHz },
    { durationNs: overload.settleNs, targetHz: rateHz },
  ];
  const after: readonly RampStage[] =
    executor.type === 'ramping-arrival-rate'
      ? [...scaledRamp(executor, rateHz).stages]
      : [{ durationNs: load.measureNs, targetHz: rateHz }];
  const warmUpNs = overload.durationNs + FALL_NS + overload.settleNs;
  return [rampSetting(load, { startHz: overload.rateHz, stages: [...before, ...after] }, warmUpNs)];
}

interface Ramp {
  readonly startHz: number;
  readonly stages: readonly RampStage[];
}

function scaledRamp(ramp: Extract<RatedExecutor, { type: 'ramping-arrival-rate' }>, rateHz: number): Ramp {
  const factor = rateHz / rateOf(ramp);
  return {
    startHz: ramp.startHz * factor,
    stages: ramp.stages.map(({ durationNs, targetHz }) => ({ durationNs, targetHz: targetHz * factor })),
  };
}

function rampSetting(load: Load, { startHz, stages }: Ramp, warmUpNs: Ns): string {
  const list = stages.map(
    ({ durationNs, targetHz }) => `{duration: ${durationNs}ns, target: ${rateText(targetHz)}}`,
  );
  const keys = [
    'executor: ramping-arrival-rate',
    `start-rate: ${rateText(startHz)}`,
    `stages: [${list.join(', ')}]`,
    `warm-up: ${warmUpNs}ns`,
    `measure: ${load.measureNs}ns`,
    `drain: ${load.drainNs}ns`,
    `send-lag-limit: ${load.sendLagLimitNs}ns`,
    ...(load.holdNs === undefined ? [] : [`hold: ${load.holdNs}ns`]),
  ];
  return `load={${keys.join(', ')}}`;
}

function rateText(rateHz: number): string {
  return `${roundedRate(rateHz)}/s`;
}

/** How long the load takes to fall. */
const FALL_NS: Ns = 1_000_000;
