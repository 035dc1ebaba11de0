/** What cannot be true of a group with authentication by public key encryption (RFC 2409 §5.2, §5.3). */
import { usesPublicKeyEncryption, usualKey } from '../ike/authentication.ts';
import { PKCS1_OVERHEAD } from '../ike/v1/pkcs1.ts';
import { IDENTITY_BODY_MINIMUM } from '../ike/v1/public-key-encryption.ts';
import { addressAt } from './address.ts';
import type { Finding } from './finding.ts';
import { resolveIdentity } from './resolve.ts';
import type { GroupSettings, ScenarioSettings } from './schema.ts';
import { expandTemplate } from './template.ts';

/** Findings about the group `name` and those that it encrypts for. */
export function checkEncryption(name: string, group: GroupSettings, scenario: ScenarioSettings): Finding[] {
  const findings: Finding[] = [];
  const report = (key: string, message: string, hint: string): void => {
    findings.push({ path: ['peers', name, key], message, hint });
  };
  const encrypting = new Set(
    Object.entries(scenario.peers)
      .filter(([, { authentication }]) => usesPublicKeyEncryption(authentication))
      .map(([each]) => each),
  );
  const pairs = scenario.connections.filter(({ from }) => encrypting.has(from));
  const isCalled = pairs.some(({ to }) => to === name);
  if (group.oracle && !isCalled && !encrypting.has(name)) {
    report(
      'oracle',
      'nothing is encrypted for this group, so there is no oracle',
      'write authentication: public-key-encryption, or remove oracle',
    );
  }
  if (group['send-certificate']) {
    if (group.authentication !== 'revised-public-key-encryption') {
      const hint = 'write authentication: revised-public-key-encryption, or remove send-certificate';
      report('send-certificate', 'only the revised mode of public key encryption has a place for it', hint);
    } else if (!pairs.some(({ from }) => from === name)) {
      const hint = 'put send-certificate into the group that connects';
      report(
        'send-certificate',
        `group "${name}" answers, and only initiators show their certificates`,
        hint,
      );
    }
  }
  const { certificate } = group;
  if (certificate !== undefined && 'authority' in certificate && certificate.keys > 1 && !isCalled) {
    report(
      'certificate',
      `nobody has a choice of ${certificate.keys} keys: no group connects by public key encryption`,
      'remove keys',
    );
  }
  for (const { from, to } of pairs) {
    const other = scenario.peers[from === name ? to : from];
    if (other === undefined || (from !== name && to !== name) || from === to) continue;
    if (scenario.peers[from]?.authentication !== 'public-key-encryption') continue;
    const room = roomOf(other);
    const length = IDENTITY_BODY_MINIMUM + identityLength(name, group);
    if (room === undefined || length <= room) continue;
    report(
      'identity',
      `an identification of ${length} octets does not fit into one RSA block of the other end, which takes ${room}`,
      'shorten the identity, or write authentication: revised-public-key-encryption',
    );
  }
  return findings;
}

const MODULUS_LENGTHS: Readonly<Record<string, number>> = { 'rsa-2048': 256, 'rsa-3072': 384 };

/** Octets that a key of the group encrypts; undefined for a key in a file. */
function roomOf({ certificate, authentication }: GroupSettings): number | undefined {
  if (certificate === undefined || !('authority' in certificate)) return undefined;
  const length = MODULUS_LENGTHS[certificate.key ?? usualKey(authentication) ?? 'rsa-2048'];
  return length === undefined ? undefined : length - PKCS1_OVERHEAD;
}

/** Octets of the last peer's identity, whose numbers are the longest. */
function identityLength(name: string, group: GroupSettings): number {
  const { type, text } = resolveIdentity(group.identity);
  const index = Math.min(group.count, group.addresses.size) - 1;
  const address = addressAt(group.addresses, index);
  if (type === 'address') return address.includes(':') ? 16 : 4;
  return new TextEncoder().encode(expandTemplate(text, { index, address, group: name })).length;
}
