import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { IdentificationType } from '../../src/ike/wire/numbers.ts';
import { asciiOctets } from '../../src/ike/wire/octets.ts';
import { createCertificateAuthority } from '../../src/pki/certificate-authority.ts';
import { encodePem } from '../../src/pki/pem.ts';
import { RunStartError } from '../../src/run/execute.ts';
import { parseScenario } from '../../src/scenario/load.ts';
import { runScenarioBuilt } from '../harness/built-run.ts';
import { fleet } from '../harness/certified-fleet.ts';

const DAY_MS = 86_400_000;

describe('a run with certificates', () => {
  let folder = '';
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'ikestorm-certificates-'));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  const issued = 'certificate: { authority: corporate }';
  const run = (text: string) =>
    runScenarioBuilt(parseScenario(text, join(folder, 'fleet.yaml')), { workers: 2, outDirectory: folder });

  it.each(['rsa-signature', 'ecdsa-256', 'ecdsa-384', 'ecdsa-521'])(
    'authenticates everybody by %s',
    async (method) => {
      const { negotiations, failures } = await run(fleet(method, issued));
      expect([negotiations.succeeded, failures]).toEqual([4, {}]);
    },
  );

  it('refuses those whose method the gateway does not accept, though it has a key for it', async () => {
    const gate = `${issued}\n    accept-authentication: [pre-shared-key]`;
    const { negotiations, failures } = await run(fleet('rsa-signature', issued, gate));
    expect([negotiations.succeeded, failures]).toEqual([0, { 'no-proposal-chosen': 4 }]);
  });

  it('lets users of a hybrid method log in at a gateway with a certificate', async () => {
    const login = `${issued}\n    login: { user: alice, password: wonderland }`;
    const { negotiations, failures } = await run(fleet('hybrid-rsa-signature', login, issued));
    expect([negotiations.succeeded, failures]).toEqual([4, {}]);
  });

  it('lets users of a hybrid method bring no key of their own, with PEM files', async () => {
    const validity = { notBeforeMs: Date.now() - DAY_MS, notAfterMs: Date.now() + DAY_MS };
    const authority = await createCertificateAuthority({ name: 'lab', kind: 'rsa-2048', validity });
    const gate = { idType: IdentificationType.fqdn, data: asciiOctets('gate.example') };
    const { chain, privateKey } = await authority.issue({ identity: gate });
    writeFileSync(join(folder, 'ca.pem'), encodePem('CERTIFICATE', authority.anchor));
    writeFileSync(join(folder, 'gate.pem'), chain.map((der) => encodePem('CERTIFICATE', der)).join(''));
    writeFileSync(join(folder, 'gate.key'), encodePem('PRIVATE KEY', privateKey));
    const user = `certificate: { trust: ca.pem }\n    login: { user: alice, password: wonderland }`;
    const files = 'certificate: { chain: gate.pem, private-key: gate.key, trust: ca.pem }';
    const { negotiations, failures } = await run(fleet('hybrid-rsa-signature', user, files));
    expect([negotiations.succeeded, failures]).toEqual([4, {}]);
  });

  it.each(['public-key-encryption', 'revised-public-key-encryption'])(
    'encrypts for everybody by %s, with any of the keys of the gateway',
    async (method) => {
      const { negotiations, failures } = await run(
        fleet(
          method,
          `${issued}\n    mode: { main: 1, aggressive: 1 }`,
          'certificate: { authority: corporate, keys: 2 }',
        ),
      );
      expect([negotiations.succeeded, failures]).toEqual([4, {}]);
    },
  );

  it('encrypts for those who show their certificates in the revised mode, without knowing them before', async () => {
    const shown = `${issued}\n    send-certificate: true\n    mode: { main: 1, aggressive: 1 }`;
    const { negotiations, failures } = await run(fleet('revised-public-key-encryption', shown, issued));
    expect([negotiations.succeeded, failures]).toEqual([4, {}]);
  });

  it('encrypts with the keys of PEM files, which a whole group shares', async () => {
    const validity = { notBeforeMs: Date.now() - DAY_MS, notAfterMs: Date.now() + DAY_MS };
    const authority = await createCertificateAuthority({ name: 'lab', kind: 'rsa-2048', validity });
    writeFileSync(join(folder, 'ca.pem'), encodePem('CERTIFICATE', authority.anchor));
    for (const name of ['user', 'gate']) {
      const identity = { idType: IdentificationType.fqdn, data: asciiOctets(`${name}.example`) };
      const { chain, privateKey } = await authority.issue({ identity });
      writeFileSync(join(folder, `${name}.pem`), chain.map((der) => encodePem('CERTIFICATE', der)).join(''));
      writeFileSync(join(folder, `${name}.key`), encodePem('PRIVATE KEY', privateKey));
    }
    const files = (name: string) =>
      `certificate: { chain: ${name}.pem, private-key: ${name}.key, trust: ca.pem }`;
    const { negotiations, failures } = await run(
      fleet('revised-public-key-encryption', files('user'), files('gate')),
    );
    expect([negotiations.succeeded, failures]).toEqual([4, {}]);
  });

  it('makes certificates that are valid at the date of the simulation', async () => {
    const { negotiations, failures } = await run(
      `clock: virtual\nepoch: 2041-06-30T12:00:00Z\n${fleet('ecdsa-256', issued)}`,
    );
    expect([negotiations.succeeded, failures]).toEqual([4, {}]);
  });

  it('keeps keys for the next run', async () => {
    await run(fleet('ecdsa-256', issued));
    const kept = readdirSync(join(folder, '.certificates'), { recursive: true });
    await run(fleet('ecdsa-256', issued));
    expect(readdirSync(join(folder, '.certificates'), { recursive: true })).toEqual(kept);
  });

  it('does not begin when a file is missing or no certificate, and says which', async () => {
    const files = 'certificate: { chain: a.pem, private-key: a.key, trust: ca.pem }';
    await expect(run(fleet('ecdsa-256', files))).rejects.toThrow(RunStartError);
    await expect(run(fleet('ecdsa-256', files))).rejects.toThrow(/a\.pem cannot be read: ENOENT/);
    for (const name of ['a.pem', 'a.key', 'ca.pem']) writeFileSync(join(folder, name), 'no PEM');
    await expect(run(fleet('ecdsa-256', files))).rejects.toThrow(/there is no certificate/);
  });
});
