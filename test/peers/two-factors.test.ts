/** Users who log in after phase 1, and addresses that a gateway lends, between ikestorm and strongSwan. */
import { beforeAll, describe, expect, it } from 'vitest';
import type { Authentication } from '../../src/ike/authentication.ts';
import type { Phase1Mode } from '../../src/peer/fact.ts';
import { runScenario, serve, stormScenario, unexpectedDrops } from './ikestorm.ts';
import { proves } from './proves.ts';
import { connectWithStrongswan, startGateway } from './strongswan.ts';
import { clientAt } from './strongswan-client.ts';
import { type CertificateSettings, GATEWAY_IDENTITY, type Proof } from './strongswan-config.ts';
import { type Credential, TestAuthority } from './test-pki.ts';
import { createWorkPlace } from './work-place.ts';

const COUNT = 20;
const CLIENT_IDENTITY = 'user.client.test';
const PASSWORD = 'wonderland';
const USERS = Array.from({ length: COUNT }, (_, index) => ({
  name: `user-${index + 1}`,
  password: PASSWORD,
}));
const POOL = '10.99.0.0/24';

interface Story {
  readonly authentication: Authentication;
  readonly proof: Proof;
  readonly mode: Phase1Mode;
}

const STORIES: readonly Story[] = [
  { authentication: 'xauth-pre-shared-key', proof: 'xauth-psk', mode: 'main' },
  { authentication: 'xauth-pre-shared-key', proof: 'xauth-psk', mode: 'aggressive' },
  { authentication: 'xauth-rsa-signature', proof: 'xauth-pubkey', mode: 'main' },
  { authentication: 'hybrid-rsa-signature', proof: 'hybrid', mode: 'main' },
];

describe.each(STORIES)('$authentication in $mode mode', ({ authentication, proof, mode }) => {
  const place = createWorkPlace('factors');
  const needsCertificates = authentication !== 'xauth-pre-shared-key';
  let gatewaySide: { readonly certificates?: CertificateSettings } = {};
  let clientSide: { readonly certificates?: CertificateSettings } = {};
  let groups = { clients: {}, gateway: {} };

  beforeAll(() => {
    if (!needsCertificates) return;
    const authority = new TestAuthority(place.folder('pki'), 'rsa', 'authority');
    const gateway = authority.issue(GATEWAY_IDENTITY);
    const client = authority.issue(CLIENT_IDENTITY);
    const trusted = [authority.certificate];
    gatewaySide = { certificates: { own: gateway, trusted } };
    clientSide = { certificates: { own: client, trusted } };
    const files = (own: Credential) => ({
      certificate: { chain: own.certificate, 'private-key': own.privateKey, trust: authority.certificate },
    });
    groups = { clients: files(client), gateway: files(gateway) };
  });

  const scenario = (password: string) =>
    stormScenario({
      mode,
      count: COUNT,
      spread: '1s',
      identity: CLIENT_IDENTITY,
      clients: {
        ...groups.clients,
        authentication,
        login: { user: 'user-{number}', password },
        configuration: 'pull',
        'local-network': undefined,
      },
      gateway: { ...groups.gateway, identity: GATEWAY_IDENTITY, lend: { addresses: POOL } },
    });

  it('lets users of ikestorm in at strongSwan, each with an address of its own', async () => {
    const charon = await startGateway(place.namespace, place.folder('gateway'), {
      proof,
      pool: POOL,
      users: USERS,
      ...gatewaySide,
    });
    const { result } = await runScenario(place.namespace, place.folder('run'), scenario(PASSWORD));
    await charon.stop();
    expect(result.failures).toEqual({});
    expect(result.negotiations).toMatchObject({ started: COUNT, succeeded: COUNT });
    expect(unexpectedDrops(result)).toEqual({});
    const logins = charon.log.matchAll(/XAuth authentication of '(user-\d+)' successful/g);
    expect(new Set(Array.from(logins, ([, user]) => user)).size).toBe(COUNT);
    const children = charon.log.matchAll(/CHILD_SA site\{\d+\} established .* === (10\.99\.0\.\d+)\/32/g);
    expect(new Set(Array.from(children, ([, address]) => address)).size).toBe(COUNT);
  });

  it('says that users of ikestorm have a wrong password at strongSwan', async () => {
    proves('strongSwan', 'responder', ['wrong-password']);
    const charon = await startGateway(place.namespace, place.folder('gateway'), {
      proof,
      pool: POOL,
      users: USERS,
      ...gatewaySide,
    });
    const { result } = await runScenario(place.namespace, place.folder('run'), scenario('another'));
    await charon.stop();
    expect(result.failures).toEqual({ 'xauth-failed': COUNT });
    expect(result.negotiations).toMatchObject({ started: COUNT, succeeded: 0, failed: COUNT });
  });

  it.each([
    { title: 'lets a user of strongSwan in at ikestorm, with an address', password: PASSWORD, isRight: true },
    { title: 'keeps a user of strongSwan with a wrong password out', password: 'another', isRight: false },
  ])('$title', async ({ password, isRight }) => {
    proves('strongSwan', 'initiator', isRight ? ['mode-config-pull'] : ['wrong-password']);
    const served = await serve(place.namespace, place.folder('serve'), scenario(PASSWORD));
    const client = await connectWithStrongswan(
      place.namespace,
      place.folder('client'),
      clientAt(served, {
        address: '127.0.0.1',
        isAggressive: mode === 'aggressive',
        identity: CLIENT_IDENTITY,
        proof,
        user: { name: 'user-7', password },
        wantsAddress: true,
        ...clientSide,
      }),
    );
    const { counters, code } = await served.stop();
    expect(client.isEstablished, client.log).toBe(isRight);
    expect(code).toBe(0);
    if (isRight) {
      expect(client.output).toMatch(
        /CHILD_SA net\{1\} established .* 10\.99\.0\.\d+\/32 === 10\.78\.0\.0\/24/,
      );
      expect(counters).toMatchObject({ phase1Established: 1, childrenEstablished: 1, failures: {} });
    } else {
      expect(client.log).toMatch(/XAuth authentication .* failed|received XAuth failure/i);
      expect(counters).toMatchObject({ childrenEstablished: 0, failures: { 'xauth-failed': 1 } });
    }
  });
});
