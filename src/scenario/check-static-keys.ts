/** What cannot be true of a group whose SAs were made by hand. */
import { checkGivenKeys } from './check-given-keys.ts';
import type { Finding } from './finding.ts';
import { formatEspTransform } from './keyword.ts';
import type { GroupSettings, ScenarioSettings } from './schema.ts';
import { formatDurationNs } from './unit.ts';

/** Findings about `static-keys` of the group `name`. */
export function checkStaticKeys(name: string, group: GroupSettings, scenario: ScenarioSettings): Finding[] {
  const keys = group['static-keys'];
  if (keys === undefined) return [];
  const findings: Finding[] = [];
  const report = (key: string, message: string, hint: string): void => {
    findings.push({ path: ['peers', name, key], message, hint });
  };
  if (scenario.runtime === 'udp' && keys['change-every'] !== undefined) {
    const hint = 'remove change-every, or write runtime: memory';
    report('static-keys', 'over udp the two ends need not have one clock to change their keys by', hint);
  }
  if (!scenario.connections.some(({ from }) => from === name)) {
    report(
      'static-keys',
      `group "${name}" talks to nobody by itself`,
      'put static-keys into the group that connects; the other end takes them from there',
    );
  } else if (group.ping === undefined) {
    report('static-keys', 'without IKE nothing is sent but pings', 'add ping: {}');
  }
  const [first] = group.esp;
  if (first?.encryption === 'aes-gcm16') {
    const proposal = formatEspTransform(first);
    const hint = 'write esp: [aes128-sha256]; AES-GCM would use nonces twice (RFC 8221)';
    report('esp', `${proposal} must not be keyed by hand`, hint);
  }
  if (first?.esn === true) {
    const hint = 'remove esn; without IKE nobody looks for replays, which extended numbers need (RFC 4303)';
    report('esp', `${formatEspTransform(first)} must not be keyed by hand`, hint);
  }
  if (group.login !== undefined || group.configuration !== undefined) {
    report(
      'static-keys',
      'nobody logs in or is lent an address without IKE',
      'remove login and configuration',
    );
  }
  findings.push(...checkGivenKeys(name, group, scenario));
  const every = keys['change-every'];
  if (every !== undefined && keys.skew >= every) {
    const times = `skew ${formatDurationNs(keys.skew)} is not shorter than change-every ${formatDurationNs(every)}`;
    report('static-keys', times, 'lower skew, or the keys of the two ends never agree');
  }
  return findings;
}
