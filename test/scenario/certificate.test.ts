import { describe, expect, it } from 'vitest';
import { complaint, scenarioOf } from './sample.ts';

const OFFICE = `name: office
authorities:
  corporate: { key: rsa-2048, intermediates: 1, shared-keys: 4 }
peers:
  users:
    count: 3
    addresses: 10.2.0.0/24
    authentication: rsa-signature
    certificate: { authority: corporate }
  gate:
    role: gateway
    addresses: 192.0.2.1
    authentication: rsa-signature
    certificate: { authority: corporate, key: rsa-3072 }
connections: [{ from: users, to: gate }]
load: { executor: storm }
`;
const bend = (from: string, to: string): string => {
  if (!OFFICE.includes(from)) throw new Error(`there is no ${from}`);
  return OFFICE.replace(from, to);
};

describe('certificates of a scenario', () => {
  it('are issued by its authorities, with the key that the method needs', () => {
    const { authorities, groups } = scenarioOf(OFFICE);
    expect(authorities).toEqual([
      {
        ...{ name: 'corporate', key: 'rsa-2048', intermediates: 1, sharedKeys: 4 },
        lists: { everyNs: 3600e9, validNs: 3600e9 },
      },
    ]);
    expect(groups.map(({ certificate }) => certificate)).toEqual([
      { type: 'issued', authority: 'corporate', key: 'rsa-2048', keys: 1 },
      { type: 'issued', authority: 'corporate', key: 'rsa-3072', keys: 1 },
    ]);
  });

  it('come from files of others instead', () => {
    const files = 'certificate: { chain: a.pem, private-key: a.key, trust: ca.pem }';
    const { groups } = scenarioOf(bend('certificate: { authority: corporate }', files));
    const expected = { type: 'files', own: { chain: 'a.pem', privateKey: 'a.key' }, trust: 'ca.pem' };
    expect(groups[0]?.certificate).toEqual(expected);
  });

  it('need no pre-shared key', () => {
    expect(scenarioOf(OFFICE).groups[0]?.psk).toBeUndefined();
  });

  const cases: [string, string, RegExp][] = [
    ['    certificate: { authority: corporate }\n', '', /rsa-signature needs a certificate/],
    [
      '{ authority: corporate }',
      '{ authority: corporat }',
      /there is no authority "corporat"[\s\S]*corporate/,
    ],
    ['key: rsa-3072', 'key: ecdsa-256', /key ecdsa-256 does not serve authentication rsa-signature/],
    ['{ authority: corporate }', '{ chain: a.pem }', /certificate/],
    ['{ authority: corporate }', '{ chain: a.pem, trust: ca.pem }', /there is a chain, but no private-key/],
    ['{ authority: corporate }', '{ trust: ca.pem }', /neither chain nor private-key[\s\S]*hybrid/],
    ['key: rsa-2048', 'key: dsa', /expected rsa-2048, rsa-3072, ecdsa-256, ecdsa-384 or ecdsa-521/],
    [
      '    authentication: rsa-signature\n    certificate: { authority: corporate, key: rsa-3072 }\n',
      '    psk: x\n',
      /"gate" has no certificate/,
    ],
  ];
  it.each(cases)('cannot be: %s -> %s', (from, to, message) => {
    expect(complaint(bend(from, to))).toMatch(message);
  });
});

describe('users of a hybrid method', () => {
  const hybrid = bend(
    `    authentication: rsa-signature
    certificate: { authority: corporate }`,
    `    authentication: hybrid-rsa-signature
    certificate: { trust: ca.pem }
    login: { user: alice, password: wonderland }`,
  );

  it('have files of those that they trust, and nothing of their own', () => {
    expect(scenarioOf(hybrid).groups[0]?.certificate).toEqual({ type: 'files', trust: 'ca.pem' });
  });

  it('are not their gateways, which sign', () => {
    const gate = 'certificate: { authority: corporate, key: rsa-3072 }';
    expect(complaint(hybrid.replace(gate, 'certificate: { trust: ca.pem }'))).toMatch(/neither chain nor/);
  });

  it('expire when the scenario says so, and authorities as well', () => {
    const text = bend('shared-keys: 4', 'expires: 20s').replace(
      'certificate: { authority: corporate }',
      'certificate: { authority: corporate, expires: 30s }',
    );
    const { authorities, groups } = scenarioOf(text);
    expect([authorities[0]?.expiresNs, groups[0]?.certificate]).toEqual([
      20e9,
      { type: 'issued', authority: 'corporate', key: 'rsa-2048', keys: 1, expiresNs: 30e9 },
    ]);
  });

  it.each([
    ['rsa-signature', '1500ms', 'expected whole seconds, found 1500ms'],
    ['rsa-signature', '3d', 'at the latest, before this'],
    ['public-key-encryption', '10s', 'certificates are known beforehand'],
  ])('cannot expire with %s after %s', (method, expires, words) => {
    const text = bend(
      'certificate: { authority: corporate }',
      `certificate: { authority: corporate, expires: ${expires} }`,
    );
    expect(complaint(text.replaceAll('rsa-signature', method))).toContain(words);
  });
});
