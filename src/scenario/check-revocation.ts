/** What cannot be true of `revocation`, of what authorities publish and of what they revoked. */
import { signsHash } from '../ike/authentication.ts';
import { NS_PER_S } from '../peer/timer.ts';
import type { Finding } from './finding.ts';
import { LISTS_MAXIMUM } from './limits.ts';
import { suggestion } from './nearest-word.ts';
import { runEndNsOf } from './resolve.ts';
import type { GroupSettings, ScenarioSettings } from './schema.ts';
import { count } from './schema-value.ts';
import { formatDurationNs } from './unit.ts';

/** Findings about `revocation`, `revocation-list` and `revoked`. */
export function* checkRevocation(settings: ScenarioSettings): Generator<Finding> {
  for (const [name, group] of Object.entries(settings.peers)) {
    yield* checkRevoked(name, group);
    yield* checkGroupRevocation(name, group, settings);
  }
  const isAsked = Object.values(settings.peers).some(({ revocation }) => revocation?.server !== undefined);
  for (const name of Object.keys(settings.authorities)) yield* checkLists(name, settings, isAsked);
}

function* checkRevoked(name: string, { certificate, count: peers }: GroupSettings): Generator<Finding> {
  if (certificate === undefined || !('authority' in certificate)) return;
  for (const [index, number] of (certificate.revoked ?? []).entries()) {
    if (number <= peers) continue;
    yield {
      path: ['peers', name, 'certificate', 'revoked', index],
      message: `there is no peer number ${count(number)}, "${name}" has ${count(peers)}`,
    };
  }
}

function* checkGroupRevocation(
  name: string,
  { revocation, certificate }: GroupSettings,
  settings: ScenarioSettings,
): Generator<Finding> {
  if (revocation === undefined) return;
  const path = ['peers', name, 'revocation'];
  if (certificate === undefined) {
    yield {
      path,
      at: 'key',
      message: `"${name}" has no certificate, and trusts nobody's`,
      hint: 'remove it, or add certificate',
    };
    return;
  }
  if (!seesSignatures(name, settings)) {
    yield {
      path,
      at: 'key',
      message: `nobody shows "${name}" a certificate that it would have to judge`,
      hint: 'certificates of public key encryption are known beforehand; take a method with signatures, or remove it',
    };
  }
  const { server } = revocation;
  const servers = Object.entries(settings.peers).filter(([, { role }]) => role === 'server');
  if (server === undefined) {
    if (revocation.cache !== undefined) {
      yield {
        path: [...path, 'cache'],
        message: 'nothing is fetched without server',
        hint: 'add server, or remove cache',
      };
    }
    return;
  }
  const names = servers.map(([each]) => each);
  if (!names.includes(server)) {
    yield {
      path: [...path, 'server'],
      message: `there is no group of servers "${server}"`,
      hint: suggestion(server, names) ?? 'add one with role: server',
    };
  }
  if (Object.keys(settings.authorities).length === 0) {
    yield {
      path: [...path, 'server'],
      message: 'servers have the lists of authorities, and there are none',
      hint: 'add authorities, or give lists in files: certificate.revocations',
    };
  }
}

/** Whether somebody who talks to the group proves itself by a signature. */
function seesSignatures(name: string, { connections, peers }: ScenarioSettings): boolean {
  return connections.some(({ from, to }) => {
    if (from !== name && to !== name) return false;
    const authentication = peers[from]?.authentication;
    return authentication !== undefined && signsHash(authentication, from !== name);
  });
}

function* checkLists(name: string, settings: ScenarioSettings, isAsked: boolean): Generator<Finding> {
  const { every, valid } = settings.authorities[name]!['revocation-list'];
  const path = ['authorities', name, 'revocation-list'];
  for (const [key, value] of [
    ['every', every],
    ['valid', valid ?? every],
  ] as const) {
    if (value % NS_PER_S === 0) continue;
    yield {
      path: [...path, key],
      message: `expected whole seconds, found ${formatDurationNs(value)}`,
      hint: 'revocation lists tell their times in seconds',
    };
    return;
  }
  const lists = Math.floor(runEndNsOf(settings.load) / every) + 1;
  if (!isAsked || lists <= LISTS_MAXIMUM) return;
  yield {
    path: [...path, 'every'],
    message: `makes ${count(lists)} lists in the run; at most ${count(LISTS_MAXIMUM)} can be signed`,
    hint: 'publish them less often',
  };
}
