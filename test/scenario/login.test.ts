import { describe, expect, it } from 'vitest';
import { createPopulation } from '../../src/scenario/expand.ts';
import { complaint, scenarioOf } from './sample.ts';

const OFFICE = `name: office
peers:
  machines: { count: 2, addresses: 10.1.0.0/24, psk: secret }
  users:
    count: 3
    addresses: 10.2.0.0/24
    psk: secret
    authentication: xauth-pre-shared-key
    login: { user: "user-{number}", password: "wonderland-{index}" }
    configuration: pull
    remote-network: 10.78.0.0/24
  gate: { role: gateway, addresses: 192.0.2.1, lend: { addresses: 10.99.0.0/24, dns: [10.78.0.53] } }
connections:
  - { from: machines, to: gate }
  - { from: users, to: gate }
load: { executor: storm }
`;
const octets = (text: string): Uint8Array => new TextEncoder().encode(text);
const bend = (from: string, to: string): string => {
  if (!OFFICE.includes(from)) throw new Error(`there is no ${from}`);
  return OFFICE.replace(from, to);
};

describe('users', () => {
  const population = createPopulation(scenarioOf(OFFICE));
  const gate = population.policyOf(5);

  it('log in as their template says', () => {
    expect(population.policyOf(2).xauth?.client).toEqual({
      user: octets('user-1'),
      secret: { password: octets('wonderland-0') },
    });
    expect(population.policyOf(0).xauth?.client).toBeUndefined();
  });

  it('are known to the gateway that they connect to, and nobody else is', () => {
    const users = gate.xauth?.server?.users;
    expect(users?.(octets('user-3'))).toEqual({ password: octets('wonderland-2') });
    expect(users?.(octets('user-4'))).toBeUndefined();
    expect(users?.(octets('user-{number}'))).toBeUndefined();
  });

  it('may be written out at the gateway instead, for real clients', () => {
    const text = bend(
      'addresses: 192.0.2.1,',
      'addresses: 192.0.2.1, users: [{ user: alice, password: x }],',
    );
    const users = createPopulation(scenarioOf(text)).policyOf(5).xauth?.server?.users;
    expect(users?.(octets('alice'))).toEqual({ password: octets('x') });
    expect(users?.(octets('user-1'))).toBeUndefined();
  });

  it('are asked for what somebody has: a password, a code, or both', () => {
    expect(gate.xauth?.server?.factors).toEqual(['password']);
    const both = bend('password: "wonderland-{index}"', 'password: x, totp: { secret: "3132" }');
    const policy = createPopulation(scenarioOf(both)).policyOf(5);
    expect(policy.xauth?.server?.factors).toEqual(['password', 'passcode']);
  });

  it('make their method one that the gateway accepts', () => {
    expect(gate.acceptedAuthentications).toEqual(['pre-shared-key', 'xauth-pre-shared-key']);
  });

  it('do not where the gateway says itself what it accepts', () => {
    const text = bend(
      'addresses: 192.0.2.1,',
      'addresses: 192.0.2.1, accept-authentication: [pre-shared-key],',
    );
    const { acceptedAuthentications } = createPopulation(scenarioOf(text)).policyOf(5);
    expect(acceptedAuthentications).toEqual(['pre-shared-key']);
  });

  it('are lent addresses of the block', () => {
    expect(gate.clientNetwork).toEqual({
      addresses: [{ first: Uint8Array.of(10, 99, 0, 1), count: 254 }],
      dnsServers: [Uint8Array.of(10, 78, 0, 53)],
    });
  });
});

describe('logins that cannot be', () => {
  const cases: [string, string, RegExp][] = [
    [
      '    login: { user: "user-{number}", password: "wonderland-{index}" }\n',
      '',
      /has to log in, but has no login/,
    ],
    ['    authentication: xauth-pre-shared-key\n', '', /nobody logs in with pre-shared-key alone/],
    [', password: "wonderland-{index}"', '', /neither password nor totp/],
    [', lend: { addresses: 10.99.0.0/24, dns: [10.78.0.53] }', '', /wants addresses, but "gate" lends none/],
    ['configuration: pull', 'configuration: push', /waits for an address that "gate" does not set/],
    ['dns: [10.78.0.53]', 'dns: [ns.example]', /"ns.example" is no address/],
    ['password: "wonderland-{index}"', 'totp: { secret: "xyz" }', /expected the secret in hex/],
    ['xauth-pre-shared-key', 'xauth', /expected pre-shared-key, rsa-signature/],
  ];
  it.each(cases)('%s -> %s', (from, to, message) => {
    expect(complaint(bend(from, to))).toMatch(message);
  });
});
