/** What cannot be true of a load: windows that do not fit, too many or no starts, more peers than there are. */
import type { Finding } from './finding.ts';
import { ITERATIONS_MAXIMUM, PLANNED_STARTS_MAXIMUM } from './limits.ts';
import { initiatorCountOf, windowEndNsOf, stagesNs } from './resolve.ts';
import type { LoadSettings, ScenarioSettings } from './schema.ts';
import { count } from './schema-value.ts';
import { formatDurationNs } from './unit.ts';
import { NS_PER_S } from '../peer/timer.ts';

/** Findings about `load` and the number of initiators. */
export function checkLoad(settings: ScenarioSettings): Finding[] {
  const { load } = settings;
  const initiators = initiatorCountOf(settings);
  const findings: Finding[] = [];
  const report = (key: string, message: string, hint?: string): void => {
    findings.push({ path: ['load', key], message, hint });
  };
  const windowNs = windowEndNsOf(load);
  switch (load.executor) {
    case 'storm':
      if (load.spread > windowNs) {
        report(
          'spread',
          `the last starts, at ${formatDurationNs(load.spread)}, come after the end of the measure window at ${formatDurationNs(windowNs)}`,
          'raise measure',
        );
      }
      if (load['warm-up'] > 0 && load['warm-up'] >= load.spread) {
        report(
          'warm-up',
          'all starts lie in the warm-up, so nothing is measured',
          'a storm needs no warm-up',
        );
      }
      break;
    case 'ramping-arrival-rate':
      if (load['warm-up'] >= stagesNs(load)) {
        report(
          'warm-up',
          `the stages end with the warm-up, at ${formatDurationNs(stagesNs(load))}, so nothing is measured`,
        );
      } else if (windowNs > stagesNs(load)) {
        report(
          'measure',
          `warm-up and measure take ${formatDurationNs(windowNs)}, the stages ${formatDurationNs(stagesNs(load))}`,
          'leave measure out, or add a stage',
        );
      }
      break;
    case 'constant-peers':
    case 'per-peer-iterations':
      if (load.peers !== undefined && load.peers > initiators) {
        report(
          'peers',
          `${count(load.peers)} peers are to start negotiations, but there are only ${count(initiators)} initiators`,
        );
      }
      break;
    default:
  }
  const planned = plannedStarts(load, initiators);
  if (planned > PLANNED_STARTS_MAXIMUM) {
    report(
      'executor',
      `plans ${count(Math.round(planned))} starts; at most ${count(PLANNED_STARTS_MAXIMUM)} can be run`,
    );
  } else if (planned < 1 && findings.length === 0) {
    report('executor', 'plans no start at all', 'raise the rate, or the time that it goes on');
  }
  return findings;
}

/** About how many negotiations the load starts at most (closed models without a count: one is enough to know). */
function plannedStarts(load: LoadSettings, initiators: number): number {
  const windowS = windowEndNsOf(load) / NS_PER_S;
  switch (load.executor) {
    case 'storm':
      return initiators;
    case 'constant-arrival-rate':
      return load.rate * windowS;
    case 'poisson': {
      const warmUpS = load['warm-up'] / NS_PER_S;
      return load.rate * (windowS - warmUpS) + (load['warm-up-rate'] ?? load.rate) * warmUpS;
    }
    case 'ramping-arrival-rate': {
      let starts = 0;
      let rate = load['start-rate'];
      for (const stage of load.stages) {
        starts += ((rate + stage.target) / 2) * (stage.duration / NS_PER_S);
        rate = stage.target;
      }
      return starts;
    }
    case 'constant-peers':
      return load.peers ?? initiators;
    case 'per-peer-iterations':
      return (load.peers ?? initiators) * Math.min(load.iterations, ITERATIONS_MAXIMUM);
  }
}
