/** What cannot be true of the pings of one group. */
import { addressAt, parseAddress } from './address.ts';
import type { Finding } from './finding.ts';
import type { GroupSettings, ScenarioSettings } from './schema.ts';
import { expandTemplate, type TemplateValues } from './template.ts';
import { formatDurationNs } from './unit.ts';

/** Findings about `ping` of the group `name`. */
export function checkPing(name: string, group: GroupSettings, scenario: ScenarioSettings): Finding[] {
  const { ping } = group;
  if (ping === undefined) return [];
  const findings: Finding[] = [];
  const report = (message: string, hint: string): void => {
    findings.push({ path: ['peers', name, 'ping'], message, hint });
  };
  if (!scenario.connections.some(({ from }) => from === name)) {
    report(`group "${name}" starts no negotiations, so it has no tunnel to ping through`, 'remove ping');
  }
  if (group.children === 0) {
    report('there is nothing to ping through without child SAs', 'raise children, or remove ping');
  }
  if (scenario.runtime === 'udp' && group['nat-traversal'] !== 'force') {
    report('over udp ESP has to travel in UDP, which takes NAT traversal', 'write nat-traversal: force');
  }
  checkTimes(ping, scenario, report);
  checkDestination(name, group, report);
  checkVersions(name, group, scenario, report);
  return findings;
}

type Ping = NonNullable<GroupSettings['ping']>;
type Report = (message: string, hint: string) => void;

function checkTimes({ count, interval, timeout }: Ping, { load }: ScenarioSettings, report: Report): void {
  const longestNs = (count - 1) * interval + timeout;
  const take = `${count} pings may take ${formatDurationNs(longestNs)}`;
  if (load.hold !== undefined && longestNs > load.hold) {
    const hint = 'raise hold, or ping less';
    report(`${take}, and tunnels are deleted after ${formatDurationNs(load.hold)}`, hint);
  }
  if (longestNs > load.drain) {
    const hint = 'raise drain of the load, or ping less';
    report(`${take}, and the run ends ${formatDurationNs(load.drain)} after its last start`, hint);
  }
}

function checkDestination(name: string, group: GroupSettings, report: Report): void {
  const { ping } = group;
  if (ping?.to === undefined) {
    const network = group['remote-network'] ?? (group.configuration === undefined ? undefined : '0.0.0.0/0');
    if (network === undefined || !network.endsWith('/0')) return;
    report('the remote network is everything, which has no first host', 'add ping.to, an address to ping');
    return;
  }
  if (group.encapsulation === 'transport') {
    report('transport mode reaches the other end alone', 'remove ping.to');
  }
  const text = expandTemplate(ping.to, valuesOfFirst(name, group));
  if (parseAddress(text) === undefined) report(`"${text}" is no address`, 'write an IPv4 or IPv6 address');
}

function valuesOfFirst(name: string, { addresses }: GroupSettings): TemplateValues {
  return { index: 0, address: addressAt(addresses, 0), group: name };
}

/** One packet has addresses of one IP version; in transport mode those of the ends, which agree already. */
function checkVersions(name: string, group: GroupSettings, scenario: ScenarioSettings, report: Report): void {
  if (group.encapsulation === 'transport' || group.configuration !== undefined) return;
  const values = valuesOfFirst(name, group);
  const called = scenario.connections.find(({ from }) => from === name)?.to;
  const other = called === undefined ? undefined : scenario.peers[called];
  const source = expandTemplate(group['local-network'] ?? values.address, values);
  const written = group.ping?.to ?? group['remote-network'] ?? (other && addressAt(other.addresses, 0));
  const destination = written === undefined ? source : expandTemplate(written, values);
  const [from, to] = [versionOf(source), versionOf(destination)];
  if (from === undefined || to === undefined || from === to) return;
  report(
    `pings cannot go from ${source} (${from}) to ${destination} (${to})`,
    'write networks of one IP version',
  );
}

/** Undefined for what is no address or network, which others report. */
function versionOf(text: string): 'IPv4' | 'IPv6' | undefined {
  const octets = parseAddress(text.replace(/\/\d+$/, ''));
  if (octets === undefined) return undefined;
  return octets.length === 4 ? 'IPv4' : 'IPv6';
}
