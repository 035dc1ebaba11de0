/** What happens to SAs after they were set up, between ikestorm and libreswan: rekeying, liveness, deletes. */
import { describe, expect, it } from 'vitest';
import { type PeersWanted, runScenario, serve, servedScenario, stormScenario } from './ikestorm.ts';
import { connectWithLibreswan, type Pluto, startPlutoGateway } from './libreswan.ts';
import { PLUTO_CLIENT_IDENTITY } from './libreswan-config.ts';
import { waitUntil } from './namespace.ts';
import { proves } from './proves.ts';
import { openWorkPlace, type WorkPlace } from './work-place.ts';

const COUNT = 3;
const CHILD_ESTABLISHED = /IPsec SA established tunnel mode/g;
const PHASE1_ESTABLISHED = /IKE SA established/g;
const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

function times(log: string, pattern: RegExp): number {
  return log.match(pattern)?.length ?? 0;
}

/** Everybody keeps a tunnel for `hold`, or until it is lost. */
function heldTunnels(hold: string, clients: NonNullable<PeersWanted['clients']> = {}) {
  return {
    ...stormScenario({ mode: 'main', count: COUNT, identity: PLUTO_CLIENT_IDENTITY, clients }),
    load: { executor: 'per-peer-iterations' as const, iterations: 1, hold, drain: '10s' },
  };
}

function everybodyIsIn(pluto: Pluto): Promise<void> {
  return waitUntil('everybody is in', () => times(pluto.log, CHILD_ESTABLISHED) === COUNT);
}

describe.concurrent('tunnels of ikestorm at libreswan', () => {
  it('are rekeyed in both phases before their lifetimes end', async (context) => {
    proves('libreswan', 'responder', ['rekey-phase1-ours', 'rekey-phase2-ours']);
    const place = openWorkPlace('pluto-life', context);
    const pluto = await startPlutoGateway(place.namespace, place.folder('gateway'));
    const scenario = heldTunnels('12s', {
      'ike-lifetime': '16s',
      'esp-lifetime': '12s',
      rekey: { margin: '6s', fuzz: '50%' },
    });
    const { result } = await runScenario(place.namespace, place.folder('run'), scenario);
    await pluto.stop();
    const { lifecycle, failures } = result;
    expect(failures).toEqual({});
    expect(lifecycle['phase1-rekeyed']).toBeGreaterThanOrEqual(COUNT);
    expect(lifecycle['phase2-rekeyed']).toBeGreaterThanOrEqual(COUNT);
    expect(lifecycle['rekey-failed']).toBeUndefined();
    expect(lifecycle['lifetime-over']).toBeUndefined();
    expect(times(pluto.log, CHILD_ESTABLISHED)).toBe(COUNT + (lifecycle['phase2-rekeyed'] ?? 0));
    expect(times(pluto.log, PHASE1_ESTABLISHED)).toBe(COUNT + (lifecycle['phase1-rekeyed'] ?? 0));
  });

  it('are found alive, and find libreswan alive', async (context) => {
    proves('libreswan', 'responder', ['dpd-ours', 'dpd-theirs']);
    const place = openWorkPlace('pluto-life', context);
    const pluto = await startPlutoGateway(place.namespace, place.folder('gateway'), {
      more: ['dpddelay=1', 'dpdtimeout=4', 'dpdaction=clear'],
    });
    await pluto.whack(['--debug', 'base']);
    const scenario = heldTunnels('10s', { dpd: { delay: '1s', retry: '2s', timeout: '20s' } });
    const { result } = await runScenario(place.namespace, place.folder('run'), scenario);
    await pluto.stop();
    expect(result.lifecycle['peer-dead']).toBeUndefined();
    // Held to the end: nobody was given up after the four seconds of libreswan, and all were asked.
    expect(result.closed).toBe(COUNT);
    expect(pluto.log).not.toContain('DPD action');
    const asked = /DPD: sending R_U_THERE \d+ to \S+ \(state #\d+\)/g;
    const answered = /DPD: R_U_THERE_ACK, seqno received/g;
    expect(times(pluto.log, asked) + (result.lifecycle['liveness-asked'] ?? 0)).toBeGreaterThan(COUNT);
    expect(times(pluto.log, answered)).toBeGreaterThan(0);
  });

  it('are given up when libreswan has died', async (context) => {
    proves('libreswan', 'responder', ['dead-peer']);
    const place = openWorkPlace('pluto-life', context);
    const pluto = await startPlutoGateway(place.namespace, place.folder('gateway'));
    const scenario = heldTunnels('60s', { dpd: { delay: '1s', retry: '500ms', timeout: '2s' } });
    const { result } = await runScenario(place.namespace, place.folder('run'), scenario, () => {
      void everybodyIsIn(pluto).then(() => pluto.kill());
    });
    expect(result.lifecycle['peer-dead']).toBe(COUNT);
    expect(result.closed).toBe(COUNT);
  });

  it('are closed when libreswan deletes them', async (context) => {
    proves('libreswan', 'responder', ['delete-theirs']);
    const place = openWorkPlace('pluto-life', context);
    const pluto = await startPlutoGateway(place.namespace, place.folder('gateway'));
    const scenario = heldTunnels('60s');
    const { result } = await runScenario(place.namespace, place.folder('run'), scenario, () => {
      void everybodyIsIn(pluto).then(() => pluto.stop());
    });
    expect(result.failures).toEqual({});
    expect(result.closed).toBe(COUNT);
  });
});

describe.concurrent('a tunnel of libreswan at ikestorm', () => {
  const [address, gatewayAddress] = ['10.77.0.2', '10.77.0.1'];
  const client = {
    mode: 'main' as const,
    address,
    gatewayAddress,
    identity: 'swan.test',
    localNetwork: '10.79.3.0/24',
  };
  const dpd = { delay: '500ms', retry: '500ms', timeout: '4s' };

  /** Apart: at its start pluto wants port 500 of all addresses for a moment. */
  function placesFor(context: Parameters<typeof openWorkPlace>[1]): { ours: WorkPlace; theirs: WorkPlace } {
    const [ours, theirs] = [openWorkPlace('served', context), openWorkPlace('pluto-life', context)];
    theirs.namespace.connect(ours.namespace, [`${address}/24`], [`${gatewayAddress}/24`]);
    return { ours, theirs };
  }

  it('is rekeyed in both phases by libreswan', async (context) => {
    proves('libreswan', 'initiator', ['rekey-phase1-theirs', 'rekey-phase2-theirs']);
    const { ours, theirs } = placesFor(context);
    const scenario = servedScenario({ gatewayAddress });
    const served = await serve(ours.namespace, ours.folder('serve'), scenario);
    const more = ['rekey=yes', 'ikelifetime=24s', 'salifetime=16s', 'rekeymargin=8s', 'rekeyfuzz=0%'];
    const { log } = await connectWithLibreswan(
      theirs.namespace,
      theirs.folder('client'),
      { ...client, more },
      [],
      async (pluto) => {
        await waitUntil('the child is replaced', () => times(pluto.log, CHILD_ESTABLISHED) >= 2);
        await waitUntil('phase 1 is replaced', () => times(pluto.log, PHASE1_ESTABLISHED) >= 2);
      },
    );
    const { counters } = await served.stop();
    expect(log).toMatch(/initiating Main Mode .*replace|replace #1/i);
    expect(counters).toMatchObject({ failures: {} });
    expect(counters['phase1Established']).toBeGreaterThanOrEqual(2);
    expect(counters['childrenEstablished']).toBeGreaterThanOrEqual(2);
  });

  it('is rekeyed in both phases by ikestorm when libreswan does not', async (context) => {
    proves('libreswan', 'initiator', ['rekey-phase1-ours', 'rekey-phase2-ours']);
    const { ours, theirs } = placesFor(context);
    const lifetimes = {
      'ike-lifetime': '24s',
      'esp-lifetime': '16s',
      rekey: { margin: '10s', fuzz: '0%' },
    } as const;
    const scenario = servedScenario({ gatewayAddress, gateway: lifetimes });
    const served = await serve(ours.namespace, ours.folder('serve'), scenario);
    const { log } = await connectWithLibreswan(
      theirs.namespace,
      theirs.folder('client'),
      client,
      [],
      async (pluto) => {
        await waitUntil('the child is replaced', () => times(pluto.log, CHILD_ESTABLISHED) >= 2);
        await waitUntil('phase 1 is replaced', () => times(pluto.log, PHASE1_ESTABLISHED) >= 2);
      },
    );
    const { counters } = await served.stop();
    expect(log).toMatch(/responding to Main Mode/);
    expect(log).toMatch(/responding to Quick Mode proposal/);
    expect(counters).toMatchObject({ failures: {} });
  });

  it('is found alive, and finds ikestorm alive', async (context) => {
    proves('libreswan', 'initiator', ['dpd-ours', 'dpd-theirs']);
    const { ours, theirs } = placesFor(context);
    const scenario = servedScenario({ gatewayAddress, gateway: { dpd } });
    const served = await serve(ours.namespace, ours.folder('serve'), scenario);
    const more = ['dpddelay=1', 'dpdtimeout=4', 'dpdaction=clear'];
    let children: readonly string[] = [];
    const { log } = await connectWithLibreswan(
      theirs.namespace,
      theirs.folder('client'),
      { ...client, more },
      [],
      async (pluto) => {
        await pluto.whack(['--debug', 'base']);
        // Longer than either of both waits for an answer.
        await pause(9000);
        children = await pluto.trafficStatus();
      },
    );
    const { counters } = await served.stop();
    expect(log).not.toContain('DPD action');
    expect(children).toHaveLength(1);
    expect(log).toMatch(/DPD: sending R_U_THERE \d+|DPD: received R_U_THERE/);
    expect(counters).toMatchObject({ phase1Established: 1, childrenEstablished: 1, failures: {} });
  });

  it('is forgotten when libreswan has died', async (context) => {
    proves('libreswan', 'initiator', ['dead-peer']);
    const { ours, theirs } = placesFor(context);
    const scenario = servedScenario({ gatewayAddress, gateway: { dpd } });
    const served = await serve(ours.namespace, ours.folder('serve'), scenario);
    await connectWithLibreswan(theirs.namespace, theirs.folder('client'), client, [], async (pluto) => {
      await pluto.kill();
      await pause(9000);
    });
    const { counters } = await served.stop();
    expect(counters).toMatchObject({ childrenEstablished: 1, phase1Held: 0, childrenHeld: 0 });
  });

  it('is deleted when ikestorm ends', async (context) => {
    proves('libreswan', 'initiator', ['delete-ours']);
    const { ours, theirs } = placesFor(context);
    const served = await serve(ours.namespace, ours.folder('serve'), servedScenario({ gatewayAddress }));
    const { log } = await connectWithLibreswan(
      theirs.namespace,
      theirs.folder('client'),
      client,
      [],
      async (pluto) => {
        await served.stop();
        await waitUntil('libreswan has heard of it', () => /received Delete SA payload/.test(pluto.log));
      },
    );
    expect(log).toMatch(/received Delete SA/);
  });

  it('takes the place of the one that libreswan had before it died', async (context) => {
    proves('libreswan', 'initiator', ['initial-contact-theirs']);
    const { ours, theirs } = placesFor(context);
    const served = await serve(ours.namespace, ours.folder('serve'), servedScenario({ gatewayAddress }));
    const settings = { ...client, more: ['initial-contact=yes'] };
    const connect = (name: string, whileUp: (pluto: Pluto) => Promise<void>) =>
      connectWithLibreswan(theirs.namespace, theirs.folder(name), settings, [], whileUp);
    await connect('first', (pluto) => pluto.kill());
    let counted: unknown;
    await connect('second', async () => {
      counted = (await served.stop()).counters;
    });
    expect(counted).toMatchObject({ phase1Established: 2, childrenEstablished: 2 });
    expect(counted).toMatchObject({ phase1Held: 1, childrenHeld: 1 });
  });
});
