/** What cannot be true of servers of users and of revocation lists, and of those who ask them. */
import type { Finding } from './finding.ts';
import { suggestion } from './nearest-word.ts';
import type { ScenarioSettings } from './schema.ts';

/** Findings about `role: server`, `server` and `login-server`. */
export function* checkServers(settings: ScenarioSettings): Generator<Finding> {
  const groups = Object.entries(settings.peers);
  const servers = groups.filter(([, { role }]) => role === 'server').map(([name]) => name);
  for (const [name, group] of groups) {
    const path = ['peers', name];
    if (group.role === 'server') yield* checkServer(settings, name);
    else if (group.server !== undefined) {
      yield {
        path: [...path, 'server'],
        message: `"${name}" is no server, but a ${group.role}`,
        hint: 'write role: server',
      };
    }
    const asked = group['login-server']?.peers;
    if (asked === undefined) continue;
    const isResponder = settings.connections.some(({ to }) => to === name);
    if (!servers.includes(asked)) {
      yield {
        path: [...path, 'login-server', 'peers'],
        message: `there is no group of servers "${asked}"`,
        hint: suggestion(asked, servers) ?? 'add one with role: server',
      };
    }
    if (!isResponder) {
      yield { path: [...path, 'login-server'], message: `nobody logs in at "${name}"`, hint: 'remove it' };
    }
  }
}

function* checkServer(settings: ScenarioSettings, name: string): Generator<Finding> {
  const path = ['peers', name, 'role'];
  if (settings.connections.some(({ from, to }) => from === name || to === name)) {
    yield {
      path,
      message: `"${name}" is a server, and does not negotiate`,
      hint: 'remove its connections; gateways name it as login-server, and peers with certificates under revocation',
    };
  }
  const groups = Object.values(settings.peers);
  const isAsked = groups.some(
    (group) => group['login-server']?.peers === name || group.revocation?.server === name,
  );
  if (!isAsked) {
    yield {
      path,
      message: `nobody asks "${name}"`,
      hint: `add login-server: { peers: ${name} } to gateways, or revocation: { server: ${name} } to peers with certificates`,
    };
  }
  if (settings.runtime === 'udp') {
    yield {
      path,
      message: 'servers are simulated in memory only',
      hint: 'remove the group, or write runtime: memory',
    };
  }
}
