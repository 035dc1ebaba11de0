import { describe, expect, it } from 'vitest';
import { ENCRYPTION_QUIRKS } from '../../src/ike/v1/encryption-quirks.ts';
import { createPopulation } from '../../src/scenario/expand.ts';
import { complaint, scenarioOf } from './sample.ts';

const OFFICE = `name: office
authorities:
  corporate: { key: rsa-2048 }
peers:
  users:
    count: 3
    addresses: 10.2.0.0/24
    identity: "user-{number}.example"
    authentication: public-key-encryption
    certificate: { authority: corporate }
    encryption-profile: cisco
  gate:
    role: gateway
    addresses: 192.0.2.1
    identity: gate.example
    authentication: public-key-encryption
    certificate: { authority: corporate, keys: 2 }
    oracle: true
connections: [{ from: users, to: gate }]
load: { executor: storm }
`;
const bend = (from: string, to: string): string => {
  if (!OFFICE.includes(from)) throw new Error(`there is no ${from}`);
  return OFFICE.replace(from, to);
};

describe('public key encryption in a scenario', () => {
  it.each(['public-key-encryption', 'revised-public-key-encryption'])('%s takes RSA keys', (method) => {
    const { groups } = scenarioOf(OFFICE.replaceAll('public-key-encryption', method));
    expect(groups.map(({ certificate }) => certificate)).toEqual([
      { type: 'issued', authority: 'corporate', key: 'rsa-2048', keys: 1 },
      { type: 'issued', authority: 'corporate', key: 'rsa-2048', keys: 2 },
    ]);
    expect(groups[0]?.authentication).toBe(method);
  });

  it('has the profile and the oracle of its group', () => {
    const population = createPopulation(scenarioOf(OFFICE));
    expect(population.policyOf(0).encryption).toEqual({ quirks: ENCRYPTION_QUIRKS.cisco, oracle: false });
    expect(population.policyOf(3).encryption).toEqual({ quirks: ENCRYPTION_QUIRKS.rfc, oracle: true });
  });

  it('has no oracle unless it is asked for', () => {
    const population = createPopulation(scenarioOf(bend('    oracle: true\n', '')));
    expect(population.policyOf(3).encryption?.oracle).toBe(false);
  });

  it('shows certificates where the revised mode is told to', () => {
    const revised = OFFICE.replaceAll('public-key-encryption', 'revised-public-key-encryption');
    const text = revised.replace('encryption-profile: cisco', 'send-certificate: true');
    const population = createPopulation(scenarioOf(text));
    expect([0, 3].map((id) => population.policyOf(id).encryption?.showsCertificate)).toEqual([
      true,
      undefined,
    ]);
  });

  it('is what the gateway accepts of those who call', () => {
    const own = bend('gate.example\n    authentication: public-key-encryption', 'gate.example\n    psk: x');
    const { acceptedAuthentications } = createPopulation(scenarioOf(own)).policyOf(3);
    expect(acceptedAuthentications).toEqual(['pre-shared-key', 'public-key-encryption']);
  });

  const cases: [string, string, RegExp][] = [
    ['encryption-profile: cisco', 'send-certificate: true', /send-certificate: only the revised mode/],
    [
      'gate.example\n    authentication: ',
      'gate.example\n    send-certificate: true\n    authentication: revised-',
      /group "gate" answers, and only initiators show their certificates/,
    ],
    ['    certificate: { authority: corporate }\n', '', /public-key-encryption needs a certificate/],
    ['authority: corporate }', 'authority: corporate, key: ecdsa-256 }', /ecdsa-256 does not serve/],
    ['keys: 2', 'key: ecdsa-256', /ecdsa-256 does not serve/],
    ['keys: 2', 'keys: 9', /1 to 8/],
    ['authority: corporate }', 'authority: corporate, keys: 2 }', /nobody has a choice of 2 keys/],
    ['encryption-profile: cisco', 'encryption-profile: juniper', /expected rfc, cisco or huawei/],
    ['user-{number}', 'x'.repeat(235), /identification of 247 octets does not fit[\s\S]*takes 245/],
    ['gate.example', `${'y'.repeat(240)}.example`, /identification of 252 octets does not fit/],
  ];
  it.each(cases)('cannot be: %s -> %s', (from, to, message) => {
    expect(complaint(bend(from, to))).toMatch(message);
  });

  it('cannot be an oracle where nothing is encrypted', () => {
    const text = OFFICE.replaceAll('public-key-encryption', 'rsa-signature').replace(', keys: 2', '');
    expect(complaint(text)).toMatch(/so there is no oracle/);
  });

  it('may have long identities in the revised mode', () => {
    const text = bend('user-{number}', 'x'.repeat(240)).replaceAll('public-key', 'revised-public-key');
    expect(scenarioOf(text).groups).toHaveLength(2);
  });

  it('needs the certificate of the gateway over udp too', () => {
    const text = bend(
      'authentication: public-key-encryption\n    certificate: { authority: corporate, keys: 2 }',
      'psk: x',
    );
    expect(complaint(`runtime: udp\n${text}`)).toMatch(/"gate" has no certificate/);
  });
});
