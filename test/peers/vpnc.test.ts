/** `ikestorm serve` as vpnc, the client of old concentrators, sees it. */
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import type { ScenarioInput } from '../../src/scenario/schema.ts';
import type { FeatureId } from '../proof/feature.ts';
import { unpackDebianPackage } from './debian-package.ts';
import { serve, stormScenario } from './ikestorm.ts';
import type { Finished } from './namespace.ts';
import { proves } from './proves.ts';
import { GATEWAY_IDENTITY, PRE_SHARED_KEY } from './strongswan-config.ts';
import { type Credential, TestAuthority } from './test-pki.ts';
import { algorithmFeatures } from './variation.ts';
import { connectWithVpnc, type VpncGroup } from './vpnc.ts';
import { createWorkPlace } from './work-place.ts';

/** `ping` of iputils. */
const PING = join(unpackDebianPackage('iputils-ping'), 'bin/ping');
const GROUP = 'branch-offices';
const USER = { name: 'alice', password: 'wonderland' };

interface Proposals {
  readonly ike: string;
  readonly esp: string;
  readonly group1: VpncGroup;
  readonly group2?: VpncGroup;
}

const PLAIN: Proposals = { ike: 'aes256-sha1-modp2048', esp: 'aes256-sha1', group1: 'dh14' };

/** vpnc offers all its ciphers and hashes at once, with one group: the gateway takes the one that it has. */
const PROPOSALS: readonly Proposals[] = [
  PLAIN,
  { ike: '3des-sha1-modp1024', esp: '3des-sha1-modp1024', group1: 'dh2', group2: 'dh2' },
  { ike: 'aes192-sha1-modp1536', esp: 'aes192-sha1-modp1536', group1: 'dh5', group2: 'dh5' },
  { ike: 'aes128-sha1-modp2048', esp: 'aes128-sha1-modp2048', group1: 'dh14', group2: 'dh14' },
  { ike: '3des-sha1-modp768', esp: 'aes128-sha1-modp768', group1: 'dh1', group2: 'dh1' },
];

type Group = Partial<ScenarioInput['peers'][string]>;

function scenarioFor({ ike, esp }: Proposals, clients: Group = {}, gateway: Group = {}): ScenarioInput {
  const proposals = { ike: [ike], esp: [esp] };
  return stormScenario({
    mode: 'aggressive',
    count: 1,
    clients: {
      ...proposals,
      identity: { type: 'key-id', text: GROUP },
      authentication: 'xauth-pre-shared-key',
      login: { user: USER.name, password: USER.password },
      configuration: 'pull',
      'local-network': undefined,
      'remote-network': '0.0.0.0/0',
      ...clients,
    },
    gateway: {
      ...proposals,
      'local-network': '0.0.0.0/0',
      lend: { addresses: '10.99.0.0/24', dns: ['10.78.0.53'] },
      ...gateway,
    },
  });
}

describe('vpnc', () => {
  const place = createWorkPlace('vpnc');

  it.each(PROPOSALS)(
    'connects with $ike and $esp and is lent an address and a name server',
    async (wanted) => {
      const { group1, group2 } = wanted;
      const proven: FeatureId[] = ['aggressive-xauth-psk', 'mode-config-pull', 'mode-config-dns'];
      proves('vpnc', 'initiator', [
        ...proven,
        'nat-traversal',
        'delete-theirs',
        ...algorithmFeatures(wanted),
      ]);
      const served = await serve(place.namespace, place.folder('serve'), scenarioFor(wanted));
      const { settings, output } = await connectWithVpnc(place.namespace, place.folder('client'), {
        gatewayAddress: served.address,
        group: GROUP,
        preSharedKey: PRE_SHARED_KEY,
        user: USER,
        group1,
        ...(group2 !== undefined && { group2 }),
      });
      const { counters, code } = await served.stop();
      expect(settings?.get('INTERNAL_IP4_ADDRESS'), output).toMatch(/^10\.99\.0\.\d+$/);
      expect(settings?.get('INTERNAL_IP4_DNS')).toBe('10.78.0.53');
      expect(counters).toMatchObject({ phase1Established: 1, childrenEstablished: 1, failures: {} });
      // It said that it goes.
      expect(counters).toMatchObject({ phase1Held: 0, childrenHeld: 0 });
      expect(output).toContain('NAT-T mode, adding non-esp marker');
      expect(code).toBe(0);
    },
  );

  it('pings through the tunnel', async () => {
    const served = await serve(place.namespace, place.folder('serve'), scenarioFor(PLAIN));
    let pinged: Finished | undefined;
    const { output } = await connectWithVpnc(
      place.namespace,
      place.folder('client'),
      {
        gatewayAddress: served.address,
        group: GROUP,
        preSharedKey: PRE_SHARED_KEY,
        user: { name: 'alice', password: 'wonderland' },
        route: '10.78.0.0/24',
      },
      async () => {
        const count = ['-c', '3', '-i', '0.2', '-W', '5'];
        pinged = await place.namespace.run(PING, [...count, '10.78.0.77']);
      },
    );
    const { counters } = await served.stop();
    expect(pinged?.stdout, output).toContain('3 received, 0% packet loss');
    expect(counters).toMatchObject({ childrenEstablished: 1, echoesAnswered: 3 });
  });

  it.each([
    {
      what: 'password',
      preSharedKey: PRE_SHARED_KEY,
      password: 'another',
      words: 'authentication unsuccessful',
      proven: ['wrong-password'] as const,
    },
    {
      what: 'group password',
      preSharedKey: 'another',
      password: USER.password,
      words: 'check group password',
      proven: ['wrong-psk-aggressive'] as const,
    },
  ])('says that the $what is wrong', async ({ preSharedKey, password, words, proven }) => {
    proves('vpnc', 'initiator', proven);
    const served = await serve(place.namespace, place.folder('serve'), scenarioFor(PLAIN));
    const { settings, output } = await connectWithVpnc(place.namespace, place.folder('client'), {
      gatewayAddress: served.address,
      group: GROUP,
      preSharedKey,
      user: { name: USER.name, password },
    });
    const { counters } = await served.stop();
    expect(settings).toBeUndefined();
    expect(output).toContain(words);
    expect(counters).toMatchObject({ childrenEstablished: 0 });
  });
});

describe('vpnc with hybrid authentication', () => {
  const place = createWorkPlace('vpnc-hybrid');
  let authority: TestAuthority;
  let own: Credential;

  beforeAll(() => {
    authority = new TestAuthority(place.folder('pki'), 'rsa', 'authority');
    own = authority.issue(GATEWAY_IDENTITY);
  });

  it('takes the certificate of ikestorm and logs in', async () => {
    proves('vpnc', 'initiator', ['aggressive-hybrid']);
    const proof = {
      authentication: 'hybrid-rsa-signature' as const,
      certificate: { chain: own.certificate, 'private-key': own.privateKey, trust: authority.certificate },
    };
    const scenario = scenarioFor(PLAIN, proof, { ...proof, identity: GATEWAY_IDENTITY });
    const served = await serve(place.namespace, place.folder('serve'), scenario);
    const { settings, output } = await connectWithVpnc(place.namespace, place.folder('client'), {
      gatewayAddress: served.address,
      group: GROUP,
      preSharedKey: PRE_SHARED_KEY,
      user: USER,
      authorityFile: authority.certificate,
    });
    const { counters } = await served.stop();
    expect(settings?.get('INTERNAL_IP4_ADDRESS'), output).toMatch(/^10\.99\.0\.\d+$/);
    expect(output).toContain('IKE SA selected hybrid(rsa)');
    expect(counters).toMatchObject({ phase1Established: 1, childrenEstablished: 1, failures: {} });
  });
});
