/** Name servers that a gateway tells its clients, between ikestorm and others. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readWithTshark } from '../export/tshark.ts';
import { runScenario, serve, stormScenario } from './ikestorm.ts';
import { connectWithLibreswan, startPlutoGateway } from './libreswan.ts';
import { PLUTO_CLIENT_IDENTITY } from './libreswan-config.ts';
import { proves } from './proves.ts';
import { connectWithStrongswan, startGateway } from './strongswan.ts';
import { clientAt } from './strongswan-client.ts';
import { GATEWAY_IDENTITY, writesNameServers } from './strongswan-config.ts';
import { openWorkPlace } from './work-place.ts';

const NAME_SERVER = '10.78.0.53';
const POOL = '10.99.0.0/24';
const USER = { name: 'alice', password: 'wonderland' };

/** Users who log in and are lent an address and told of a name server. */
function scenarioFor(identity: string, gatewayAddress: string, count = 1) {
  return stormScenario({
    mode: 'main',
    count,
    gatewayAddress,
    identity,
    clients: {
      authentication: 'xauth-pre-shared-key',
      login: { user: USER.name, password: USER.password },
      configuration: 'pull',
      'local-network': undefined,
    },
    gateway: { identity: GATEWAY_IDENTITY, lend: { addresses: POOL, dns: [NAME_SERVER] } },
  });
}

/** What gateways told the clients of a run, as tshark reads it with the keys of the run. */
function nameServersTold(folder: string): string[] {
  const rows = readWithTshark(join(folder, 'capture.pcapng'), {
    fields: ['isakmp.cfg.attr.internal_ip4_dns'],
    options: ['-Y', 'isakmp.cfg.attr.internal_ip4_dns'],
    configFolder: folder,
  });
  return rows.flatMap(([address = '']) => (address === '' ? [] : [address]));
}

describe.concurrent('a name server', () => {
  it('of strongSwan is told to users of ikestorm', async (context) => {
    proves('strongSwan', 'responder', ['mode-config-dns']);
    const place = openWorkPlace('name-server', context);
    const gateway = { proof: 'xauth-psk', pool: POOL, nameServer: NAME_SERVER, users: [USER] } as const;
    await startGateway(place.namespace, place.folder('gateway'), gateway);
    const scenario = scenarioFor('host.client.test', '127.0.0.1', 3);
    const { result, folder } = await runScenario(place.namespace, place.folder('run'), scenario);
    expect([result.negotiations.succeeded, result.failures]).toEqual([3, {}]);
    expect(new Set(nameServersTold(folder))).toEqual(new Set([NAME_SERVER]));
  });

  it('of ikestorm is used by a client of strongSwan', async (context) => {
    proves('strongSwan', 'initiator', ['mode-config-dns']);
    const place = openWorkPlace('name-server', context);
    const scenario = scenarioFor('host.client.test', '127.0.0.2');
    const served = await serve(place.namespace, place.folder('serve'), scenario);
    const file = `${place.folder('resolver')}.conf`;
    let written = '';
    const client = clientAt(served, {
      address: '127.0.0.1',
      identity: 'host.client.test',
      proof: 'xauth-psk',
      user: USER,
      wantsAddress: true,
      charonExtra: writesNameServers(file),
    });
    const { isEstablished, log } = await connectWithStrongswan(
      place.namespace,
      place.folder('client'),
      client,
      async () => {
        written = readFileSync(file, 'utf8');
      },
    );
    await served.stop();
    expect(isEstablished, log).toBe(true);
    expect(written).toContain(`nameserver ${NAME_SERVER}`);
  });

  it('of libreswan is told to users of ikestorm', async (context) => {
    proves('libreswan', 'responder', ['mode-config-dns']);
    const place = openWorkPlace('name-server', context);
    await startPlutoGateway(place.namespace, place.folder('gateway'), {
      proof: 'xauth-psk',
      users: [USER],
      more: [`modecfgdns=${NAME_SERVER}`],
    });
    const scenario = scenarioFor(PLUTO_CLIENT_IDENTITY, '127.0.0.1', 3);
    const { result, folder } = await runScenario(place.namespace, place.folder('run'), scenario);
    expect([result.negotiations.succeeded, result.failures]).toEqual([3, {}]);
    expect(new Set(nameServersTold(folder))).toEqual(new Set([NAME_SERVER]));
  });

  it('of ikestorm is heard by a client of libreswan', async (context) => {
    proves('libreswan', 'initiator', ['mode-config-dns']);
    const [address, gatewayAddress] = ['10.77.0.2', '10.77.0.1'];
    const [ours, theirs] = [openWorkPlace('name-server', context), openWorkPlace('name-client', context)];
    theirs.namespace.connect(ours.namespace, [`${address}/24`], [`${gatewayAddress}/24`]);
    const scenario = scenarioFor(PLUTO_CLIENT_IDENTITY, gatewayAddress);
    const served = await serve(ours.namespace, ours.folder('serve'), scenario);
    const { children, log } = await connectWithLibreswan(theirs.namespace, theirs.folder('client'), {
      mode: 'main',
      address,
      gatewayAddress,
      identity: PLUTO_CLIENT_IDENTITY,
      localNetwork: '10.79.3.0/24',
      proof: 'xauth-psk',
      user: USER,
    });
    await served.stop();
    expect(children, log).toHaveLength(1);
    expect(log).toMatch(new RegExp(`DNS server.*${NAME_SERVER}`, 'i'));
  });
});
