/** Users and certificates that one of ikestorm and libreswan does not like, and offers that ikestorm refuses libreswan. */
import { describe, expect, it } from 'vitest';
import type { FeatureId } from '../proof/feature.ts';
import { runScenario, serve, servedScenario, stormScenario } from './ikestorm.ts';
import { connectWithLibreswan, startPlutoGateway } from './libreswan.ts';
import { PLUTO_CLIENT_IDENTITY, type PlutoClientSettings } from './libreswan-config.ts';
import { proves } from './proves.ts';
import { GATEWAY_IDENTITY } from './strongswan-config.ts';
import { type Credential, TestAuthority } from './test-pki.ts';
import { openWorkPlace, type WorkPlace } from './work-place.ts';

const USER = { name: 'alice', password: 'wonderland' };
const COUNT = 3;

/** Certificates of both ends; all trust the one authority, which that of the stranger is not from. */
function makeCertificates(place: WorkPlace, stranger: 'client' | 'gateway') {
  const known = new TestAuthority(place.folder('pki'), 'rsa', 'known');
  const unknown = new TestAuthority(place.folder('pki'), 'rsa', 'stranger');
  const issue = (end: 'client' | 'gateway', identity: string): Credential =>
    (stranger === end ? unknown : known).issue(identity);
  const proofOf = (own: Credential) => ({
    authentication: 'rsa-signature' as const,
    certificate: { chain: own.certificate, 'private-key': own.privateKey, trust: known.certificate },
  });
  const [client, gateway] = [issue('client', PLUTO_CLIENT_IDENTITY), issue('gateway', GATEWAY_IDENTITY)];
  return { client, gateway, trusted: [known.certificate], proofOf };
}

describe.concurrent('hosts of ikestorm at libreswan', () => {
  it('are refused with a certificate of another authority than its own', async (context) => {
    proves('libreswan', 'responder', ['untrusted-certificate']);
    const place = openWorkPlace('pluto-refusal', context);
    const { client, gateway, trusted, proofOf } = makeCertificates(place, 'gateway');
    await startPlutoGateway(place.namespace, place.folder('gateway'), {
      proof: 'pubkey',
      certificates: { own: gateway, trusted },
    });
    const scenario = stormScenario({
      mode: 'main',
      count: COUNT,
      identity: PLUTO_CLIENT_IDENTITY,
      clients: proofOf(client),
    });
    const { result } = await runScenario(place.namespace, place.folder('run'), scenario);
    expect(result.failures).toEqual({ 'authentication-failed': COUNT });
  });

  it('are told that their password is wrong', async (context) => {
    proves('libreswan', 'responder', ['wrong-password']);
    const place = openWorkPlace('pluto-refusal', context);
    await startPlutoGateway(place.namespace, place.folder('gateway'), { proof: 'xauth-psk', users: [USER] });
    const scenario = stormScenario({
      mode: 'main',
      count: COUNT,
      identity: PLUTO_CLIENT_IDENTITY,
      clients: {
        authentication: 'xauth-pre-shared-key',
        login: { user: USER.name, password: 'another' },
        configuration: 'pull',
        'local-network': undefined,
      },
    });
    const { result } = await runScenario(place.namespace, place.folder('run'), scenario);
    expect(result.failures).toEqual({ 'xauth-failed': COUNT });
  });
});

interface Refusal {
  readonly title: string;
  readonly proven: FeatureId;
  readonly client: Partial<PlutoClientSettings>;
  /** What it writes about it. */
  readonly words: RegExp;
}

const REFUSALS: readonly Refusal[] = [
  {
    title: 'an IKE proposal that ikestorm does not take',
    proven: 'no-ike-proposal',
    client: { ike: 'aes256-sha2_512;modp3072' },
    words: /NO_PROPOSAL_CHOSEN/,
  },
  {
    title: 'an ESP proposal that ikestorm does not take',
    proven: 'no-esp-proposal',
    client: { esp: 'aes256-sha2_512' },
    words: /NO_PROPOSAL_CHOSEN/,
  },
  {
    title: 'a network that is not behind ikestorm',
    proven: 'wrong-network',
    client: { remoteNetwork: '192.0.2.0/24' },
    words: /INVALID_ID_INFORMATION/,
  },
];

describe.concurrent('a libreswan client of ikestorm', () => {
  const [address, gatewayAddress] = ['10.77.0.2', '10.77.0.1'];
  const client: PlutoClientSettings = {
    mode: 'main',
    address,
    gatewayAddress,
    identity: PLUTO_CLIENT_IDENTITY,
    localNetwork: '10.79.3.0/24',
    patienceMs: 3000,
  };

  /** Apart: at its start pluto wants port 500 of all addresses for a moment. */
  function placesFor(context: Parameters<typeof openWorkPlace>[1]): { ours: WorkPlace; theirs: WorkPlace } {
    const [ours, theirs] = [openWorkPlace('served', context), openWorkPlace('pluto-refused', context)];
    theirs.namespace.connect(ours.namespace, [`${address}/24`], [`${gatewayAddress}/24`]);
    return { ours, theirs };
  }

  it.for(REFUSALS)('is refused $title', async ({ proven, client: settings, words }, context) => {
    proves('libreswan', 'initiator', [proven]);
    const { ours, theirs } = placesFor(context);
    const served = await serve(ours.namespace, ours.folder('serve'), servedScenario({ gatewayAddress }));
    const outcome = await connectWithLibreswan(theirs.namespace, theirs.folder('client'), {
      ...client,
      ...settings,
    });
    const { counters } = await served.stop();
    expect(outcome.children).toEqual([]);
    expect(outcome.log).toMatch(words);
    expect(counters).toMatchObject({ childrenEstablished: 0, childrenHeld: 0 });
  });

  it('is refused with a certificate of an authority that ikestorm does not know', async (context) => {
    proves('libreswan', 'initiator', ['untrusted-certificate']);
    const { ours, theirs } = placesFor(context);
    const { client: own, gateway, trusted, proofOf } = makeCertificates(ours, 'client');
    const scenario = servedScenario({
      gatewayAddress,
      identity: PLUTO_CLIENT_IDENTITY,
      clients: proofOf(own),
      gateway: proofOf(gateway),
    });
    const served = await serve(ours.namespace, ours.folder('serve'), scenario);
    const outcome = await connectWithLibreswan(theirs.namespace, theirs.folder('client'), {
      ...client,
      proof: 'pubkey',
      certificates: { own, trusted },
    });
    const { counters } = await served.stop();
    expect(outcome.children).toEqual([]);
    expect(counters).toMatchObject({ childrenEstablished: 0, failures: { 'certificate-untrusted': 1 } });
  });
});
