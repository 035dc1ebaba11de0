/** What cannot be true of one group of peers, though each of its keys is fine by itself. */
import { formatEspTransform, formatGroup, formatIkeTransform } from './keyword.ts';
import { addressAt, AddressError, parseAddress, parseNetwork } from './address.ts';
import { checkPing } from './check-ping.ts';
import { checkStaticKeys } from './check-static-keys.ts';
import type { Finding } from './finding.ts';
import type { GroupSettings, ScenarioSettings } from './schema.ts';
import { suggestion } from './nearest-word.ts';
import { count } from './schema-value.ts';
import { expandTemplate } from './template.ts';
import { formatDurationNs } from './unit.ts';
import {
  algorithmOfKey,
  keyAlgorithm,
  signsHash,
  usesExtendedAuthentication,
  usualKey,
} from '../ike/authentication.ts';
import type { Protection } from '../ike/protection-bundle.ts';
import type { EspTransform } from '../ike/transform.ts';
import { NS_PER_S } from '../peer/timer.ts';

/** Findings about the group `name` alone. */
export function checkGroup(name: string, group: GroupSettings, scenario: ScenarioSettings): Finding[] {
  const findings: Finding[] = [];
  const report = (key: string, message: string, hint?: string): void => {
    findings.push({ path: ['peers', name, key], message, hint });
  };
  if (group.count > group.addresses.size) {
    report(
      'count',
      `${count(group.count)} peers do not fit into ${group.addresses.text}, which has ${count(group.addresses.size)} usable addresses`,
      'give the group a larger block of addresses',
    );
  }
  if (group.port === group['nat-port']) {
    report('nat-port', `port and nat-port are both ${group.port}`, 'IKE uses 500 and 4500');
  }
  if (group.port === 0 && scenario.runtime === 'memory') {
    report('port', 'port 0 takes a free port of the system, which the memory runtime has not', 'write 500');
  }
  if (typeof group.mode !== 'string' && group.mode.main + group.mode.aggressive === 0) {
    report('mode', 'both modes have weight 0');
  }
  checkSchedules(group, report);
  for (const key of ['ike-lifetime', 'esp-lifetime'] as const) {
    if (group[key] % NS_PER_S !== 0) {
      report(
        key,
        `expected whole seconds, found ${formatDurationNs(group[key])}`,
        'IKE tells lifetimes in seconds',
      );
    }
  }
  checkLiveness(group, report);
  checkCpu(group, report);
  checkIdentity(group, report);
  checkLogin(group, report);
  checkSegment(group, scenario, report);
  checkCertificate(name, group, scenario, report);
  checkProposals(group, report);
  checkNetworks(name, group, report);
  findings.push(...checkPing(name, group, scenario), ...checkStaticKeys(name, group, scenario));
  return findings;
}

type Report = (key: string, message: string, hint?: string) => void;

function checkSchedules(group: GroupSettings, report: Report): void {
  const responder = group['responder-retransmit'];
  const schedules = {
    retransmit: group.retransmit,
    'responder-retransmit': responder === 'none' ? undefined : responder.schedule,
  };
  for (const [key, schedule] of Object.entries(schedules)) {
    if (schedule === undefined || Array.isArray(schedule) || schedule.max >= schedule.first) continue;
    const { first, max } = schedule;
    report(key, `max ${formatDurationNs(max)} is shorter than first ${formatDurationNs(first)}`);
  }
}

function checkLiveness(group: GroupSettings, report: Report): void {
  const { dpd, rekey } = group;
  if (dpd !== 'none' && dpd.timeout < dpd.retry) {
    report(
      'dpd',
      `timeout ${formatDurationNs(dpd.timeout)} is shorter than retry ${formatDurationNs(dpd.retry)}, so nobody is asked twice`,
      'raise timeout, or lower retry',
    );
  }
  if (rekey === 'none') return;
  const earliestNs = Math.round(rekey.margin * (1 + rekey.fuzz));
  for (const key of ['ike-lifetime', 'esp-lifetime'] as const) {
    if (earliestNs < group[key]) continue;
    report(
      'rekey',
      `margin and fuzz take up to ${formatDurationNs(earliestNs)}, and ${key} is ${formatDurationNs(group[key])}: nothing is left`,
      `lower margin or fuzz, or raise ${key}`,
    );
  }
}

function checkCpu({ cpu }: GroupSettings, report: Report): void {
  if (cpu === undefined) return;
  const { threads, 'own-threads': own, 'reserved-threads': reserved } = cpu;
  const kept = own + reserved.critical + reserved.high + reserved.medium;
  if (kept < threads) return;
  report(
    'cpu',
    `own-threads and reserved-threads keep ${kept} of ${threads} threads: less urgent jobs would never be done`,
    'raise threads, or lower the others',
  );
}

function checkIdentity({ identity }: GroupSettings, report: Report): void {
  if (identity === undefined || typeof identity === 'string') return;
  if (identity.type === 'address' && identity.text !== undefined) {
    report('identity', 'type address takes no text', "the identity is the peer's own address");
  }
  if (identity.type !== 'address' && identity.text === undefined) {
    report('identity', `type ${identity.type} needs a text`);
  }
}

function checkSegment({ segment }: GroupSettings, scenario: ScenarioSettings, report: Report): void {
  if (segment === undefined || segment in scenario.segments) return;
  const known = Object.keys(scenario.segments);
  report('segment', `there is no segment "${segment}"`, suggestion(segment, known) ?? 'add it to segments');
}

function checkCertificate(
  name: string,
  group: GroupSettings,
  scenario: ScenarioSettings,
  report: Report,
): void {
  const { authentication, certificate } = group;
  const algorithm = keyAlgorithm(authentication);
  if (algorithm !== undefined && certificate === undefined) {
    report(
      'authentication',
      `${authentication} needs a certificate`,
      'add certificate: {authority: corporate}',
    );
  }
  checkAccepted(group, report);
  if (certificate === undefined) return;
  if (!('authority' in certificate)) {
    const { chain, 'private-key': privateKey } = certificate;
    const needsNone =
      algorithm !== undefined &&
      !signsHash(authentication, true) &&
      usesExtendedAuthentication(authentication) &&
      scenario.connections.every(({ to }) => to !== name);
    if ((chain === undefined) !== (privateKey === undefined)) {
      const [there, missing] = chain === undefined ? ['private-key', 'chain'] : ['chain', 'private-key'];
      report('certificate', `there is a ${there}, but no ${missing}`, `add ${missing}, or remove ${there}`);
    } else if (chain === undefined && !needsNone) {
      report(
        'certificate',
        'there is neither chain nor private-key',
        'only users of a hybrid method have no certificate of their own',
      );
    }
    return;
  }
  if (!(certificate.authority in scenario.authorities)) {
    const known = Object.keys(scenario.authorities);
    const hint = suggestion(certificate.authority, known) ?? 'add it to authorities';
    report('certificate', `there is no authority "${certificate.authority}"`, hint);
  }
  const { key } = certificate;
  if (key !== undefined && algorithm !== undefined && algorithmOfKey(key) !== algorithm) {
    report('certificate', `key ${key} does not serve authentication ${authentication}`);
  }
}

/** A responder cannot prove itself with a key that it does not have. */
function checkAccepted(group: GroupSettings, report: Report): void {
  const { authentication, certificate, 'accept-authentication': accepted = [] } = group;
  for (const method of accepted) {
    const algorithm = keyAlgorithm(method);
    if (algorithm === undefined) continue;
    if (certificate === undefined) {
      report(
        'accept-authentication',
        `${method} needs a certificate`,
        'add certificate: {authority: corporate}',
      );
    } else if ('authority' in certificate) {
      const key = certificate.key ?? usualKey(authentication) ?? 'rsa-2048';
      if (algorithmOfKey(key) === algorithm) continue;
      report(
        'accept-authentication',
        `key ${key} of the certificate does not serve ${method}`,
        'a responder has one certificate: leave out the methods that it is not for',
      );
    }
  }
}

function checkLogin(group: GroupSettings, report: Report): void {
  const { authentication, login, users, lend } = group;
  if (login !== undefined && !usesExtendedAuthentication(authentication)) {
    report(
      'login',
      `nobody logs in with ${authentication} alone`,
      'write authentication: xauth-pre-shared-key',
    );
  }
  for (const each of [login, ...(users ?? [])]) {
    if (each === undefined || each.password !== undefined || each.totp !== undefined) continue;
    report(each === login ? 'login' : 'users', `user ${each.user} has neither password nor totp`);
  }
  for (const address of lend?.dns ?? []) {
    if (parseAddress(address) === undefined) report('lend', `"${address}" is no address of a name server`);
  }
}

function hasAh(protections: readonly Protection[]): boolean {
  return protections.includes('ah') || protections.includes('ah+esp');
}

function checkProposals(group: GroupSettings, report: Report): void {
  for (const key of ['ike', 'esp'] as const) {
    const names = key === 'ike' ? group.ike.map(formatIkeTransform) : group.esp.map(formatEspTransform);
    const repeated = names.find((name, index) => names.indexOf(name) !== index);
    if (repeated !== undefined) report(key, `proposal ${repeated} stands here twice`);
  }
  const { pfs, esp, protection } = group;
  if (new Set(protection).size < protection.length) report('protection', 'a protection stands here twice');
  // Only proposals of one group go into one quick mode.
  const pfsOf = (each: EspTransform) => each.group ?? pfs;
  const [firstEsp] = esp;
  const together = esp.filter((each) => firstEsp !== undefined && pfsOf(each) === pfsOf(firstEsp));
  if (hasAh(protection) && together.every(({ integrity }) => integrity === undefined)) {
    const hint = 'add one to esp, such as aes128-sha256';
    report('protection', 'no esp proposal has an integrity algorithm, which AH would take', hint);
  }
  const extended = esp.find((each) => each.esn === true);
  if (extended !== undefined && group['replay-window'] === 0) {
    const hint = `write replay-window: 64, or noesn; receivers infer the upper half of the number from the window`;
    report('replay-window', `${formatEspTransform(extended)} needs a replay window`, hint);
  }
  const withGroup = esp.filter((each) => each.group !== undefined);
  const [first] = withGroup;
  if (pfs === 'none' && first !== undefined) {
    report(
      'pfs',
      `pfs is none, but esp has ${formatEspTransform(first)}`,
      'remove the group there, or remove pfs',
    );
  }
  if (typeof pfs === 'number' && withGroup.length === esp.length) {
    report(
      'pfs',
      `pfs ${formatGroup(pfs)} changes nothing: every esp proposal names its group`,
      'remove pfs',
    );
  }
}

function checkNetworks(name: string, group: GroupSettings, report: Report): void {
  for (const key of ['local-network', 'remote-network'] as const) {
    const template = group[key];
    if (template === undefined) continue;
    if (group.encapsulation === 'transport') {
      report(
        key,
        "transport mode protects the peers' own addresses, not networks",
        `remove ${key}, or write encapsulation: tunnel`,
      );
    }
    for (const index of decisiveIndices(group.count)) {
      if (index >= group.addresses.size) continue;
      const text = expandTemplate(template, {
        index,
        address: addressAt(group.addresses, index),
        group: name,
      });
      const problem = networkProblem(text);
      if (problem === undefined) continue;
      report(key, `for peer ${index} of ${group.count}: ${problem.message}`, problem.hint);
      break;
    }
  }
}

function networkProblem(text: string): AddressError | undefined {
  try {
    parseNetwork(text);
    return undefined;
  } catch (error) {
    if (error instanceof AddressError) return error;
    throw error;
  }
}

/** Peers at which each placeholder has its smallest and its largest value; all others lie between. */
function decisiveIndices(peers: number): number[] {
  const last = peers - 1;
  return [...new Set([0, 1, Math.min(255, last), last])].filter((index) => index <= last);
}
