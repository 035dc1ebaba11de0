/** What a scenario puts a system through and then takes away again: recovery is counted from its end. */
import { NS_PER_S, type Ns } from '../peer/timer.ts';
import { peersMeant } from '../scenario/peers-meant.ts';
import type { RampStage, Scenario } from '../scenario/scenario.ts';

export const DISTURBANCES = ['crash', 'slow-server', 'storm', 'outage', 'overload'] as const;
export type DisturbanceKind = (typeof DISTURBANCES)[number];

/** Times are nanoseconds since the beginning of the run. */
export interface Disturbance {
  readonly kind: DisturbanceKind;
  readonly startNs: Ns;
  /** From here on nothing disturbs any more. */
  readonly endNs: Ns;
}

/**
 * The disturbance of a scenario; undefined where it has none. Crashes, slow servers and outages of links come first, since a
 * storm that begins inside one cannot recover before its end; then the storm itself, then a ramp above its last rate.
 */
export function disturbanceOf(scenario: Scenario): Disturbance | undefined {
  const { executor } = scenario.load;
  const crash = crashOf(scenario);
  const outage = outageOf(scenario);
  const slowness = slownessOf(scenario);
  const [gravest, ...others] = [crash, slowness, outage].filter((each) => each !== undefined);
  if (gravest !== undefined && gravest.kind !== 'outage') {
    return others.reduce(
      (whole, { startNs, endNs }) => ({
        kind: whole.kind,
        startNs: Math.min(whole.startNs, startNs),
        endNs: Math.max(whole.endNs, endNs),
      }),
      gravest,
    );
  }
  if (executor.type === 'storm') return { kind: 'storm', startNs: 0, endNs: outage?.endNs ?? 0 };
  if (outage !== undefined) return outage;
  return executor.type === 'ramping-arrival-rate' ? overloadOf(executor.startHz, executor.stages) : undefined;
}

/** From the first crash to the last restart, or to the last crash of those that nothing starts again after. */
function crashOf({ faults, groups }: Scenario): Disturbance | undefined {
  const crashes = faults.filter((fault) => fault.type === 'crash');
  if (crashes.length === 0) return undefined;
  const ends = crashes.map((fault) => {
    const peers = groups.reduce((sum, { name, count }) => sum + (fault.groups.includes(name) ? count : 0), 0);
    const others = Math.max(0, peersMeant(peers, fault.share) - 1);
    return fault.atNs + fault.everyNs * others + (fault.forNs ?? 0);
  });
  return {
    kind: 'crash',
    startNs: Math.min(...crashes.map(({ atNs }) => atNs)),
    endNs: Math.max(...ends),
  };
}

/** From the beginning of the first slow time of a server to the end of the last one. */
function slownessOf({ faults }: Scenario): Disturbance | undefined {
  const slow = faults.filter((fault) => fault.type === 'slow-server');
  if (slow.length === 0) return undefined;
  return {
    kind: 'slow-server',
    startNs: Math.min(...slow.map(({ atNs }) => atNs)),
    endNs: Math.max(...slow.map(({ atNs, forNs }) => atNs + forNs)),
  };
}

/** From the beginning of the first outage to the end of the last one. */
function outageOf({ network }: Scenario): Disturbance | undefined {
  const links = [...(network?.links ?? []), ...(network?.paths ?? [])];
  const times = links.flatMap(({ up, down }) => [...up.downTimes, ...down.downTimes]);
  if (times.length === 0) return undefined;
  const ends = times.map(({ startNs, durationNs, again }) =>
    again === undefined ? startNs + durationNs : again.untilNs + durationNs,
  );
  return {
    kind: 'outage',
    startNs: Math.min(...times.map(({ startNs }) => startNs)),
    endNs: Math.max(...ends),
  };
}

/** The part of a ramp above the rate that it ends with; a ramp that ends with its highest rate has none. */
function overloadOf(startHz: number, stages: readonly RampStage[]): Disturbance | undefined {
  const usualHz = stages.at(-1)?.targetHz ?? 0;
  let rateHz = startHz;
  let timeNs = 0;
  let startNs: Ns | undefined = startHz > usualHz ? 0 : undefined;
  let endNs = 0;
  for (const { durationNs, targetHz } of stages) {
    const crossingNs = crossing(rateHz, targetHz, usualHz, durationNs);
    if (targetHz > usualHz) startNs ??= timeNs + crossingNs;
    if (rateHz > usualHz && targetHz <= usualHz) endNs = timeNs + crossingNs;
    rateHz = targetHz;
    timeNs += durationNs;
  }
  return startNs === undefined ? undefined : { kind: 'overload', startNs, endNs };
}

/** How far into a stage its rate passes `usualHz`. */
function crossing(fromHz: number, toHz: number, usualHz: number, durationNs: Ns): Ns {
  return fromHz === toHz ? 0 : Math.round(durationNs * Math.max(0, (usualHz - fromHz) / (toHz - fromHz)));
}

/** Rates are looked at over at least this long. */
export const RATE_SPAN_MINIMUM_NS: Ns = NS_PER_S;
