/** What happens to SAs after they were set up, between ikestorm and strongSwan: rekeying, liveness, deletes. */
import { describe, expect, it } from 'vitest';
import type { ScenarioInput } from '../../src/scenario/schema.ts';
import {
  type PeersWanted,
  runScenario,
  serve,
  servedScenario,
  stormScenario,
  unexpectedDrops,
} from './ikestorm.ts';
import { waitUntil } from './namespace.ts';
import { PING } from './ping.ts';
import { proves } from './proves.ts';
import { type Charon, connectWithStrongswan, startGateway } from './strongswan.ts';
import { clientAt } from './strongswan-client.ts';
import { openWorkPlace } from './work-place.ts';

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

describe.concurrent('tunnels of ikestorm at strongSwan', () => {
  it('are rekeyed in both phases before their lifetimes end', async (context) => {
    proves('strongSwan', 'responder', ['rekey-phase1-ours', 'rekey-phase2-ours']);
    const place = openWorkPlace('lifecycle', context);
    const gateway = await startGateway(place.namespace, place.folder('gateway'));
    const scenario = heldTunnels('12s', {
      'ike-lifetime': '16s',
      'esp-lifetime': '12s',
      // Early enough for a machine that has much else to do.
      rekey: { margin: '6s', fuzz: '50%' },
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
    expect(unexpectedDrops(result)).toEqual({});
    const children = COUNT + (lifecycle['phase2-rekeyed'] ?? 0);
    expect(times(gateway.log, CHILD_ESTABLISHED)).toBe(children);
    const phase1 = COUNT + (lifecycle['phase1-rekeyed'] ?? 0);
    expect(times(gateway.log, PHASE1_ESTABLISHED)).toBe(phase1);
  });

  it('are rekeyed by strongSwan', async (context) => {
    proves('strongSwan', 'responder', ['rekey-phase1-theirs', 'rekey-phase2-theirs']);
    const place = openWorkPlace('lifecycle', context);
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
    const { result } = await runScenario(place.namespace, place.folder('run'), heldTunnels('10s', {}), () => {
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

  it('find strongSwan alive', async (context) => {
    proves('strongSwan', 'responder', ['dpd-ours']);
    const place = openWorkPlace('lifecycle', context);
    const gateway = await startGateway(place.namespace, place.folder('gateway'));
    const scenario = heldTunnels('5s', { dpd: { delay: '800ms', retry: '2s', timeout: '20s' } });
    const { result } = await runScenario(place.namespace, place.folder('run'), scenario);
    await gateway.stop();
    expect(result.negotiations).toMatchObject({ started: COUNT, succeeded: COUNT });
    expect(result.lifecycle['liveness-asked']).toBeGreaterThanOrEqual(COUNT);
    expect(result.lifecycle['peer-dead']).toBeUndefined();
    expect(unexpectedDrops(result)).toEqual({});
    expect(times(gateway.log, /generating INFORMATIONAL_V1 request \d+ \[ HASH N\(DPD_ACK\) \]/)).toBe(
      result.lifecycle['liveness-asked'],
    );
  });

  it('answer strongSwan when it asks whether they are alive', async (context) => {
    proves('strongSwan', 'responder', ['dpd-theirs']);
    const place = openWorkPlace('lifecycle', context);
    const gateway = await startGateway(place.namespace, place.folder('gateway'), {
      connectionExtra: 'dpd_delay = 1s\n    dpd_timeout = 20s',
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

  it('are given up when strongSwan has died', async (context) => {
    proves('strongSwan', 'responder', ['dead-peer']);
    const place = openWorkPlace('lifecycle', context);
    const gateway = await startGateway(place.namespace, place.folder('gateway'));
    const scenario = heldTunnels('60s', { dpd: { delay: '1s', retry: '500ms', timeout: '2s' } });
    const { result } = await runScenario(place.namespace, place.folder('run'), scenario, () => {
      void everybodyIsIn(gateway).then(() => gateway.kill());
    });
    expect(result.lifecycle['peer-dead']).toBe(COUNT);
    expect(result.closed).toBe(COUNT);
    expect(result.negotiations).toMatchObject({ started: COUNT, succeeded: COUNT });
  });

  it('are closed when strongSwan deletes them', async (context) => {
    proves('strongSwan', 'responder', ['delete-theirs']);
    const place = openWorkPlace('lifecycle', context);
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

  it('take the place of those that an earlier start of the same hosts left behind', async (context) => {
    proves('strongSwan', 'responder', ['initial-contact-ours']);
    const place = openWorkPlace('lifecycle', context);
    const gateway = await startGateway(place.namespace, place.folder('gateway'), {
      connectionExtra: 'unique = replace',
    });
    let killed: Promise<unknown> | undefined;
    await runScenario(place.namespace, place.folder('first'), heldTunnels('60s', {}), (child) => {
      killed = everybodyIsIn(gateway).then(() => child.kill('SIGKILL'));
    }).catch(() => undefined);
    await killed;
    // With the same seed they would have the same cookies.
    const again = { ...heldTunnels('1s', {}), seed: 2 };
    const { result } = await runScenario(place.namespace, place.folder('second'), again);
    await gateway.stop();
    expect(result.negotiations).toMatchObject({ started: COUNT, succeeded: COUNT });
    expect(times(gateway.log, /destroying duplicate IKE_SA for peer '[^']*', received INITIAL_CONTACT/)).toBe(
      COUNT,
    );
  });
});

describe.concurrent('a tunnel of strongSwan at ikestorm', () => {
  const dpd = { delay: '500ms', retry: '500ms', timeout: '4s' };

  it('is rekeyed in both phases by strongSwan, and found alive', async (context) => {
    proves('strongSwan', 'initiator', ['rekey-phase1-theirs', 'rekey-phase2-theirs', 'dpd-ours']);
    const place = openWorkPlace('lifecycle-client', context);
    const served = await serve(place.namespace, place.folder('serve'), servedScenario({ gateway: { dpd } }));
    const rekey = async (charon: Charon): Promise<void> => {
      const logs = (what: string, pattern: RegExp) => waitUntil(what, () => pattern.test(charon.log));
      await charon.swanctl(['--rekey', '--child', 'net']);
      await logs('the child is replaced', /CHILD_SA net\{2\} established/);
      await charon.swanctl(['--rekey', '--ike', 'tunnel']);
      await logs('phase 1 is replaced', /IKE_SA tunnel\[2\] established/);
      await logs('somebody asks', /parsed INFORMATIONAL_V1 request \d+ \[ HASH N\(DPD\) \]/);
    };
    const outcome = await connectWithStrongswan(
      place.namespace,
      place.folder('client'),
      clientAt(served),
      rekey,
    );
    const { counters } = await served.stop();
    expect(outcome.output).toMatch(/tunnel: #2, ESTABLISHED/);
    expect(outcome.log).toMatch(/CHILD_SA net\{2\} established/);
    expect(outcome.log).toMatch(/parsed INFORMATIONAL_V1 request \d+ \[ HASH N\(DPD\) \]/);
    expect(counters).toMatchObject({ phase1Established: 2, childrenEstablished: 2, failures: {} });
  });

  it('loses no packet when strongSwan replaces it under traffic', async (context) => {
    proves('strongSwan', 'initiator', ['ping-rekeyed']);
    const place = openWorkPlace('lifecycle-client', context);
    const served = await serve(place.namespace, place.folder('serve'), servedScenario());
    const from = ['-I', '10.79.3.1', '-c', '40', '-i', '0.1', '-W', '5'];
    let pinged = '';
    const client = clientAt(served);
    await connectWithStrongswan(place.namespace, place.folder('client'), client, async (charon) => {
      const running = place.namespace.run(PING, [...from, '10.78.0.77']);
      await charon.swanctl(['--rekey', '--child', 'net']);
      await waitUntil('the child is replaced', () => charon.log.includes('CHILD_SA net{2} established'));
      pinged = (await running).stdout;
    });
    const { counters } = await served.stop();
    expect(pinged).toContain('40 received, 0% packet loss');
    expect(counters).toMatchObject({ childrenEstablished: 2, echoesAnswered: 40 });
  });

  it('is rekeyed in both phases by ikestorm when strongSwan does not', async (context) => {
    proves('strongSwan', 'initiator', ['rekey-phase1-ours', 'rekey-phase2-ours']);
    const place = openWorkPlace('lifecycle-client', context);
    const lifetimes = {
      'ike-lifetime': '24s',
      'esp-lifetime': '16s',
      rekey: { margin: '10s', fuzz: '0%' },
    } as const;
    const served = await serve(
      place.namespace,
      place.folder('serve'),
      servedScenario({ gateway: lifetimes }),
    );
    const { log } = await connectWithStrongswan(
      place.namespace,
      place.folder('client'),
      clientAt(served),
      async (charon) => {
        await waitUntil('the child is replaced', () => charon.log.includes('CHILD_SA net{2} established'));
        await waitUntil('phase 1 is replaced', () => charon.log.includes('IKE_SA tunnel[2] established'));
      },
    );
    const { counters } = await served.stop();
    expect(log).toMatch(/parsed ID_PROT request 0 \[ SA/);
    expect(log).toMatch(/parsed QUICK_MODE request \d+ \[ HASH SA/);
    expect(counters).toMatchObject({ failures: {} });
  });

  it('asks whether ikestorm is alive, and is answered', async (context) => {
    proves('strongSwan', 'initiator', ['dpd-theirs']);
    const place = openWorkPlace('lifecycle-client', context);
    const served = await serve(place.namespace, place.folder('serve'), servedScenario());
    const answer = /parsed INFORMATIONAL_V1 request \d+ \[ HASH N\(DPD_ACK\) \]/;
    const { log } = await connectWithStrongswan(
      place.namespace,
      place.folder('client'),
      clientAt(served, { connectionExtra: 'dpd_delay = 1s\n    dpd_timeout = 20s' }),
      (charon) => waitUntil('it was answered', () => times(charon.log, answer) >= 3),
    );
    await served.stop();
    expect(log).not.toContain('DPD check timed out');
  });

  it('is deleted when ikestorm ends', async (context) => {
    proves('strongSwan', 'initiator', ['delete-ours']);
    const place = openWorkPlace('lifecycle-client', context);
    const served = await serve(place.namespace, place.folder('serve'), servedScenario());
    const stop = async (charon: Charon): Promise<void> => {
      await served.stop();
      await waitUntil('strongSwan has heard of it', () => charon.log.includes('received DELETE for IKE_SA'));
    };
    const { log } = await connectWithStrongswan(
      place.namespace,
      place.folder('client'),
      clientAt(served),
      stop,
    );
    expect(log).toContain('received DELETE for ESP CHILD_SA');
    expect(log).toMatch(/deleting IKE_SA tunnel\[1\]/);
  });

  it('is forgotten when strongSwan has died', async (context) => {
    proves('strongSwan', 'initiator', ['dead-peer']);
    const place = openWorkPlace('lifecycle-client', context);
    const served = await serve(place.namespace, place.folder('serve'), servedScenario({ gateway: { dpd } }));
    const die = async (charon: Charon): Promise<void> => {
      await charon.kill();
      await new Promise((resolve) => setTimeout(resolve, 9000));
    };
    await connectWithStrongswan(place.namespace, place.folder('client'), clientAt(served), die);
    const { counters } = await served.stop();
    expect(counters).toMatchObject({ phase1Established: 1, childrenEstablished: 1 });
    expect(counters).toMatchObject({ phase1Held: 0, childrenHeld: 0 });
  });

  it('takes the place of the one that strongSwan had before it died', async (context) => {
    proves('strongSwan', 'initiator', ['initial-contact-theirs']);
    const place = openWorkPlace('lifecycle-client', context);
    // strongSwan pretends to be behind a NAT, where names may be shared: the older one is asked first.
    const patient = { delay: '60s', retry: '500ms', timeout: '2s' };
    const served = await serve(
      place.namespace,
      place.folder('serve'),
      servedScenario({ gateway: { dpd: patient } }),
    );
    const die = (charon: Charon): Promise<void> => charon.kill();
    await connectWithStrongswan(place.namespace, place.folder('first'), clientAt(served), die);
    let counted: unknown;
    const client = clientAt(served);
    const { log } = await connectWithStrongswan(place.namespace, place.folder('second'), client, async () => {
      await new Promise((resolve) => setTimeout(resolve, 6000));
      counted = (await served.stop()).counters;
    });
    expect(log).toMatch(/generating ID_PROT request 0 \[ ID HASH N\(INITIAL_CONTACT\) \]/);
    expect(counted).toMatchObject({ phase1Established: 2, childrenEstablished: 2 });
    expect(counted).toMatchObject({ phase1Held: 1, childrenHeld: 1 });
  });
});
