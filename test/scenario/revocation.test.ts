/** What a scenario says of revocation lists, and what it cannot say. */
import { describe, expect, it } from 'vitest';
import { parseScenario } from '../../src/scenario/load.ts';

const TEXT = `name: sample
clock: virtual
authorities: { company: {} }
peers:
  users:
    count: 2
    addresses: 10.1.0.0/24
    authentication: ecdsa-256
    certificate: { authority: company, revoked: [2] }
  gates:
    role: gateway
    addresses: 192.0.2.1
    authentication: ecdsa-256
    certificate: { authority: company }
    revocation: { server: lists, cache: 1m }
  lists: { role: server, addresses: 192.0.2.9, port: 80 }
connections: [{ from: users, to: gates }]
load: { executor: storm, measure: 10s, drain: 1s }
`;
const load = (...settings: string[]) => parseScenario(TEXT, 'sample.yaml', settings).scenario;
const problem = (...settings: string[]): string => {
  try {
    load(...settings);
  } catch (error) {
    return (error as Error).message;
  }
  return 'nothing wrong';
};

describe('revocation of a scenario', () => {
  it('has defaults', () => {
    const { groups, authorities } = load();
    expect(groups[0]!.certificate).toMatchObject({ revoked: [2] });
    expect(groups[1]!.revocation).toEqual({
      ...{ isStrict: true, cacheNs: 60e9 },
      server: { group: 'lists', timeoutNs: 3e9, tries: 2 },
    });
    expect(authorities[0]!.lists).toEqual({ everyNs: 3600e9, validNs: 3600e9 });
  });

  it.each([
    [
      'a server that is not there',
      'peers.gates.revocation.server=list',
      'there is no group of servers "list"',
    ],
    ['a peer that is not there', 'peers.users.certificate.revoked=[1, 3]', 'there is no peer number 3'],
    ['a cache of nothing', 'peers.gates.revocation={cache: 1m}', 'nothing is fetched without server'],
    [
      'half seconds',
      'authorities.company.revocation-list={every: 500ms}',
      'expected whole seconds, found 500ms',
    ],
    [
      'more lists than can be signed',
      'load={executor: storm, measure: 2000s};authorities.company.revocation-list={every: 1s}',
      'at most 1,000 can be signed',
    ],
    [
      'nobody to judge',
      'peers.users.authentication=public-key-encryption;peers.users.certificate.key=rsa-2048;peers.gates.authentication=public-key-encryption;peers.gates.certificate.key=rsa-2048',
      'nobody shows "gates" a certificate',
    ],
    [
      'pre-shared keys',
      'peers.users={addresses: 10.1.0.1, psk: x};peers.gates={role: gateway, addresses: 192.0.2.1, psk: x, revocation: {server: lists}}',
      '"gates" has no certificate',
    ],
    ['sockets', 'runtime=udp;clock=real', 'servers are simulated in memory only'],
  ])('cannot have %s', (_, settings, message) => {
    expect(problem(...settings.split(';'))).toContain(message);
  });
});
