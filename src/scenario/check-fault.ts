/** What cannot be true of `faults` and `retry`. */
import type { Finding } from './finding.ts';
import { suggestion } from './nearest-word.ts';
import { groupNamesOf } from './resolve-network.ts';
import { windowEndNsOf } from './resolve.ts';
import type { ScenarioPath } from './scenario-error.ts';
import type { FaultSettings, ScenarioSettings } from './schema.ts';
import { isClosedExecutor } from './schema-load.ts';
import { formatDurationNs } from './unit.ts';

/** Findings about `faults` and `retry`. */
export function checkFaults(settings: ScenarioSettings): Finding[] {
  const findings = settings.faults.flatMap((fault, index) => [
    ...checkTime(settings, fault, index),
    ...(fault.fault === 'outage'
      ? checkLink(settings, fault.link, ['faults', index, 'link'])
      : checkTargets(settings, fault, index)),
  ]);
  return [...findings, ...checkRetries(settings)];
}

function checkTime({ load }: ScenarioSettings, { at }: FaultSettings, index: number): Finding[] {
  const endNs = windowEndNsOf(load);
  if (at < endNs) return [];
  return [
    {
      path: ['faults', index, 'at'],
      message: `the measure window ends at ${formatDurationNs(endNs)}, before this happens`,
      hint: 'raise load.measure, or let it happen earlier',
    },
  ];
}

function checkLink({ network }: ScenarioSettings, link: string, path: ScenarioPath): Finding[] {
  const known = Object.keys(network?.links ?? {});
  if (known.includes(link)) return [];
  const hint = known.length === 0 ? 'describe it in network.links' : `links: ${known.join(', ')}`;
  return [{ path, message: `there is no link "${link}"`, hint: suggestion(link, known) ?? hint }];
}

function* checkTargets(
  settings: ScenarioSettings,
  fault: Exclude<FaultSettings, { fault: 'outage' }>,
  index: number,
): Generator<Finding> {
  for (const [place, name] of groupNamesOf(fault.peers).entries()) {
    const path = ['faults', index, 'peers', ...(typeof fault.peers === 'string' ? [] : [place])];
    const group = Object.hasOwn(settings.peers, name) ? settings.peers[name] : undefined;
    if (group === undefined) {
      const known = Object.keys(settings.peers);
      const hint = suggestion(name, known) ?? `groups: ${known.join(', ')}`;
      yield { path, message: `there is no group "${name}"`, hint };
      continue;
    }
    const initiates = settings.connections.some(({ from }) => from === name);
    if (settings.runtime === 'udp' && !initiates && group.role !== 'server') {
      yield {
        path,
        message: `over udp, "${name}" is real: nothing can go wrong there by plan`,
        hint: 'name a group that starts negotiations, or write runtime: memory',
      };
    }
    if (fault.fault === 'slow-server' && group.role !== 'server') {
      yield { path, message: `"${name}" is no group of servers`, hint: 'name one with role: server' };
    }
    if (fault.fault !== 'crash') continue;
    if (group.cpu?.shared === true) {
      yield {
        path,
        message: `the peers of "${name}" share one computer, which cannot crash for some of them`,
        hint: 'remove the fault, or cpu.shared',
      };
    }
    if (group['static-keys'] !== undefined) {
      yield {
        path,
        message: `"${name}" has static keys, and nothing that a crash could end`,
        hint: 'remove the fault',
      };
    }
    const { load } = settings;
    if (
      isClosedExecutor(settings.load.executor) &&
      initiates &&
      'think-time' in load &&
      load['think-time'] === 0
    ) {
      yield {
        path,
        message: `in a closed load without think-time, machines of "${name}" that are down would try again without end`,
        hint: 'write load.think-time: 1s, or take an open load',
      };
    }
  }
}

function* checkRetries(settings: ScenarioSettings): Generator<Finding> {
  for (const [name, { retry }] of Object.entries(settings.peers)) {
    const path = ['peers', name, 'retry'];
    if (retry === 'none') continue;
    if (isClosedExecutor(settings.load.executor)) {
      yield {
        path,
        message: `${settings.load.executor} starts whoever failed again by itself`,
        hint: 'remove retry, or take an open load such as storm',
      };
    }
    if (typeof retry === 'string' || typeof retry.wait === 'number') continue;
    if ('least' in retry.wait && retry.wait.least > retry.wait.most) {
      yield {
        path: [...path, 'wait'],
        message: `least ${formatDurationNs(retry.wait.least)} is more than most ${formatDurationNs(retry.wait.most)}`,
      };
    }
  }
}
