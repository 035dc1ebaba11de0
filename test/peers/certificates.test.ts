/** Certificates that strongSwan's `pki` made, between ikestorm and strongSwan. */
import { beforeAll, describe, expect, it } from 'vitest';
import type { Authentication } from '../../src/ike/authentication.ts';
import type { FailureCause, Phase1Mode } from '../../src/peer/fact.ts';
import { runScenario, serve, servedScenario, stormScenario, unexpectedDrops } from './ikestorm.ts';
import { proves } from './proves.ts';
import { connectWithStrongswan, startGateway } from './strongswan.ts';
import { clientAt, GIVES_UP_EARLY } from './strongswan-client.ts';
import { GATEWAY_IDENTITY } from './strongswan-config.ts';
import { type Credential, type KeyKind, TestAuthority } from './test-pki.ts';
import { createWorkPlace } from './work-place.ts';

const COUNT = 20;
const CLIENT_IDENTITY = 'host.client.test';
const AUTHENTICATION: Readonly<Record<KeyKind, Authentication>> = {
  rsa: 'rsa-signature',
  'rsa-3072': 'rsa-signature',
  'ecdsa-256': 'ecdsa-256',
  'ecdsa-384': 'ecdsa-384',
  'ecdsa-521': 'ecdsa-521',
};

/** Everybody of the group shows the same certificate, so everybody has its name. */
function proofOf(kind: KeyKind, own: Credential, trust: string) {
  return {
    authentication: AUTHENTICATION[kind],
    certificate: { chain: own.certificate, 'private-key': own.privateKey, trust },
  };
}

interface Story {
  readonly kind: KeyKind;
  readonly mode: Phase1Mode;
}

const STORIES: readonly Story[] = [
  { kind: 'rsa', mode: 'main' },
  { kind: 'ecdsa-256', mode: 'main' },
  { kind: 'rsa', mode: 'aggressive' },
];

describe.each(STORIES)('$kind certificates in $mode mode', ({ kind, mode }) => {
  const place = createWorkPlace('certificates');
  let authority: TestAuthority;
  let client: Credential;
  let gateway: Credential;

  beforeAll(() => {
    authority = new TestAuthority(place.folder('pki'), kind, 'authority');
    client = authority.issue(CLIENT_IDENTITY);
    gateway = authority.issue(GATEWAY_IDENTITY);
  });

  it('let ikestorm in at strongSwan', async () => {
    const trusted = [authority.certificate];
    const charon = await startGateway(place.namespace, place.folder('gateway'), {
      proof: 'pubkey',
      certificates: { own: gateway, trusted },
    });
    const { result } = await runScenario(
      place.namespace,
      place.folder('run'),
      stormScenario({
        mode,
        count: COUNT,
        spread: '1s',
        identity: CLIENT_IDENTITY,
        clients: proofOf(kind, client, authority.certificate),
      }),
    );
    await charon.stop();
    expect(result.failures).toEqual({});
    expect(result.negotiations).toMatchObject({ started: COUNT, succeeded: COUNT });
    expect(unexpectedDrops(result)).toEqual({});
    const signed = /authentication of '.*' with (\S+) successful/g;
    expect([...charon.log.matchAll(signed)]).toHaveLength(COUNT);
    expect(charon.log.match(/CHILD_SA site\{\d+\} established/g)).toHaveLength(COUNT);
  });

  it('let strongSwan in at ikestorm', async () => {
    const trusted = [authority.certificate];
    const served = await serve(
      place.namespace,
      place.folder('serve'),
      stormScenario({
        mode,
        count: 1,
        clients: proofOf(kind, client, authority.certificate),
        gateway: { ...proofOf(kind, gateway, authority.certificate), identity: GATEWAY_IDENTITY },
      }),
    );
    const outcome = await connectWithStrongswan(
      place.namespace,
      place.folder('client'),
      clientAt(served, {
        isAggressive: mode === 'aggressive',
        identity: CLIENT_IDENTITY,
        proof: 'pubkey',
        certificates: { own: client, trusted },
      }),
    );
    const { counters, code } = await served.stop();
    expect(outcome.output).toMatch(/CHILD_SA net\{1\} established/);
    expect(outcome.isEstablished, outcome.log).toBe(true);
    expect(counters).toMatchObject({ phase1Established: 1, childrenEstablished: 1, failures: {} });
    expect(code).toBe(0);
  });
});

interface Refusal {
  readonly title: string;
  readonly mode: Phase1Mode;
  /** Whose certificate comes from an authority that the other end does not know. */
  readonly stranger?: 'client' | 'gateway';
  readonly expired?: 'client' | 'gateway';
  readonly cause: FailureCause;
}

const REFUSALS: readonly Refusal[] = [
  {
    title: 'strongSwan does not know the authority of ikestorm',
    mode: 'main',
    stranger: 'client',
    cause: 'authentication-failed',
  },
  {
    title: 'strongSwan does not know the authority of ikestorm, aggressive mode',
    // After message 3 of aggressive mode there is an SA at both ends; strongSwan only deletes it.
    mode: 'aggressive',
    stranger: 'client',
    cause: 'deleted-by-peer',
  },
  {
    title: 'the certificate of ikestorm has expired',
    mode: 'main',
    expired: 'client',
    cause: 'authentication-failed',
  },
  {
    title: 'ikestorm does not know the authority of strongSwan',
    mode: 'main',
    stranger: 'gateway',
    cause: 'certificate-untrusted',
  },
  {
    title: 'ikestorm does not know the authority of strongSwan, aggressive mode',
    mode: 'aggressive',
    stranger: 'gateway',
    cause: 'certificate-untrusted',
  },
  {
    title: 'the certificate of strongSwan has expired',
    mode: 'main',
    expired: 'gateway',
    cause: 'certificate-expired',
  },
];

/** Certificates of strongSwan that ikestorm refuses when strongSwan comes to it. */
const VISITORS = (['main', 'aggressive'] as const).flatMap((mode) => [
  {
    title: `is from an authority that ikestorm does not know, ${mode} mode`,
    mode,
    isExpired: false,
    proven: 'untrusted-certificate' as const,
    cause: 'certificate-untrusted' as const,
  },
  {
    title: `has expired, ${mode} mode`,
    mode,
    isExpired: true,
    proven: 'expired-certificate' as const,
    cause: 'certificate-expired' as const,
  },
]);

describe('a certificate is refused', () => {
  const place = createWorkPlace('refused');
  let known: TestAuthority;
  let stranger: TestAuthority;

  beforeAll(() => {
    known = new TestAuthority(place.folder('pki'), 'rsa', 'known');
    stranger = new TestAuthority(place.folder('pki'), 'rsa', 'stranger');
  });

  it.each(REFUSALS)('when $title', async ({ mode, cause, ...refusal }) => {
    proves('strongSwan', 'responder', [
      refusal.expired === undefined ? 'untrusted-certificate' : 'expired-certificate',
    ]);
    const credentialOf = (end: 'client' | 'gateway', identity: string): Credential => {
      const authority = refusal.stranger === end ? stranger : known;
      return authority.issue(identity, { isExpired: refusal.expired === end });
    };
    const charon = await startGateway(place.namespace, place.folder('gateway'), {
      proof: 'pubkey',
      certificates: { own: credentialOf('gateway', GATEWAY_IDENTITY), trusted: [known.certificate] },
    });
    const { result } = await runScenario(
      place.namespace,
      place.folder('run'),
      stormScenario({
        mode,
        count: COUNT,
        spread: '1s',
        identity: CLIENT_IDENTITY,
        clients: proofOf('rsa', credentialOf('client', CLIENT_IDENTITY), known.certificate),
      }),
    );
    await charon.stop();
    expect(result.failures).toEqual({ [cause]: COUNT });
    expect(charon.log).not.toContain('could not decrypt');
    expect(result.negotiations).toMatchObject({ started: COUNT, succeeded: 0, failed: COUNT });
  });

  it.each(VISITORS)('when that of a strongSwan at ikestorm $title', async (visitor) => {
    const { mode, isExpired, proven, cause } = visitor;
    proves('strongSwan', 'initiator', [proven]);
    const own = (isExpired ? known : stranger).issue(CLIENT_IDENTITY, { isExpired });
    const gateway = known.issue(GATEWAY_IDENTITY);
    const scenario = servedScenario({
      mode,
      clients: proofOf('rsa', gateway, known.certificate),
      gateway: proofOf('rsa', gateway, known.certificate),
    });
    const served = await serve(place.namespace, place.folder('serve'), scenario);
    const client = clientAt(served, {
      isAggressive: mode === 'aggressive',
      identity: CLIENT_IDENTITY,
      proof: 'pubkey',
      certificates: { own, trusted: [known.certificate] },
      charonExtra: GIVES_UP_EARLY,
    });
    const { isEstablished, log } = await connectWithStrongswan(
      place.namespace,
      place.folder('client'),
      client,
    );
    const { counters, code } = await served.stop();
    expect(isEstablished, log).toBe(false);
    expect(counters).toMatchObject({ phase1Established: 0, childrenEstablished: 0 });
    // In aggressive mode strongSwan has an SA before it is refused, and at once makes it again.
    expect(Object.keys(counters['failures'] as object)).toEqual([cause]);
    expect(code).toBe(0);
  });
});
