/** Through a NAT that is one: the kernel's, which gives every host another port, and forgets it. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, type TestContext } from 'vitest';
import { runScenario, serve, servedScenario, stormScenario } from './ikestorm.ts';
import { connectWithLibreswan, startPlutoGateway } from './libreswan.ts';
import { PLUTO_CLIENT_IDENTITY } from './libreswan-config.ts';
import { waitUntil } from './namespace.ts';
import { BEHIND_ADDRESS, FRONT_ADDRESS, NAT_ADDRESS, openNat } from './nat-box.ts';
import { PING } from './ping.ts';
import { proves } from './proves.ts';
import { connectWithStrongswan, startGateway } from './strongswan.ts';
import { clientAt } from './strongswan-client.ts';

const COUNT = 4;
/** Those behind the box. */
const HOSTS = Array.from({ length: COUNT }, (_, index) => `192.168.1.${10 + index}`);

/** A new folder at each call, gone with the test. */
function openFolder({ onTestFinished }: Pick<TestContext, 'onTestFinished'>): (name: string) => string {
  const root = mkdtempSync(join(tmpdir(), 'ikestorm-nat-'));
  onTestFinished(() => {
    if (process.env['IKESTORM_KEEP_LOGS'] === undefined) rmSync(root, { recursive: true });
  });
  return (name) => join(root, name);
}

interface HostsWanted {
  readonly keepalive: string;
  readonly identity?: string;
  readonly clients?: Parameters<typeof stormScenario>[0]['clients'];
  readonly hold: string;
}

/** Hosts at ports 500, which float to 4500. */
function hostsBehind({ keepalive, identity, clients, hold }: HostsWanted) {
  const scenario = stormScenario({
    mode: 'main',
    count: COUNT,
    port: 500,
    addresses: `${HOSTS[0]}-${HOSTS.at(-1)}`,
    gatewayAddress: FRONT_ADDRESS,
    ...(identity !== undefined && { identity }),
    clients: { 'nat-keepalive': keepalive, ...clients },
  });
  return {
    ...scenario,
    load: { executor: 'per-peer-iterations' as const, iterations: 1, hold, drain: '10s' },
  };
}

/** The ports from which messages to `port` came to a charon, with the address of the NAT. */
function portsIn(log: string, port: number): Set<string> {
  const pattern = new RegExp(
    `received packet: from ${NAT_ADDRESS.replaceAll('.', '\\.')}\\[(\\d+)\\] to \\S+\\[${port}\\]`,
    'g',
  );
  return new Set(Array.from(log.matchAll(pattern), ([, from = '']) => from));
}

describe.concurrent('hosts of ikestorm behind a NAT', () => {
  it('float to port 4500 at strongSwan, and keep their ports by keepalives', async (context) => {
    proves('strongSwan', 'responder', ['real-nat']);
    const { behind, front } = openNat(context, 3);
    const folder = openFolder(context);
    for (const host of HOSTS) behind.addAddress('behind', `${host}/24`);
    const gateway = await startGateway(front, folder('gateway'));
    // A silence, but for keepalives, that is longer than the box remembers.
    const scenario = hostsBehind({ keepalive: '1s', hold: '8s' });
    const { result } = await runScenario(behind, folder('run'), scenario);
    await gateway.stop();
    expect(result.failures).toEqual({});
    expect(result.closed).toBe(COUNT);
    expect(gateway.log).toContain('remote host is behind NAT');
    // The deletes in the end come from where message 5 came from.
    expect(portsIn(gateway.log, 4500).size).toBe(COUNT);
    for (const port of portsIn(gateway.log, 4500)) expect(Number(port)).toBeGreaterThanOrEqual(40_000);
  });

  it('come from other ports when the NAT has forgotten them, and strongSwan follows', async (context) => {
    proves('strongSwan', 'responder', ['nat-rebinding']);
    const { behind, front } = openNat(context, 1);
    const folder = openFolder(context);
    for (const host of HOSTS) behind.addAddress('behind', `${host}/24`);
    const gateway = await startGateway(front, folder('gateway'));
    const dpd = { delay: '4s', retry: '2s', timeout: '20s' };
    const scenario = hostsBehind({ keepalive: '0s', hold: '15s', clients: { dpd } });
    const { result } = await runScenario(behind, folder('run'), scenario);
    await gateway.stop();
    expect(result.failures).toEqual({});
    expect(result.closed).toBe(COUNT);
    expect(result.lifecycle['liveness-asked']).toBeGreaterThanOrEqual(2 * COUNT);
    expect(result.lifecycle['peer-dead']).toBeUndefined();
    expect(portsIn(gateway.log, 4500).size).toBeGreaterThanOrEqual(2 * COUNT);
  });

  it('float to port 4500 at libreswan, and keep their ports by keepalives', async (context) => {
    proves('libreswan', 'responder', ['nat-traversal', 'real-nat']);
    const { behind, front } = openNat(context, 3);
    const folder = openFolder(context);
    for (const host of HOSTS) behind.addAddress('behind', `${host}/24`);
    const pluto = await startPlutoGateway(front, folder('gateway'), { address: FRONT_ADDRESS });
    const scenario = hostsBehind({ keepalive: '1s', hold: '8s', identity: PLUTO_CLIENT_IDENTITY });
    const { result } = await runScenario(behind, folder('run'), scenario);
    await pluto.stop();
    expect(result.failures).toEqual({});
    expect(result.closed).toBe(COUNT);
    expect(pluto.log).toMatch(/IPsec SA established tunnel mode .*ESPinUDP.* NATD=10\.77\.0\.2:4\d{4}/);
    // The deletes in the end come from where message 5 came from.
    const ports = pluto.log.matchAll(/NATD=10\.77\.0\.2:(4\d{4})/g);
    expect(new Set(Array.from(ports, ([, port]) => port)).size).toBe(COUNT);
  });
});

describe.concurrent('a client behind a NAT at ikestorm', () => {
  const served = async (context: Pick<TestContext, 'onTestFinished'>, timeoutS: number) => {
    const { behind, front } = openNat(context, timeoutS);
    const folder = openFolder(context);
    const gateway = await serve(front, folder('serve'), servedScenario({ gatewayAddress: FRONT_ADDRESS }));
    return { behind, folder, gateway };
  };
  const ping = ['-I', '10.79.3.1', '-c', '3', '-i', '0.2', '-W', '5', '10.78.0.77'];

  it('strongSwan, pings through the tunnel, and again after a silence with keepalives', async (context) => {
    proves('strongSwan', 'initiator', ['real-nat']);
    const { behind, folder, gateway } = await served(context, 3);
    const pinged: string[] = [];
    const client = clientAt(gateway, { address: BEHIND_ADDRESS, charonExtra: 'keep_alive = 1s' });
    const { log } = await connectWithStrongswan(behind, folder('client'), client, async () => {
      pinged.push((await behind.run(PING, ping)).stdout);
      await new Promise((resolve) => setTimeout(resolve, 6000));
      pinged.push((await behind.run(PING, ping)).stdout);
    });
    const { counters } = await gateway.stop();
    for (const output of pinged) expect(output).toContain('3 received, 0% packet loss');
    expect(log).toContain('local host is behind NAT');
    expect(log).toContain('sending keep alive to');
    expect(counters).toMatchObject({ echoesAnswered: 6, failures: {}, phase1Held: 0, childrenHeld: 0 });
  });

  it('strongSwan, comes from another port, and its tunnel goes on', async (context) => {
    proves('strongSwan', 'initiator', ['nat-rebinding']);
    const { behind, folder, gateway } = await served(context, 1);
    let pinged = '';
    const client = clientAt(gateway, {
      address: BEHIND_ADDRESS,
      charonExtra: 'keep_alive = 0s',
      connectionExtra: 'dpd_delay = 4s\n    dpd_timeout = 60s',
    });
    const answered = /parsed INFORMATIONAL_V1 request \d+ \[ HASH N\(DPD_ACK\) \]/;
    await connectWithStrongswan(behind, folder('client'), client, async (charon) => {
      await waitUntil('ikestorm answers a question from another port', () => answered.test(charon.log));
      pinged = (await behind.run(PING, ping)).stdout;
    });
    const { counters } = await gateway.stop();
    expect(pinged).toContain('3 received, 0% packet loss');
    expect(counters).toMatchObject({ echoesAnswered: 3, phase1Held: 0, childrenHeld: 0 });
  });

  it('libreswan, floats to port 4500', async (context) => {
    proves('libreswan', 'initiator', ['nat-traversal', 'real-nat']);
    const { behind, folder, gateway } = await served(context, 30);
    const { children, log } = await connectWithLibreswan(behind, folder('client'), {
      mode: 'main',
      address: BEHIND_ADDRESS,
      gatewayAddress: FRONT_ADDRESS,
      identity: 'swan.test',
      localNetwork: '10.79.3.0/24',
    });
    const { counters } = await gateway.stop();
    expect(children, log).toHaveLength(1);
    expect(log).toMatch(/IPsec SA established tunnel mode .*ESPinUDP/);
    expect(counters).toMatchObject({ failures: {}, phase1Held: 0, childrenHeld: 0 });
  });
});
