/** What ikestorm reports when strongSwan says no, or nothing. */
import { describe, expect, it } from 'vitest';
import type { FailureCause } from '../../src/peer/fact.ts';
import { type PeersWanted, runScenario, stormScenario } from './ikestorm.ts';
import { waitUntil } from './namespace.ts';
import { startGateway } from './strongswan.ts';
import { createWorkPlace } from './work-place.ts';

const COUNT = 5;

interface Refusal extends Omit<PeersWanted, 'count'> {
  readonly title: string;
  readonly cause: FailureCause;
}

const REFUSALS: Refusal[] = [
  {
    title: 'an IKE proposal that the gateway does not take, main mode',
    mode: 'main',
    ike: 'aes256-sha512-modp3072',
    cause: 'no-proposal-chosen',
  },
  {
    title: 'an IKE proposal that the gateway does not take, aggressive mode',
    mode: 'aggressive',
    ike: 'aes256-sha512-modp3072',
    cause: 'no-proposal-chosen',
  },
  {
    title: 'an ESP proposal that the gateway does not take',
    mode: 'main',
    esp: 'aes256-sha512',
    cause: 'no-proposal-chosen',
  },
  {
    title: 'a network that is not behind the gateway',
    mode: 'main',
    remoteNetwork: '192.0.2.0/24',
    cause: 'invalid-id',
  },
  {
    title: 'an identity that the gateway does not know, main mode',
    mode: 'main',
    identity: 'stranger-{number}.example',
    cause: 'authentication-failed',
  },
  {
    title: 'an identity that the gateway does not know, aggressive mode',
    mode: 'aggressive',
    identity: 'stranger-{number}.example',
    cause: 'authentication-failed',
  },
  {
    title: 'another pre-shared key, aggressive mode',
    mode: 'aggressive',
    preSharedKey: 'not-the-key',
    cause: 'authentication-failed',
  },
  {
    // The gateway answers with an encrypted INFORMATIONAL that nobody without its key can read.
    title: 'another pre-shared key, main mode',
    mode: 'main',
    preSharedKey: 'not-the-key',
    cause: 'authentication-failed',
  },
];

describe('strongSwan refuses', () => {
  const place = createWorkPlace('refusal');

  it.each(REFUSALS)('$title', async ({ cause, ...wanted }) => {
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
      stormScenario({ mode: 'main', count: 100, spread: '6s' }),
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
