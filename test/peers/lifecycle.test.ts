/** What happens to SAs after they were set up, between ikestorm and strongSwan: rekeying, liveness, deletes. */
import { describe, expect, it } from 'vitest';
import type { ScenarioInput } from '../../src/scenario/schema.ts';
import { type PeersWanted, runScenario, serve, stormScenario } from './ikestorm.ts';
import { waitUntil } from './namespace.ts';
import { type Charon, connectWithStrongswan, startGateway } from './strongswan.ts';
import { GATEWAY_IDENTITY, GATEWAY_NETWORK, PRE_SHARED_KEY } from './strongswan-config.ts';
import { createWorkPlace } from './work-place.ts';

const COUNT = 20;
const CHILD_ESTABLISHED = /CHILD_SA site\{\d+\} established/;
const PHASE1_ESTABLISHED = /IKE_SA main\[\d+\] established/;

/** Everybody keeps a tunnel for `hold`, or until it is lost. */
function heldTunnels(hold: string, clients: NonNullable<PeersWanted['clients']>): ScenarioInput {
  return {
    ...stormScenario({ mode: 'main', count: COUNT, clients }),
    load: { executor: 'per-peer-iterations', iterations: 1, hold, drain: '10s' },
  };
}

function times(log: string, pattern: RegExp): number {
  return log.match(new RegExp(pattern, 'g'))?.length ?? 0;
}

async function everybodyIsIn(gateway: Charon): Promise<void> {
  await waitUntil('everybody is in', () => times(gateway.log, CHILD_ESTABLISHED) === COUNT);
}

describe('tunnels of ikestorm at strongSwan', () => {
  const place = createWorkPlace('lifecycle');

  it('are rekeyed in both phases before their lifetimes end', async () => {
    const gateway = await startGateway(place.namespace, place.folder('gateway'));
    const scenario = heldTunnels('9s', {
      'ike-lifetime': '7s',
      'esp-lifetime': '5s',
      rekey: { margin: '2s', fuzz: '50%' },
    });
    const { result } = await runScenario(place.namespace, place.folder('run'), scenario);
    await gateway.stop();
    expect(result.failures).toEqual({});
    expect(result.negotiations).toMatchObject({ started: COUNT, succeeded: COUNT });
    const { lifecycle } = result;
    expect(lifecycle['phase1-rekeyed']).toBeGreaterThanOrEqual(COUNT);
    expect(lifecycle['phase2-rekeyed']).toBeGreaterThanOrEqual(COUNT);
    expect(lifecycle['rekey-failed']).toBeUndefined();
    expect(lifecycle['lifetime-over']).toBeUndefined();
    expect(result.drops).toEqual({});
    const children = COUNT + (lifecycle['phase2-rekeyed'] ?? 0);
    expect(times(gateway.log, CHILD_ESTABLISHED)).toBe(children);
    const phase1 = COUNT + (lifecycle['phase1-rekeyed'] ?? 0);
    expect(times(gateway.log, PHASE1_ESTABLISHED)).toBe(phase1);
  });

  it('are rekeyed by strongSwan', async () => {
    const gateway = await startGateway(place.namespace, place.folder('gateway'), { esp: 'aes128-sha256' });
    // swanctl may come across new SAs while it goes through the old ones, so some are rekeyed twice.
    const rekeyed = async (): Promise<void> => {
      await everybodyIsIn(gateway);
      await gateway.swanctl(['--rekey', '--child', 'site']);
      await waitUntil('children are rekeyed', () => times(gateway.log, CHILD_ESTABLISHED) >= 2 * COUNT);
      await gateway.swanctl(['--rekey', '--ike', 'main']);
      await waitUntil('phase 1 is rekeyed', () => times(gateway.log, PHASE1_ESTABLISHED) >= 2 * COUNT);
    };
    let isRekeyed: Promise<void> | undefined;
    const { result } = await runScenario(place.namespace, place.folder('run'), heldTunnels('4s', {}), () => {
      isRekeyed = rekeyed();
    });
    await isRekeyed;
    await gateway.stop();
    expect(result.failures).toEqual({});
    expect(result.negotiations).toMatchObject({ started: COUNT, succeeded: COUNT });
    expect(result.responder.phase1).toBeGreaterThanOrEqual(COUNT);
    expect(result.responder.phase2).toBeGreaterThanOrEqual(COUNT);
    expect(result.responder.failures).toEqual({});
    expect(gateway.log).not.toMatch(/error notify|retransmit/);
  });

  it('find strongSwan alive', async () => {
    const gateway = await startGateway(place.namespace, place.folder('gateway'));
    const scenario = heldTunnels('5s', { dpd: { delay: '800ms', retry: '800ms', timeout: '3s' } });
    const { result } = await runScenario(place.namespace, place.folder('run'), scenario);
    await gateway.stop();
    expect(result.negotiations).toMatchObject({ started: COUNT, succeeded: COUNT });
    expect(result.lifecycle['liveness-asked']).toBeGreaterThanOrEqual(COUNT);
    expect(result.lifecycle['peer-dead']).toBeUndefined();
    expect(result.drops).toEqual({});
    expect(times(gateway.log, /generating INFORMATIONAL_V1 request \d+ \[ HASH N\(DPD_ACK\) \]/)).toBe(
      result.lifecycle['liveness-asked'],
    );
  });

  it('answer strongSwan when it asks whether they are alive', async () => {
    const gateway = await startGateway(place.namespace, place.folder('gateway'), {
      connectionExtra: 'dpd_delay = 1s\n    dpd_timeout = 2s',
    });
    const scenario = heldTunnels('5s', {});
    const { result } = await runScenario(place.namespace, place.folder('run'), scenario);
    await gateway.stop();
    expect(result.negotiations).toMatchObject({ started: COUNT, succeeded: COUNT });
    const asked = times(gateway.log, /generating INFORMATIONAL_V1 request \d+ \[ HASH N\(DPD\) \]/);
    const answered = times(gateway.log, /parsed INFORMATIONAL_V1 request \d+ \[ HASH N\(DPD_ACK\) \]/);
    expect(asked).toBeGreaterThanOrEqual(2 * COUNT);
    // Only the last question of each may come too late.
    expect(answered).toBeGreaterThanOrEqual(asked - COUNT);
    expect(gateway.log).not.toContain('DPD check timed out');
  });

  it('are given up when strongSwan has died', async () => {
    const gateway = await startGateway(place.namespace, place.folder('gateway'));
    const scenario = heldTunnels('60s', { dpd: { delay: '1s', retry: '500ms', timeout: '2s' } });
    const { result } = await runScenario(place.namespace, place.folder('run'), scenario, () => {
      void everybodyIsIn(gateway).then(() => gateway.kill());
    });
    expect(result.lifecycle['peer-dead']).toBe(COUNT);
    expect(result.closed).toBe(COUNT);
    expect(result.negotiations).toMatchObject({ started: COUNT, succeeded: COUNT });
  });

  it('are closed when strongSwan deletes them', async () => {
    const gateway = await startGateway(place.namespace, place.folder('gateway'));
    const scenario = heldTunnels('60s', {});
    const { result } = await runScenario(place.namespace, place.folder('run'), scenario, () => {
      void everybodyIsIn(gateway).then(() => gateway.swanctl(['--terminate', '--ike', 'main']));
    });
    await gateway.stop();
    expect(result.failures).toEqual({});
    expect(result.negotiations).toMatchObject({ started: COUNT, succeeded: COUNT });
    expect(result.closed).toBe(COUNT);
  });
});

describe('a tunnel of strongSwan at ikestorm', () => {
  const place = createWorkPlace('lifecycle-client');
  const client = {
    gatewayAddress: '127.0.0.1',
    gatewayPort: 500,
    gatewayIdentity: GATEWAY_IDENTITY,
    address: '127.20.0.1',
    isAggressive: false,
    identity: 'swan.client.test',
    ike: 'aes128-sha256-modp2048',
    esp: 'aes128-sha256',
    localNetwork: '10.79.3.0/24',
    remoteNetwork: GATEWAY_NETWORK,
    preSharedKey: PRE_SHARED_KEY,
  };
  const scenario = stormScenario({
    mode: 'main',
    count: 1,
    gateway: { identity: GATEWAY_IDENTITY, dpd: { delay: '500ms', retry: '500ms', timeout: '1500ms' } },
  });

  it('is rekeyed in both phases by strongSwan, and found alive', async () => {
    const served = await serve(place.namespace, place.folder('serve'), scenario);
    const rekey = async (charon: Charon): Promise<void> => {
      for (const what of [
        ['--child', 'net'],
        ['--ike', 'tunnel'],
      ]) {
        await charon.swanctl(['--rekey', ...what]);
        await new Promise((resolve) => setTimeout(resolve, 1000));
      }
    };
    const outcome = await connectWithStrongswan(place.namespace, place.folder('client'), client, rekey);
    const { counters } = await served.stop();
    expect(outcome.output).toMatch(/tunnel: #2, ESTABLISHED/);
    expect(outcome.log).toMatch(/CHILD_SA net\{2\} established/);
    expect(outcome.log).toMatch(/parsed INFORMATIONAL_V1 request \d+ \[ HASH N\(DPD\) \]/);
    expect(counters).toMatchObject({ phase1Established: 2, childrenEstablished: 2, failures: {} });
  });

  it('is forgotten when strongSwan has died', async () => {
    const served = await serve(place.namespace, place.folder('serve'), scenario);
    const die = async (charon: Charon): Promise<void> => {
      await charon.kill();
      await new Promise((resolve) => setTimeout(resolve, 3500));
    };
    await connectWithStrongswan(place.namespace, place.folder('client'), client, die);
    const { counters } = await served.stop();
    expect(counters).toMatchObject({ phase1Established: 1, childrenEstablished: 1 });
    expect(counters).toMatchObject({ phase1Held: 0, childrenHeld: 0 });
  });
});
