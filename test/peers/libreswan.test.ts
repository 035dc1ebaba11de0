/** ikestorm and libreswan, in both roles. */
import { beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import type { FailureCause } from '../../src/peer/fact.ts';
import type { FeatureId } from '../proof/feature.ts';
import { type PeersWanted, runScenario, serve, stormScenario, unexpectedDrops } from './ikestorm.ts';
import { connectWithLibreswan, type Pluto, startPlutoGateway } from './libreswan.ts';
import { PLUTO_CLIENT_IDENTITY, type PlutoAlgorithms } from './libreswan-config.ts';
import { proves } from './proves.ts';
import { GATEWAY_IDENTITY } from './strongswan-config.ts';
import { createWorkPlace } from './work-place.ts';

const PEERS = 50;
const REFUSED = 5;
const IMPATIENT = { retransmit: { first: '500ms', factor: 1.5, tries: 2 } };

interface Story extends PeersWanted {
  readonly title: string;
  readonly pluto?: PlutoAlgorithms;
}

const WITH_PFS = { hasPfs: true, pluto: { esp: 'aes128-sha2_256;modp2048' } };

const STORIES: readonly Story[] = [
  { title: 'main mode', mode: 'main', count: PEERS },
  { title: 'main mode with PFS', mode: 'main', count: PEERS, ...WITH_PFS },
  { title: 'aggressive mode', mode: 'aggressive', count: PEERS },
  { title: 'aggressive mode with PFS', mode: 'aggressive', count: PEERS, ...WITH_PFS },
  {
    title: 'main mode with ECP, SHA-384 and AES-GCM',
    mode: 'main',
    count: 10,
    ike: 'aes256-sha384-ecp384',
    esp: 'aes256gcm16-modp3072',
    pluto: { ike: 'aes256-sha2_384;dh20', esp: 'aes_gcm256-null;modp3072' },
  },
  {
    title: 'aggressive mode with 3DES, MD5 and group 5',
    mode: 'aggressive',
    count: 10,
    ike: '3des-md5-modp1536',
    esp: '3des-sha1',
    pluto: { ike: '3des-md5;modp1536', esp: '3des-sha1' },
  },
];

describe('libreswan as the gateway', () => {
  const place = createWorkPlace('pluto');
  const start = async (algorithms: PlutoAlgorithms = {}): Promise<Pluto> => {
    const pluto = await startPlutoGateway(place.namespace, place.folder('gateway'), algorithms);
    onTestFinished(() => pluto.stop());
    return pluto;
  };

  it.each(STORIES)('lets $count peers in, $title', async ({ title, pluto: algorithms, ...wanted }) => {
    const pluto = await start(algorithms);
    const scenario = stormScenario({ ...wanted, identity: PLUTO_CLIENT_IDENTITY, spread: '1s' });
    const { result, code } = await runScenario(place.namespace, place.folder('run'), scenario);
    const children = await pluto.trafficStatus();
    expect(result.failures, title).toEqual({});
    expect(result.negotiations).toMatchObject({ started: wanted.count, succeeded: wanted.count, failed: 0 });
    expect(unexpectedDrops(result)).toEqual({});
    expect([code, result.verdict]).toEqual([0, 'pass']);
    const addresses = children.map((line) => / (127\.10\.\d+\.\d+), type=ESP/.exec(line)?.[1]);
    expect(new Set(addresses).size).toBe(wanted.count);
    expect(children).toHaveLength(wanted.count);
  });

  interface Refusal extends Omit<PeersWanted, 'count'> {
    readonly title: string;
    readonly cause: FailureCause;
    readonly proven?: readonly FeatureId[];
    readonly pluto?: PlutoAlgorithms;
    /** Nobody got an answer to the first message. */
    readonly isSilent?: boolean;
  }

  const refusals: readonly Refusal[] = [
    {
      title: 'an IKE proposal that it does not take, main mode',
      proven: ['no-ike-proposal'],
      mode: 'main',
      ike: 'aes256-sha512-modp3072',
      cause: 'no-proposal-chosen',
    },
    {
      title: 'an IKE proposal that it does not take, aggressive mode',
      mode: 'aggressive',
      ike: 'aes256-sha512-modp3072',
      cause: 'no-proposal-chosen',
    },
    {
      title: 'an ESP proposal that it does not take',
      proven: ['no-esp-proposal'],
      mode: 'main',
      esp: 'aes256-sha512',
      cause: 'no-proposal-chosen',
    },
    {
      title: 'a network that is not behind it',
      proven: ['wrong-network'],
      mode: 'main',
      remoteNetwork: '192.0.2.0/24',
      cause: 'invalid-id',
    },
    {
      // It cannot read message 5 and says so to nobody but its log.
      title: 'another pre-shared key, main mode',
      proven: ['wrong-psk-main'],
      mode: 'main',
      preSharedKey: 'not-the-key',
      cause: 'timeout-phase1',
    },
    {
      title: 'another pre-shared key, aggressive mode',
      proven: ['wrong-psk-aggressive'],
      mode: 'aggressive',
      preSharedKey: 'not-the-key',
      cause: 'authentication-failed',
    },
    {
      // It says nothing to strangers.
      title: 'a name that it does not know, aggressive mode',
      mode: 'aggressive',
      identity: 'stranger.example',
      cause: 'timeout-phase1',
      isSilent: true,
    },
    {
      title: 'a quick mode without PFS where it wants PFS',
      mode: 'main',
      cause: 'no-proposal-chosen',
      pluto: { esp: 'aes128-sha2_256;modp2048' },
    },
  ];

  it.each(refusals)(
    'refuses $title',
    async ({ title, cause, proven = [], pluto: algorithms, isSilent = false, ...wanted }) => {
      proves('libreswan', 'responder', proven);
      const pluto = await start(algorithms);
      const scenario = stormScenario({
        identity: PLUTO_CLIENT_IDENTITY,
        ...wanted,
        count: REFUSED,
        clients: IMPATIENT,
      });
      const { result, code } = await runScenario(place.namespace, place.folder('run'), scenario);
      const children = await pluto.trafficStatus();
      expect(result.failures, title).toEqual({ [cause]: REFUSED });
      expect(result.negotiations).toMatchObject({ started: REFUSED, succeeded: 0, failed: REFUSED });
      expect(code).toBe(isSilent ? 111 : 99);
      expect(children).toEqual([]);
    },
  );
});

describe('libreswan as a client of ikestorm serve', () => {
  // Apart: at its start pluto wants port 500 of all addresses for a moment.
  const place = createWorkPlace('served');
  const clientPlace = createWorkPlace('pluto-client');
  const client = {
    address: '10.77.0.2',
    gatewayAddress: '10.77.0.1',
    identity: 'swan.test',
    localNetwork: '10.79.3.0/24',
  };

  beforeAll(() => {
    clientPlace.namespace.connect(place.namespace, ['10.77.0.2/24'], ['10.77.0.1/24']);
  });

  const start = (esp: string) => {
    const scenario = stormScenario({
      mode: 'main',
      count: 1,
      gatewayAddress: client.gatewayAddress,
      gateway: { identity: GATEWAY_IDENTITY },
      esp,
    });
    return serve(place.namespace, place.folder('serve'), scenario);
  };

  it.each([
    { title: 'main mode', mode: 'main', hasPfs: false },
    { title: 'main mode with PFS', mode: 'main', hasPfs: true },
    { title: 'aggressive mode', mode: 'aggressive', hasPfs: false },
    { title: 'aggressive mode with PFS', mode: 'aggressive', hasPfs: true },
  ] as const)('gets in, $title', async ({ mode, hasPfs }) => {
    const served = await start(hasPfs ? 'aes128-sha256-modp2048' : 'aes128-sha256');
    const { isPhase1Established, children, log } = await connectWithLibreswan(
      clientPlace.namespace,
      clientPlace.folder('client'),
      { ...client, mode, ...(hasPfs && WITH_PFS.pluto) },
    );
    const { counters, code } = await served.stop();
    expect(isPhase1Established, log).toBe(true);
    expect(log).toMatch(/IPsec SA established tunnel mode/);
    expect(children).toHaveLength(1);
    expect(children[0]).toContain(`id='@${GATEWAY_IDENTITY}'`);
    expect(counters).toMatchObject({
      phase1Established: 1,
      childrenEstablished: 1,
      failures: {},
      losses: {},
    });
    expect(code).toBe(0);
  });

  it.each([{ mode: 'main' }, { mode: 'aggressive' }] as const)(
    'with another pre-shared key stays out, $mode mode',
    async ({ mode }) => {
      proves('libreswan', 'initiator', [`wrong-psk-${mode}`]);
      const served = await start('aes128-sha256');
      const { isPhase1Established, children } = await connectWithLibreswan(
        clientPlace.namespace,
        clientPlace.folder('client'),
        { ...client, mode, preSharedKey: 'not-the-key', patienceMs: 3000 },
      );
      const { counters, code } = await served.stop();
      expect(children).toEqual([]);
      expect(isPhase1Established).toBe(false);
      expect(counters).toMatchObject({ phase1Established: 0, childrenEstablished: 0 });
      expect(code).toBe(0);
    },
  );
});
