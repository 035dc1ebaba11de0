/** What cannot be true of the network of a scenario, though each of its keys is fine by itself. */
import { usesPreSharedKey } from '../ike/authentication.ts';
import { parseAddress, poolsOverlap } from './address.ts';
import type { Finding } from './finding.ts';
import { suggestion } from './nearest-word.ts';
import { groupNamesOf, qualitiesOf, type LinkQualities } from './resolve-network.ts';
import type { ScenarioPath } from './scenario-error.ts';
import type { NetworkDescription, ScenarioSettings } from './schema.ts';
import { count } from './schema-value.ts';
import { isSameForAll } from './template.ts';
import { formatDurationNs } from './unit.ts';

type Part = 'links' | 'nats' | 'firewalls';
type Nat = NetworkDescription['nats'][string];

/** All findings about `network`; none without it. */
export function checkNetwork(settings: ScenarioSettings): Finding[] {
  const { network } = settings;
  if (network === undefined) return [];
  const findings: Finding[] = [];
  if (settings.runtime === 'udp') {
    findings.push({
      path: ['network'],
      at: 'key',
      message: 'a network is simulated in memory only; over udp there is a real one',
      hint: 'remove network, or write runtime: memory',
    });
  }
  for (const part of ['links', 'nats', 'firewalls'] as const) {
    findings.push(...checkNames(settings, network, part));
  }
  findings.push(...checkPaths(settings, network));
  for (const [name, link] of Object.entries(network.links)) {
    if ((link.peers === undefined) === (link.between === undefined)) {
      findings.push({
        path: ['network', 'links', name],
        at: 'key',
        message: `link "${name}" needs either peers or between`,
        hint: 'peers: a group, for access links; between: [initiators, responders], for the path of a connection',
      });
    }
    for (const direction of ['up', 'down'] as const) {
      const path = ['network', 'links', name, ...(link[direction] === undefined ? [] : [direction])];
      // What is wrong with both directions is said once.
      if (direction === 'down' && link.up === undefined && link.down === undefined) continue;
      findings.push(...checkQualities(path, qualitiesOf(link, direction)));
    }
  }
  for (const [name, nat] of Object.entries(network.nats)) {
    findings.push(...checkNat(settings, network, name, nat));
  }
  return findings;
}

/** Groups exist, and have at most one of a kind before them. */
function checkNames(settings: ScenarioSettings, network: NetworkDescription, part: Part): Finding[] {
  const findings: Finding[] = [];
  const owners = new Map<string, string>();
  for (const [name, { peers }] of Object.entries(network[part])) {
    if (peers === undefined) continue;
    for (const [index, group] of groupNamesOf(peers).entries()) {
      const path = ['network', part, name, 'peers', ...(typeof peers === 'string' ? [] : [index])];
      const unknown = unknownGroup(settings, path, group);
      if (unknown !== undefined) findings.push(unknown);
      const owner = owners.get(group);
      if (owner !== undefined) {
        findings.push({ path, message: `group "${group}" has ${owner} of ${part} already` });
      }
      owners.set(group, name);
    }
  }
  return findings;
}

function checkPaths(settings: ScenarioSettings, network: NetworkDescription): Finding[] {
  const findings: Finding[] = [];
  const owners = new Map<string, string>();
  for (const [name, link] of Object.entries(network.links)) {
    if (link.between === undefined) continue;
    const path = ['network', 'links', name, 'between'];
    const [from, to] = link.between;
    if (from === undefined || to === undefined) {
      findings.push({
        path,
        message: 'expected two groups',
        hint: 'write between: [initiators, responders]',
      });
      continue;
    }
    const unknown = [from, to].flatMap(
      (group, index) => unknownGroup(settings, [...path, index], group) ?? [],
    );
    findings.push(...unknown);
    const isConnection = settings.connections.some((each) => each.from === from && each.to === to);
    if (unknown.length === 0 && !isConnection) {
      const isReverse = settings.connections.some((each) => each.from === to && each.to === from);
      findings.push({
        path,
        message: `there is no connection from "${from}" to "${to}"`,
        hint: isReverse
          ? `initiators come first: write between: [${to}, ${from}]`
          : 'add it to connections, or name the ends of one',
      });
    }
    const owner = owners.get(`${from} ${to}`);
    if (owner !== undefined)
      findings.push({ path, message: `link "${owner}" is the path between them already` });
    owners.set(`${from} ${to}`, name);
    if (link['shared-by'] !== 1) {
      findings.push({
        path: ['network', 'links', name, 'shared-by'],
        message: 'a path is that of each pair of peers; only access links are shared',
        hint: 'describe the access link of one end with peers, and share that',
      });
    }
  }
  return findings;
}

function unknownGroup(settings: ScenarioSettings, path: ScenarioPath, group: string): Finding | undefined {
  if (Object.hasOwn(settings.peers, group)) return undefined;
  const known = Object.keys(settings.peers);
  return {
    path,
    message: `there is no group "${group}"`,
    hint: suggestion(group, known) ?? `groups: ${known.join(', ')}`,
  };
}

function checkQualities(path: ScenarioPath, qualities: LinkQualities): Finding[] {
  const findings: Finding[] = [];
  const { latency, flapping } = qualities;
  const report = (key: string, message: string, hint?: string): void => {
    findings.push({ path: [...path, key], message, hint });
  };
  if (typeof latency === 'object' && 'least' in latency && latency.least !== undefined) {
    const upper = latency.distribution === 'uniform' ? latency.most : latency.mean;
    if (latency.least > upper) {
      report(
        'latency',
        `least ${formatDurationNs(latency.least)} is more than ${latency.distribution === 'uniform' ? 'most' : 'mean'} ${formatDurationNs(upper)}`,
      );
    }
  }
  if (qualities.queue !== undefined && qualities.bandwidth === undefined) {
    report('queue', 'nobody waits on a link without bandwidth', 'add bandwidth, or remove queue');
  }
  if (qualities.fragments === 'drop' && qualities.mtu === undefined) {
    report('fragments', 'there are no fragments on a link without mtu', 'add mtu: 1500');
  }
  if (flapping !== undefined && flapping.for >= flapping.every) {
    report(
      'flapping',
      `a link that is down for ${formatDurationNs(flapping.for)} every ${formatDurationNs(flapping.every)} is never up`,
      'make every longer than for, or describe an outage',
    );
  }
  return findings;
}

function checkNat(
  settings: ScenarioSettings,
  network: NetworkDescription,
  name: string,
  nat: Nat,
): Finding[] {
  const findings: Finding[] = [];
  const report = (key: string, message: string, hint?: string): void => {
    findings.push({ path: ['network', 'nats', name, key], message, hint });
  };
  const names = groupNamesOf(nat.peers).filter((group) => Object.hasOwn(settings.peers, group));
  const groups = names.map((group) => settings.peers[group]!);
  const peers = groups.reduce((sum, group) => sum + group.count, 0);
  const sharedBy = nat['shared-by'] === 'all' ? Infinity : nat['shared-by'];
  const boxes = Math.max(1, Math.ceil(peers / sharedBy));
  if (boxes > nat.addresses.size) {
    report(
      'addresses',
      `${count(boxes)} boxes need an address each, and ${nat.addresses.text} has ${count(nat.addresses.size)}`,
      'give more addresses, or raise shared-by',
    );
  }
  const overlapping = overlapOf(settings, network, name, boxes);
  if (overlapping !== undefined) report('addresses', `${overlapping} has these addresses already`);
  const family = parseAddress(nat.addresses.first)?.length;
  for (const [index, group] of names.entries()) {
    const { addresses, psk, mode, authentication } = groups[index]!;
    if (parseAddress(addresses.first)?.length !== family) {
      report('addresses', `"${group}" and its NAT boxes need addresses of one family`);
    }
    if (settings.connections.some(({ to }) => to === group)) {
      report(
        'peers',
        `group "${group}" answers, and nobody can call who is behind a NAT box`,
        'put those who call behind one',
      );
    }
    const callsInMainMode = typeof mode === 'string' ? mode === 'main' : mode.main > 0;
    const hasOwnKeys = psk !== undefined && !isSameForAll(psk) && usesPreSharedKey(authentication);
    if (callsInMainMode && hasOwnKeys && sharedBy > 1) {
      report(
        'peers',
        `"${group}" has a pre-shared key for each peer in main mode, and behind one address nobody can tell them apart`,
        'write one psk for the group, mode: aggressive, or shared-by: 1',
      );
    }
  }
  return findings;
}

/** Who else has one of the outer addresses. */
function overlapOf(
  settings: ScenarioSettings,
  network: NetworkDescription,
  name: string,
  boxes: number,
): string | undefined {
  const own = network.nats[name]!.addresses;
  for (const [group, { addresses, count: peers }] of Object.entries(settings.peers)) {
    if (poolsOverlap(addresses, peers, own, boxes)) return `group "${group}"`;
  }
  for (const [other, { addresses }] of Object.entries(network.nats)) {
    if (other === name) return undefined;
    if (poolsOverlap(addresses, addresses.size, own, boxes)) return `NAT "${other}"`;
  }
  return undefined;
}
