/** `ikestorm serve` as vpnc, the client of old concentrators, sees it. */
import { beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import type { ScenarioInput } from '../../src/scenario/schema.ts';
import type { FeatureId } from '../proof/feature.ts';
import { serve, type Served, stormScenario } from './ikestorm.ts';
import { type Finished, waitUntil } from './namespace.ts';
import { PING } from './ping.ts';
import { proves } from './proves.ts';
import { GATEWAY_IDENTITY, GATEWAY_NETWORK, PRE_SHARED_KEY } from './strongswan-config.ts';
import { type Credential, TestAuthority } from './test-pki.ts';
import { algorithmFeatures, pingFeatures } from './variation.ts';
import { connectWithVpnc, type RunningVpnc, type VpncGroup, type VpncSettings } from './vpnc.ts';
import { createWorkPlace } from './work-place.ts';

const GROUP = 'branch-offices';
const USER = { name: 'alice', password: 'wonderland' };

interface Proposals {
  readonly ike: string;
  readonly esp: string;
  readonly group1: VpncGroup;
  readonly group2?: VpncGroup;
  readonly more?: readonly string[];
}

const PLAIN: Proposals = { ike: 'aes256-sha1-modp2048', esp: 'aes256-sha1', group1: 'dh14' };

/** vpnc offers all its ciphers and hashes at once, with one group: the gateway takes the one that it has. */
const PROPOSALS: readonly Proposals[] = [
  PLAIN,
  { ike: '3des-sha1-modp1024', esp: '3des-sha1-modp1024', group1: 'dh2', group2: 'dh2' },
  { ike: 'aes192-sha1-modp1536', esp: 'aes192-sha1-modp1536', group1: 'dh5', group2: 'dh5' },
  { ike: 'aes128-sha1-modp2048', esp: 'aes128-sha1-modp2048', group1: 'dh14', group2: 'dh14' },
  { ike: '3des-sha1-modp768', esp: 'aes128-sha1-modp768', group1: 'dh1', group2: 'dh1' },
  {
    ike: 'aes128-md5-modp3072',
    esp: 'aes128-md5-modp3072',
    group1: 'dh15',
    group2: 'dh15',
    more: ['Enable weak authentication'],
  },
  {
    ike: 'aes128-sha1-modp4096',
    esp: 'null-sha1-modp4096',
    group1: 'dh16',
    group2: 'dh16',
    more: ['Enable no encryption'],
  },
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

/** Where and how vpnc connects unless a test says otherwise. */
function clientAt({ address }: Served, settings: Partial<VpncSettings> = {}): VpncSettings {
  return { gatewayAddress: address, group: GROUP, preSharedKey: PRE_SHARED_KEY, user: USER, ...settings };
}

describe('vpnc', () => {
  const place = createWorkPlace('vpnc');
  const connect = (
    served: Served,
    settings: Partial<VpncSettings> = {},
    whileUp?: (vpnc: RunningVpnc) => Promise<void>,
  ) => connectWithVpnc(place.namespace, place.folder('client'), clientAt(served, settings), whileUp);
  const start = async (scenario: ScenarioInput): Promise<Served> => {
    const served = await serve(place.namespace, place.folder('serve'), scenario);
    // The next one wants the same port, also when this test fails.
    onTestFinished(() => void served.stop());
    return served;
  };
  const ping = (count: number) =>
    place.namespace.run(PING, ['-c', String(count), '-i', '0.2', '-W', '5', '10.78.0.77']);

  it.each(PROPOSALS)(
    'connects with $ike and $esp, is lent an address and a name server, and pings',
    async (wanted) => {
      const { ike: _, esp: __, ...settings } = wanted;
      const proven: FeatureId[] = ['aggressive-xauth-psk', 'mode-config-pull', 'mode-config-dns'];
      proves('vpnc', 'initiator', [
        ...proven,
        ...(['nat-traversal', 'delete-theirs'] as const),
        ...algorithmFeatures(wanted),
        ...pingFeatures(wanted),
      ]);
      const served = await start(scenarioFor(wanted));
      let pinged: Finished | undefined;
      const route = { ...settings, route: GATEWAY_NETWORK };
      const { settings: given, output } = await connect(served, route, async () => {
        pinged = await ping(3);
      });
      const { counters, code } = await served.stop();
      expect(given?.get('INTERNAL_IP4_ADDRESS'), output).toMatch(/^10\.99\.0\.\d+$/);
      expect(given?.get('INTERNAL_IP4_DNS')).toBe('10.78.0.53');
      expect(pinged?.stdout, output).toContain('3 received, 0% packet loss');
      expect(counters).toMatchObject({ phase1Established: 1, childrenEstablished: 1, failures: {} });
      expect(counters).toMatchObject({ echoesAnswered: 3 });
      // It said that it goes.
      expect(counters).toMatchObject({ phase1Held: 0, childrenHeld: 0 });
      expect(output).toContain('NAT-T mode, adding non-esp marker');
      expect(code).toBe(0);
    },
  );

  // A short one: vpnc gives up when it is asked while it still connects.
  const dpd = { delay: '500ms', retry: '500ms', timeout: '2s' };

  it('is asked whether it is alive, and answers', async () => {
    proves('vpnc', 'initiator', ['dpd-ours']);
    const served = await start(scenarioFor(PLAIN, {}, { dpd }));
    let pinged: Finished | undefined;
    await connect(served, { route: GATEWAY_NETWORK }, async () => {
      // Longer than ikestorm waits for an answer.
      await new Promise((resolve) => setTimeout(resolve, 5000));
      pinged = await ping(1);
    });
    await served.stop();
    expect(pinged?.stdout).toContain('1 received, 0% packet loss');
  });

  it('gets in where the commit bit is set', async () => {
    proves('vpnc', 'initiator', ['commit-bit']);
    const served = await start(scenarioFor(PLAIN, {}, { 'commit-bit': true }));
    const { settings, output } = await connect(served);
    const { counters } = await served.stop();
    expect(settings, output).toBeDefined();
    expect(counters).toMatchObject({ childrenEstablished: 1, failures: {} });
  });

  it('is forgotten when it has died', async () => {
    proves('vpnc', 'initiator', ['dead-peer']);
    const served = await start(scenarioFor(PLAIN, {}, { dpd }));
    await connect(served, {}, async (vpnc) => {
      vpnc.kill();
      await new Promise((resolve) => setTimeout(resolve, 5000));
    });
    const { counters } = await served.stop();
    expect(counters).toMatchObject({ childrenEstablished: 1, phase1Held: 0, childrenHeld: 0 });
  });

  it('ends when ikestorm says that its SAs are gone', async () => {
    proves('vpnc', 'initiator', ['delete-ours']);
    const served = await start(scenarioFor(PLAIN));
    let hasEnded = false;
    await connect(served, {}, async (vpnc) => {
      await served.stop();
      await waitUntil('vpnc has ended', () => vpnc.hasEnded());
      hasEnded = true;
    });
    expect(hasEnded).toBe(true);
  });

  it.each([
    {
      title: 'an IKE proposal that ikestorm does not take',
      proven: 'no-ike-proposal',
      scenario: scenarioFor({ ...PLAIN, ike: 'aes256-sha512-modp2048' }),
    },
    {
      title: 'an ESP proposal that ikestorm does not take',
      proven: 'no-esp-proposal',
      scenario: scenarioFor({ ...PLAIN, esp: 'aes256-sha512' }),
      words: 'NO_PROPOSAL_CHOSEN',
    },
    {
      title: 'a network that is not behind ikestorm',
      proven: 'wrong-network',
      scenario: scenarioFor(
        PLAIN,
        { 'remote-network': GATEWAY_NETWORK },
        { 'local-network': GATEWAY_NETWORK },
      ),
      words: 'INVALID_ID',
    },
  ] as const)('is refused $title', async ({ proven, scenario, ...others }) => {
    proves('vpnc', 'initiator', [proven]);
    const served = await start(scenario);
    const { settings, output } = await connect(served);
    const { counters } = await served.stop();
    expect(settings, output).toBeUndefined();
    if (proven === 'no-ike-proposal') expect(counters['failures']).toEqual({ 'no-proposal-chosen': 1 });
    if ('words' in others) expect(output).toContain(others.words);
    expect(counters).toMatchObject({ childrenEstablished: 0 });
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
    const served = await start(scenarioFor(PLAIN));
    const { settings, output } = await connect(served, { preSharedKey, user: { name: USER.name, password } });
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
    const { settings, output } = await connectWithVpnc(
      place.namespace,
      place.folder('client'),
      clientAt(served, { authorityFile: authority.certificate }),
    );
    const { counters } = await served.stop();
    expect(settings?.get('INTERNAL_IP4_ADDRESS'), output).toMatch(/^10\.99\.0\.\d+$/);
    expect(output).toContain('IKE SA selected hybrid(rsa)');
    expect(counters).toMatchObject({ phase1Established: 1, childrenEstablished: 1, failures: {} });
  });
});
