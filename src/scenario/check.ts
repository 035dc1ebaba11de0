/** What cannot be true of a scenario as a whole: names that lead nowhere, and combinations that cannot run. */
import { parseAddress, poolsOverlap } from './address.ts';
import { checkEncryption } from './check-encryption.ts';
import { checkExpiry } from './check-expiry.ts';
import { checkFaults } from './check-fault.ts';
import { checkGroup } from './check-group.ts';
import { checkLoad } from './check-load.ts';
import { checkMisbehaviour } from './check-misbehave.ts';
import { checkNetwork } from './check-network.ts';
import { checkRevocation } from './check-revocation.ts';
import { checkServers } from './check-server.ts';
import type { Finding } from './finding.ts';
import { GROUPS_MAXIMUM, PEERS_MAXIMUM } from './limits.ts';
import { suggestion } from './nearest-word.ts';
import type { GroupSettings, ScenarioSettings } from './schema.ts';
import {
  algorithmOfKey,
  keyAlgorithm,
  usesExtendedAuthentication,
  usesPreSharedKey,
  usesPublicKeyEncryption,
  usualKey,
} from '../ike/authentication.ts';
import { count } from './schema-value.ts';

type Groups = ReadonlyMap<string, GroupSettings>;

/**
 * All findings about settings whose single values are valid. A negotiation that one side will
 * refuse (no common proposal, say) is no finding: measuring refusals is a use of the tool.
 */
export function checkScenario(settings: ScenarioSettings): Finding[] {
  const groups: Groups = new Map(Object.entries(settings.peers));
  const findings: Finding[] = [];
  for (const [name, group] of groups) {
    findings.push(...checkGroup(name, group, settings), ...checkEncryption(name, group, settings));
  }
  return [
    ...findings,
    ...checkClock(settings),
    ...checkPopulation(groups),
    ...checkConnections(settings, groups),
    ...checkNetwork(settings),
    ...checkLoad(settings),
    ...checkFaults(settings),
    ...checkExpiry(settings),
    ...checkMisbehaviour(settings),
    ...checkServers(settings),
    ...checkRevocation(settings),
    ...checkThresholds(settings, groups),
  ];
}

function checkClock({ clock, epoch, runtime, crypto, peers }: ScenarioSettings): Finding[] {
  if (clock === 'real') return [...checkRealTime(crypto, peers), ...checkEpoch(epoch)];
  if (runtime === 'memory') return [];
  const hint = 'write runtime: memory, or clock: real';
  return [{ path: ['clock'], message: 'sockets and what is behind them keep to real time', hint }];
}

/** What makes no sense where computing takes the time that it takes. */
function* checkRealTime(
  crypto: ScenarioSettings['crypto'],
  peers: ScenarioSettings['peers'],
): Generator<Finding> {
  const hint = 'add clock: virtual';
  if (crypto === 'modelled') {
    yield {
      path: ['crypto'],
      message: 'modelled cryptography is for virtual time: it protects nothing',
      hint,
    };
  }
  for (const [name, { cpu }] of Object.entries(peers)) {
    if (cpu === undefined) continue;
    yield { path: ['peers', name, 'cpu'], message: 'in real time, work takes the time that it takes', hint };
  }
}

function checkEpoch(epoch: ScenarioSettings['epoch']): Finding[] {
  if (epoch === undefined) return [];
  return [
    {
      path: ['epoch'],
      message: 'in real time, the date is that of the machine',
      hint: 'remove epoch, or add clock: virtual',
    },
  ];
}

function checkPopulation(groups: Groups): Finding[] {
  if (groups.size === 0) return [{ path: ['peers'], message: 'expected at least one group of peers' }];
  if (groups.size > GROUPS_MAXIMUM) {
    return [{ path: ['peers'], message: `expected at most ${GROUPS_MAXIMUM} groups, found ${groups.size}` }];
  }
  const findings: Finding[] = [];
  let total = 0;
  for (const group of groups.values()) total += group.count;
  if (total > PEERS_MAXIMUM) {
    findings.push({
      path: ['peers'],
      message: `expected at most ${count(PEERS_MAXIMUM)} peers, found ${count(total)}`,
    });
  }
  const entries = [...groups];
  for (const [i, [name, group]] of entries.entries()) {
    const other = entries
      .slice(0, i)
      .find(([, earlier]) => poolsOverlap(earlier.addresses, earlier.count, group.addresses, group.count));
    if (other === undefined) continue;
    findings.push({
      path: ['peers', name, 'addresses'],
      message: `groups ${other[0]} (${other[1].addresses.text}) and ${name} (${group.addresses.text}) have addresses in common`,
      hint: 'give each group addresses of its own',
    });
  }
  return findings;
}

function checkConnections(settings: ScenarioSettings, groups: Groups): Finding[] {
  const findings: Finding[] = [];
  const initiating = new Set<string>();
  const used = new Set<string>();
  for (const [index, { from, to, spread }] of settings.connections.entries()) {
    const report = (key: string, message: string, hint?: string): void => {
      findings.push({ path: ['connections', index, key], message, hint });
    };
    const initiators = groups.get(from);
    const responders = groups.get(to);
    for (const [key, name, group] of [
      ['from', from, initiators],
      ['to', to, responders],
    ] as const) {
      used.add(name);
      if (group !== undefined) continue;
      const hint = suggestion(name, groups.keys()) ?? `groups: ${[...groups.keys()].join(', ')}`;
      report(key, `there is no group "${name}"`, hint);
    }
    if (from === to) report('to', 'a group cannot connect to itself', 'make two groups of it');
    if (initiating.has(from)) {
      report(
        'from',
        `group "${from}" starts negotiations in another connection already`,
        'split the group, one part for each connection',
      );
    }
    initiating.add(from);
    if (initiators === undefined || responders === undefined || from === to) continue;
    findings.push(...checkEnds(settings, { from, to, initiators, responders }));
    if (spread === 'one-to-one' && responders.count < initiators.count) {
      report(
        'spread',
        `one-to-one needs a responder for each of ${count(initiators.count)} initiators; "${to}" has ${count(responders.count)}`,
        `raise peers.${to}.count, or write spread: round-robin`,
      );
    }
  }
  for (const name of groups.keys()) {
    if (used.has(name) || groups.get(name)?.role === 'server') continue;
    findings.push({
      path: ['peers', name],
      at: 'key',
      message: `group "${name}" is in no connection`,
      hint: 'add it to connections, or remove it',
    });
  }
  return findings;
}

interface Ends {
  readonly from: string;
  readonly to: string;
  readonly initiators: GroupSettings;
  readonly responders: GroupSettings;
}

function checkEnds(settings: ScenarioSettings, { from, to, initiators, responders }: Ends): Finding[] {
  const findings: Finding[] = [];
  const hasIke = initiators['static-keys'] === undefined;
  if (hasIke && initiators.psk === undefined && usesPreSharedKey(initiators.authentication)) {
    findings.push({
      path: ['peers', from, 'psk'],
      message: `group "${from}" starts negotiations, but has no psk`,
      hint: 'add psk: a text, or a template such as "secret-{number}"',
    });
  }
  findings.push(...checkMethods(settings, { from, to, initiators, responders }));
  findings.push(...checkLogins(settings, { from, to, initiators, responders }));
  // A client that is given an address uses that as its side.
  const hasLocal = initiators['local-network'] !== undefined || initiators.configuration !== undefined;
  if (hasLocal !== (initiators['remote-network'] !== undefined)) {
    findings.push({
      path: ['peers', from, hasLocal ? 'remote-network' : 'local-network'],
      message: `group "${from}" names a network on one side only; quick mode sends both or none`,
      hint: hasLocal ? 'add remote-network' : 'add local-network; "{address}/32" is the peer itself',
    });
  }
  if (addressLength(initiators) !== addressLength(responders)) {
    findings.push({
      path: ['peers', to, 'addresses'],
      message: `groups "${from}" and "${to}" cannot talk: one has IPv4 addresses, the other IPv6`,
    });
  }
  if (settings.runtime === 'udp' && responders.port === 0) {
    findings.push({
      path: ['peers', to, 'port'],
      message: `group "${to}" answers, so its port cannot be 0`,
      hint: 'initiators have to know the port',
    });
  }
  return findings;
}

/** A responder has one certificate, and its key has to fit what every caller asks for. */
function checkMethods(settings: ScenarioSettings, { from, to, initiators, responders }: Ends): Finding[] {
  const algorithm = keyAlgorithm(initiators.authentication);
  if (algorithm === undefined) return [];
  // Who is refused at once sees no certificate.
  if (responders['accept-authentication']?.includes(initiators.authentication) === false) return [];
  // Who signs shows its certificate; who encrypts has to know it.
  if (settings.runtime === 'udp' && !usesPublicKeyEncryption(initiators.authentication)) return [];
  const { certificate, authentication } = responders;
  if (certificate === undefined) {
    return [
      {
        path: ['peers', to],
        at: 'key',
        message: `group "${from}" authenticates by ${initiators.authentication}, and "${to}" has no certificate`,
        hint: `add certificate: {authority: ...} and authentication: ${initiators.authentication} to peers.${to}`,
      },
    ];
  }
  if (!('authority' in certificate)) return [];
  const key = certificate.key ?? usualKey(authentication) ?? 'rsa-2048';
  if (algorithmOfKey(key) === algorithm) return [];
  return [
    {
      path: ['peers', to, 'certificate'],
      message: `key ${key} of "${to}" does not serve ${initiators.authentication} of "${from}"`,
      hint: `write key: ${usualKey(initiators.authentication)}`,
    },
  ];
}

function checkLogins(settings: ScenarioSettings, { from, to, initiators, responders }: Ends): Finding[] {
  const findings: Finding[] = [];
  if (usesExtendedAuthentication(initiators.authentication) && initiators.login === undefined) {
    findings.push({
      path: ['peers', from, 'authentication'],
      message: `group "${from}" has to log in, but has no login`,
      hint: 'add login: {user: "user-{number}", password: "..."}',
    });
  }
  const isSimulated = settings.runtime === 'memory';
  if (initiators.configuration !== undefined && responders.lend === undefined && isSimulated) {
    findings.push({
      path: ['peers', from, 'configuration'],
      message: `group "${from}" wants addresses, but "${to}" lends none`,
      hint: `add peers.${to}.lend: {addresses: 10.99.0.0/16}`,
    });
  }
  if (initiators.configuration === 'push' && responders.configuration !== 'push' && isSimulated) {
    findings.push({
      path: ['peers', from, 'configuration'],
      message: `group "${from}" waits for an address that "${to}" does not set unasked`,
      hint: `write configuration: pull, or add configuration: push to peers.${to}`,
    });
  }
  return findings;
}

function checkThresholds(settings: ScenarioSettings, groups: Groups): Finding[] {
  const findings: Finding[] = [];
  const initiating = new Set(settings.connections.map(({ from }) => from));
  for (const [index, { group }] of settings.thresholds.entries()) {
    if (group === undefined || initiating.has(group)) continue;
    const known = [...initiating].filter((name) => groups.has(name));
    findings.push({
      path: ['thresholds', index],
      message: groups.has(group)
        ? `group "${group}" starts no negotiations, so nothing is measured for it`
        : `there is no group "${group}"`,
      hint: suggestion(group, known) ?? `measured groups: ${known.join(', ')}`,
    });
  }
  return findings;
}

function addressLength(group: GroupSettings): number | undefined {
  return parseAddress(group.addresses.first)?.length;
}
