/** What ikestorm reports when strongSwan says no, or nothing. */
import { describe, expect, it } from 'vitest';
import type { FailureCause } from '../../src/peer/fact.ts';
import type { FeatureId } from '../proof/feature.ts';
import { type PeersWanted, runScenario, serve, servedScenario, stormScenario } from './ikestorm.ts';
import { waitUntil } from './namespace.ts';
import { proves } from './proves.ts';
import { connectWithStrongswan, startGateway } from './strongswan.ts';
import { clientAt, GIVES_UP_EARLY } from './strongswan-client.ts';
import type { ClientSettings } from './strongswan-config.ts';
import { createWorkPlace } from './work-place.ts';

const COUNT = 5;

interface Refusal extends Omit<PeersWanted, 'count'> {
  readonly title: string;
  readonly cause: FailureCause;
  readonly proven: readonly FeatureId[];
}

const REFUSALS: Refusal[] = [
  {
    title: 'an IKE proposal that the gateway does not take, main mode',
    proven: ['no-ike-proposal'],
    mode: 'main',
    ike: 'aes256-sha512-modp3072',
    cause: 'no-proposal-chosen',
  },
  {
    title: 'an IKE proposal that the gateway does not take, aggressive mode',
    proven: ['no-ike-proposal'],
    mode: 'aggressive',
    ike: 'aes256-sha512-modp3072',
    cause: 'no-proposal-chosen',
  },
  {
    title: 'an ESP proposal that the gateway does not take',
    proven: ['no-esp-proposal'],
    mode: 'main',
    esp: 'aes256-sha512',
    cause: 'no-proposal-chosen',
  },
  {
    title: 'a network that is not behind the gateway',
    proven: ['wrong-network'],
    mode: 'main',
    remoteNetwork: '192.0.2.0/24',
    cause: 'invalid-id',
  },
  {
    title: 'an identity that the gateway does not know, main mode',
    proven: [],
    mode: 'main',
    identity: 'stranger-{number}.example',
    cause: 'authentication-failed',
  },
  {
    title: 'an identity that the gateway does not know, aggressive mode',
    proven: [],
    mode: 'aggressive',
    identity: 'stranger-{number}.example',
    cause: 'authentication-failed',
  },
  {
    title: 'another pre-shared key, aggressive mode',
    proven: ['wrong-psk-aggressive'],
    mode: 'aggressive',
    preSharedKey: 'not-the-key',
    cause: 'authentication-failed',
  },
  {
    // The gateway answers with an encrypted INFORMATIONAL that nobody without its key can read.
    title: 'another pre-shared key, main mode',
    proven: ['wrong-psk-main'],
    mode: 'main',
    preSharedKey: 'not-the-key',
    cause: 'authentication-failed',
  },
];

describe('strongSwan refuses', () => {
  const place = createWorkPlace('refusal');

  it.each(REFUSALS)('$title', async ({ cause, proven, ...wanted }) => {
    proves('strongSwan', 'responder', proven);
    const gateway = await startGateway(place.namespace, place.folder('gateway'));
    const { result, code } = await runScenario(
      place.namespace,
      place.folder('run'),
      stormScenario({ ...wanted, count: COUNT }),
    );
    await gateway.stop();
    expect(result.failures).toEqual({ [cause]: COUNT });
    expect(result.negotiations).toMatchObject({ started: COUNT, succeeded: 0, failed: COUNT });
    expect([code, result.verdict]).toEqual([99, 'threshold-failed']);
  });
});

describe('ikestorm refuses strongSwan', () => {
  const place = createWorkPlace('refused');
  const cases: readonly {
    readonly title: string;
    readonly proven: readonly FeatureId[];
    readonly settings: Partial<ClientSettings>;
    /** What strongSwan writes about it. */
    readonly words: RegExp;
  }[] = [
    {
      title: 'another pre-shared key, main mode',
      proven: ['wrong-psk-main'],
      settings: { preSharedKey: 'not-the-key' },
      words: /invalid HASH_V1 payload length|could not decrypt|received .* error notify|retransmit/,
    },
    {
      title: 'another pre-shared key, aggressive mode',
      proven: ['wrong-psk-aggressive'],
      settings: { preSharedKey: 'not-the-key', isAggressive: true },
      words: /calculated HASH does not match HASH payload/,
    },
    {
      title: 'an IKE proposal that it does not take',
      proven: ['no-ike-proposal'],
      settings: { ike: 'aes256-sha512-modp3072' },
      words: /received NO_PROPOSAL_CHOSEN error notify/,
    },
    {
      title: 'an ESP proposal that it does not take',
      proven: ['no-esp-proposal'],
      settings: { esp: 'aes256-sha512' },
      words: /received NO_PROPOSAL_CHOSEN error notify/,
    },
    {
      title: 'a network that is not behind it',
      proven: ['wrong-network'],
      settings: { remoteNetwork: '192.0.2.0/24' },
      words: /received INVALID_ID_INFORMATION error notify/,
    },
  ];

  it.each(cases)('$title', async ({ proven, settings, words }) => {
    proves('strongSwan', 'initiator', proven);
    const served = await serve(place.namespace, place.folder('serve'), servedScenario());
    const { isEstablished, log } = await connectWithStrongswan(
      place.namespace,
      place.folder('client'),
      clientAt(served, { charonExtra: GIVES_UP_EARLY, ...settings }),
    );
    const { counters, code } = await served.stop();
    expect(isEstablished).toBe(false);
    expect(log).toMatch(words);
    expect(counters).toMatchObject({ childrenEstablished: 0, childrenHeld: 0 });
    expect(code).toBe(0);
  });
});

describe('a gateway that is not there', () => {
  const place = createWorkPlace('nobody');

  it('makes everybody fail, and the run says that the target was unreachable', async () => {
    const { result, code } = await runScenario(
      place.namespace,
      place.folder('run'),
      stormScenario({ mode: 'main', count: COUNT }),
    );
    expect(result.negotiations).toMatchObject({ started: COUNT, succeeded: 0, failed: COUNT });
    expect(result.failures).toEqual({ unreachable: COUNT });
    expect([code, result.verdict]).toEqual([111, 'unreachable']);
  });

  it('that dies in the middle leaves those before it unharmed and those after it failed', async () => {
    const gateway = await startGateway(place.namespace, place.folder('gateway'));
    const { result } = await runScenario(
      place.namespace,
      place.folder('run'),
      stormScenario({ mode: 'main', count: 100, spread: '8s' }),
      () =>
        void waitUntil('some are in', () => gateway.log.split('CHILD_SA site').length > 10).then(() =>
          gateway.kill(),
        ),
    );
    const { started, succeeded, failed } = result.negotiations;
    expect(started).toBe(100);
    expect(succeeded).toBeGreaterThan(5);
    expect(failed).toBe(100 - succeeded);
    expect(failed).toBeGreaterThan(5);
    for (const cause of Object.keys(result.failures)) {
      expect(['unreachable', 'timeout-phase1', 'timeout-phase2']).toContain(cause);
    }
  });
});
