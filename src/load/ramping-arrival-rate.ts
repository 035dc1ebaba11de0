/** Ramping arrival rate: the rate rises and falls in straight lines, and arrivals follow it exactly. */
import { NS_PER_S, type Ns } from '../peer/timer.ts';
import type { RampStage } from '../scenario/scenario.ts';
import { scheduleOf, type ArrivalSchedule, type ScheduleSetup } from './arrival-schedule.ts';

export interface Ramp {
  readonly startHz: number;
  readonly stages: readonly RampStage[];
}

/**
 * Arrival k is due at the first moment when k arrivals are behind it, that is where the integral
 * of the rate reaches k. In a stage from rate r with slope a that is the smaller root of
 * r t + a t^2 / 2 = k - (arrivals of the stages before). Nothing is due after the last stage.
 */
export function createRampingArrivalRate(ramp: Ramp, setup: ScheduleSetup): ArrivalSchedule {
  const stages = curvesOf(ramp);
  let current = 0;
  let latestNs = 0;
  return scheduleOf((index) => {
    let curve = stages[current];
    while (curve !== undefined && index > curve.arrivalsAfter) curve = stages[++current];
    if (curve === undefined) return Infinity;
    const elapsedS = timeOfArrivals(curve, Math.max(0, index - curve.arrivalsBefore));
    const plannedNs = curve.startNs + Math.min(curve.durationNs, Math.round(elapsedS * NS_PER_S));
    if (plannedNs === stages.at(-1)?.endNs) return Infinity;
    latestNs = Math.max(latestNs, plannedNs);
    return latestNs;
  }, setup);
}

/** A stage with its place in time and among the arrivals. */
interface Curve {
  readonly startNs: Ns;
  readonly durationNs: Ns;
  readonly endNs: Ns;
  readonly startHz: number;
  /** Change of the rate a second. */
  readonly slope: number;
  readonly arrivalsBefore: number;
  readonly arrivalsAfter: number;
}

function curvesOf({ startHz, stages }: Ramp): Curve[] {
  let rateHz = startHz;
  let startNs = 0;
  let arrivals = 0;
  return stages.map(({ durationNs, targetHz }) => {
    const seconds = durationNs / NS_PER_S;
    const after = arrivals + ((rateHz + targetHz) / 2) * seconds;
    const curve: Curve = {
      startNs,
      durationNs,
      endNs: startNs + durationNs,
      startHz: rateHz,
      slope: (targetHz - rateHz) / seconds,
      arrivalsBefore: arrivals,
      arrivalsAfter: after,
    };
    rateHz = targetHz;
    startNs += durationNs;
    arrivals = after;
    return curve;
  });
}

/** Seconds from the beginning of the stage to its arrival number `count`, in the form that loses no digits near slope 0. */
function timeOfArrivals({ startHz, slope }: Curve, count: number): number {
  if (count === 0) return 0;
  const rateHz = Math.sqrt(Math.max(0, startHz * startHz + 2 * slope * count));
  return (2 * count) / (startHz + rateHz);
}
