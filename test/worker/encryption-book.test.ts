import { describe, expect, it } from 'vitest';
import { prepareCertificates } from '../../src/run/prepare-certificates.ts';
import { createPopulation, type Population } from '../../src/scenario/expand.ts';
import type { Scenario } from '../../src/scenario/scenario.ts';
import { asRsaKey } from '../../src/crypto/key-import.ts';
import type { PublicKey } from '../../src/ike/suite.ts';
import { IdentificationType } from '../../src/ike/wire/numbers.ts';
import { asciiOctets } from '../../src/ike/wire/octets.ts';
import {
  CertificateBook,
  selectCertificates,
  type GroupCertificates,
} from '../../src/worker/certificates.ts';
import { scenarioOf } from '../scenario/sample.ts';

const OFFICE = `name: office
authorities:
  corporate: { key: rsa-2048, shared-keys: 3 }
peers:
  users:
    count: 4
    addresses: 10.2.0.0/24
    identity: "user-{number}.example"
    authentication: public-key-encryption
    certificate: { authority: corporate }
  twins:
    count: 2
    addresses: 10.3.0.0/24
    identity: twin.example
    authentication: revised-public-key-encryption
    certificate: { authority: corporate }
  strangers:
    addresses: 10.4.0.0/24
    psk: secret
  gates:
    role: gateway
    count: 2
    addresses: 192.0.2.0/28
    identity: "gate-{number}.example"
    authentication: public-key-encryption
    certificate: { authority: corporate, keys: 2 }
connections:
  - { from: users, to: gates }
  - { from: twins, to: gates }
  - { from: strangers, to: gates }
load: { executor: storm }
`;
const [USER, TWIN, STRANGER, GATE] = [0, 4, 6, 7];
const fqdn = (text: string) => ({ idType: IdentificationType.fqdn, data: asciiOctets(text) });

interface Office {
  readonly scenario: Scenario;
  readonly population: Population;
  readonly groups: ReadonlyMap<string, GroupCertificates>;
}

async function makeOffice(): Promise<Office> {
  const scenario = scenarioOf(OFFICE);
  const population = createPopulation(scenario);
  return { scenario, population, groups: await prepareCertificates(scenario, population, { file: 'x' }) };
}

const office = await makeOffice();
const book = new CertificateBook(office.groups, office.population);
const keysOf = (group: string, id: number) => book.settingOf(group, id)?.encryption;
const gate = keysOf('gates', GATE);
/** Key objects all look equal to the test runner. */
const modulusOf = (key: PublicKey | undefined) =>
  key && asRsaKey(key.material).key.export({ format: 'jwk' }).n;

describe('who knows whom by public key encryption', () => {
  it('an end decrypts with its own keys, of which a responder may have several', () => {
    expect(keysOf('users', USER)?.own).toHaveLength(1);
    expect(gate?.own).toHaveLength(2);
    expect(new Set(gate?.own.map(({ certificate }) => certificate)).size).toBe(2);
  });

  it('an initiator knows its responder by address, and takes the keys in turn', () => {
    const gates = [gate, keysOf('gates', GATE + 1)];
    for (const user of [0, 1, 2, 3]) {
      const number = user % 2;
      const end = keysOf('users', USER + user)?.known.responderAt(`192.0.2.${number + 1}`);
      expect(end?.identity).toEqual(fqdn(`gate-${number + 1}.example`));
      expect(end?.certificate).toEqual(gates[number]?.own[user < 2 ? 0 : 1]?.certificate);
    }
  });

  it('what stands elsewhere, as a served gateway does, is the first of the group', () => {
    const end = keysOf('users', USER + 1)?.known.responderAt('127.0.0.1');
    expect(end?.identity).toEqual(fqdn('gate-1.example'));
  });

  it('a responder knows initiators by identity, wherever a NAT shows them', () => {
    for (const address of ['10.2.0.2', '198.51.100.7']) {
      const key = gate?.known.keyOfInitiator(fqdn('user-2.example'), address);
      expect(modulusOf(key)).toBe(modulusOf(keysOf('users', USER + 1)?.own[0].publicKey));
    }
    expect(gate?.known.keyOfInitiator(fqdn('user-9.example'), '10.2.0.2')).toBeUndefined();
    expect(gate?.known.keyOfInitiator(fqdn('gate-1.example'), '192.0.2.1')).toBeUndefined();
  });

  it('tells apart by address those who share an identity', () => {
    const [first, second] = ['10.3.0.1', '10.3.0.2'].map((address) =>
      gate?.known.keyOfInitiator(fqdn('twin.example'), address),
    );
    expect(modulusOf(first)).toBe(modulusOf(keysOf('twins', TWIN)?.own[0].publicKey));
    expect(modulusOf(second)).toBe(modulusOf(keysOf('twins', TWIN + 1)?.own[0].publicKey));
    expect(modulusOf(first)).not.toBe(modulusOf(second));
  });

  it('a responder does not know those who show their certificates', async () => {
    const text = OFFICE.replace(
      'authentication: revised-public-key-encryption',
      'authentication: revised-public-key-encryption\n    send-certificate: true',
    );
    const scenario = scenarioOf(text);
    const population = createPopulation(scenario);
    const groups = await prepareCertificates(scenario, population, { file: 'x' });
    const keys = new CertificateBook(groups, population).settingOf('gates', GATE)?.encryption;
    expect(keys?.known.keyOfInitiator(fqdn('twin.example'), '10.3.0.1')).toBeUndefined();
    expect(keys?.known.keyOfInitiator(fqdn('user-2.example'), '10.2.0.2')).toBeDefined();
  });

  it('is nothing to those who do not encrypt', () => {
    expect(book.settingOf('strangers', STRANGER)).toBeUndefined();
    expect(office.groups.has('strangers')).toBe(false);
  });

  it('is the same in a worker that has only some of the private keys', () => {
    const selected = selectCertificates(office.groups, (id) => id === GATE);
    const worker = new CertificateBook(selected, office.population);
    const keys = worker.settingOf('gates', GATE)?.encryption;
    expect(keys?.own).toHaveLength(2);
    expect(keys?.own[0].rejectionSecret).toEqual(gate?.own[0].rejectionSecret);
    expect(keys?.known.keyOfInitiator(fqdn('user-3.example'), '10.2.0.3')).toBeDefined();
    expect(worker.settingOf('users', USER)?.encryption).toBeUndefined();
  });
});
