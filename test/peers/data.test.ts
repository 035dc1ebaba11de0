/** Packets through the tunnels, with strongSwan at the other end: its user-space ESP (kernel-libipsec) opens ours, and ours its. */
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { unpackDebianPackage } from './debian-package.ts';
import { runScenario, type RunOutcome, serve, stormScenario } from './ikestorm.ts';
import type { Finished } from './namespace.ts';
import { readEchoes } from './echo-capture.ts';
import { proves } from './proves.ts';
import { connectWithStrongswan, startGateway } from './strongswan.ts';
import { clientAt } from './strongswan-client.ts';
import { GATEWAY_IDENTITY } from './strongswan-config.ts';
import { createWorkPlace } from './work-place.ts';

/** Behind both gateways, and an address of the strongSwan one. */
const INNER = '10.78.0.1';
const COUNT = 10;
const PINGS = 5;

/** `ping` of iputils. */
const PING = join(unpackDebianPackage('iputils-ping'), 'bin/ping');

const ping = { count: PINGS, interval: '200ms', timeout: '5s', to: INNER };
const inUdp = { 'nat-traversal': 'force' } as const;

describe.each([
  { title: 'AES-CBC and SHA-256', mode: 'main', esp: 'aes128-sha256' },
  { title: 'AES-GCM', mode: 'main', esp: 'aes256gcm16' },
  { title: '3DES and SHA-1', mode: 'aggressive', esp: '3des-sha1' },
] as const)('hosts ping through strongSwan with $title', ({ mode, esp }) => {
  const place = createWorkPlace('data');
  let outcome: RunOutcome;

  beforeAll(async () => {
    const gateway = await startGateway(place.namespace, place.folder('gateway'), { esp });
    const scenario = stormScenario({
      mode,
      esp,
      count: COUNT,
      clients: { ...inUdp, ping },
    });
    outcome = await runScenario(place.namespace, place.folder('run'), scenario);
    await gateway.stop();
  }, 120_000);

  it('and every request is answered', () => {
    const { result } = outcome;
    expect(result.failures).toEqual({});
    const { sent, answered = 0, lost = 0 } = result.pings ?? {};
    expect([sent, answered + lost]).toEqual([COUNT * PINGS, COUNT * PINGS]);
    // The first one may come before charon has installed the SA that the message before it completed.
    expect(lost).toBeLessThanOrEqual(COUNT);
    expect(result.drops).toEqual({});
    expect(result.latency.firstPacket?.count).toBe(COUNT);
  });

  it('and tshark opens the packets of both ends with the keys of the run', () => {
    const { pings } = outcome.result;
    expect(readEchoes(outcome.folder, 'IPv4')).toEqual({ requests: pings?.sent, replies: pings?.answered });
  });
});

describe.each(['auto', 'force'] as const)('in memory, with NAT traversal %s', (natTraversal) => {
  const place = createWorkPlace('memory');

  it('tshark opens the packets with the keys of the run', async () => {
    const scenario = stormScenario({
      mode: 'main',
      runtime: 'memory',
      count: 4,
      clients: { 'nat-traversal': natTraversal, ping },
      gateway: { 'remote-network': '10.79.0.0/16' },
    });
    const { result, folder } = await runScenario(place.namespace, place.folder('run'), scenario);
    expect(result.pings).toEqual({ sent: 20, answered: 20, lost: 0 });
    expect(readEchoes(folder, 'IPv4')).toEqual({ requests: 20, replies: 20 });
  });
});

describe('hosts that strongSwan lends addresses', () => {
  const place = createWorkPlace('lent');

  it('ping from these', async () => {
    const user = { name: 'alice', password: 'wonderland' };
    const gateway = await startGateway(place.namespace, place.folder('gateway'), {
      proof: 'xauth-psk',
      users: [user],
      pool: '10.99.0.0/24',
    });
    const scenario = stormScenario({
      mode: 'main',
      count: 3,
      clients: {
        ...inUdp,
        ping,
        authentication: 'xauth-pre-shared-key',
        login: { user: user.name, password: user.password },
        configuration: 'pull',
        'local-network': undefined,
      },
      gateway: { lend: { addresses: '10.99.0.0/24' } },
    });
    const { result } = await runScenario(place.namespace, place.folder('run'), scenario);
    await gateway.stop();
    expect(result.pings?.sent).toBe(3 * PINGS);
    expect(result.pings?.answered).toBeGreaterThanOrEqual(3 * (PINGS - 1));
  });
});

describe('hosts that rekey under traffic', () => {
  const place = createWorkPlace('rekey');

  it('lose no packet at strongSwan', async () => {
    proves('strongSwan', 'responder', ['ping-rekeyed']);
    const gateway = await startGateway(place.namespace, place.folder('gateway'));
    const scenario = stormScenario({
      mode: 'main',
      count: 3,
      clients: {
        ...inUdp,
        'esp-lifetime': '9s',
        rekey: { margin: '5s', fuzz: '0%' },
        ping: { ...ping, count: 100, interval: '100ms' },
      },
    });
    const { result } = await runScenario(place.namespace, place.folder('run'), scenario);
    await gateway.stop();
    expect(result.lifecycle['phase2-rekeyed']).toBeGreaterThanOrEqual(6);
    expect(result.pings?.sent).toBe(300);
    // None but the first ones, which may come too early.
    expect(result.pings?.lost).toBeLessThanOrEqual(3);
  });
});

describe.each([
  { title: 'AES-CBC and SHA-256', esp: 'aes128-sha256', count: 3 },
  { title: 'AES-GCM', esp: 'aes256gcm16', count: 3 },
])('a strongSwan client pings through ikestorm serve with $title', ({ esp, count }) => {
  const place = createWorkPlace('served');

  it('and every request is answered', async () => {
    const { clients, gateway } = stormScenario({ mode: 'main', esp, count: 1 }).peers;
    if (clients === undefined || gateway === undefined) throw new Error('the scenario has other groups');
    const scenario = {
      ...stormScenario({ mode: 'main', count: 1 }),
      peers: { clients, gateway: { ...gateway, identity: GATEWAY_IDENTITY } },
    };
    const served = await serve(place.namespace, place.folder('serve'), scenario);
    const client = clientAt(served, { esp });
    let pinged: Finished | undefined;
    const { output } = await connectWithStrongswan(
      place.namespace,
      place.folder('client'),
      client,
      async () => {
        const from = ['-I', '10.79.3.1', '-c', String(count), '-i', '0.2', '-W', '5'];
        pinged = await place.namespace.run(PING, [...from, '10.78.0.77']);
      },
    );
    const { counters } = await served.stop();
    expect(pinged?.stdout, `${output}${pinged?.stderr}`).toContain(`${count} received, 0% packet loss`);
    expect(counters).toMatchObject({ childrenEstablished: 1, echoesAnswered: count });
  });
});
