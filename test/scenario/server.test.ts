import { describe, expect, it } from 'vitest';
import { bent, firstComplaint, scenarioOf } from './sample.ts';

const RADIUS = '  radius:\n    role: server\n    addresses: 192.0.2.100\nconnections:';
const asking = (login = 'login-server: { peers: radius }', radius = RADIUS) =>
  bent(['    role: gateway\n', `    role: gateway\n    ${login}\n`], ['connections:', radius]);

describe('servers of users', () => {
  it('have defaults, and gateways ask them', () => {
    const { groups } = scenarioOf(asking());
    expect(groups[1]!.loginServer).toEqual({ group: 'radius', timeoutNs: 3e9, tries: 3 });
    expect(groups[2]!.server).toEqual({
      service: { type: 'constant', ns: 20e6 },
      capacity: 16,
      queueLimit: 1000,
    });
  });

  it.each<[string, string, string]>([
    [
      'an unknown server',
      asking('login-server: { peers: radios }'),
      'sample.yaml:9:28: peers.gates.login-server.peers: there is no group of servers "radios"\n  hint: did you mean "radius"?',
    ],
    [
      'a server that nobody asks',
      asking('nat-keepalive: 0s'),
      'sample.yaml:13:11: peers.radius.role: nobody asks "radius"\n  hint: add login-server: { peers: radius } to gateways, or revocation: { server: radius } to peers with certificates',
    ],
    [
      'a server that negotiates',
      asking(
        undefined,
        `${RADIUS.replace('192.0.2.100', '192.0.2.100\n    psk: x')}\n  - { from: radius, to: gates }`,
      ),
      'sample.yaml:13:11: peers.radius.role: "radius" is a server, and does not negotiate\n  hint: remove its connections; gateways name it as login-server, and peers with certificates under revocation',
    ],
    [
      'a gateway that is described as a server',
      asking('server: { capacity: 3 }'),
      'sample.yaml:9:13: peers.gates.server: "gates" is no server, but a gateway\n  hint: write role: server',
    ],
    [
      'a slow gateway',
      `${asking()}faults: [{ fault: slow-server, peers: gates, at: 1s, for: 1s, factor: 2 }]\n`,
      'sample.yaml:19:39: faults.0.peers: "gates" is no group of servers\n  hint: name one with role: server',
    ],
  ])('%s is a mistake', (_, text, expected) => expect(firstComplaint(text)).toBe(expected));
});
