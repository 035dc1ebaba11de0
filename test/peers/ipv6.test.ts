/** Negotiations over IPv6 for networks of IPv4: others as clients of ikestorm, and libreswan as its gateway. */
import { describe, expect, it, type TestContext } from 'vitest';
import { runScenario, serve, servedScenario, stormScenario } from './ikestorm.ts';
import { connectWithLibreswan, startPlutoGateway } from './libreswan.ts';
import { PLUTO_CLIENT_IDENTITY } from './libreswan-config.ts';
import { proves } from './proves.ts';
import { connectWithStrongswan } from './strongswan.ts';
import { clientAt } from './strongswan-client.ts';
import { openWorkPlace, type WorkPlace } from './work-place.ts';

const COUNT = 3;
const GATEWAY_ADDRESS = 'fd77::1';
const CLIENT_ADDRESS = 'fd77::1:1';
const CLIENT_ADDRESSES = `${CLIENT_ADDRESS}-fd77::1:${COUNT}`;
/** Lines of a connection of libreswan. */
const IPV4_IN_IPV6 = ['hostaddrfamily=ipv6', 'clientaddrfamily=ipv4'];

/** A gateway and clients with a cable between them. */
function placesFor(context: TestContext): { gateway: WorkPlace; clients: WorkPlace } {
  const [gateway, clients] = [openWorkPlace('ipv6-gateway', context), openWorkPlace('ipv6-clients', context)];
  const own = Array.from({ length: COUNT }, (_, index) => `fd77::1:${index + 1}/64`);
  clients.namespace.connect(gateway.namespace, own, [`${GATEWAY_ADDRESS}/64`]);
  return { gateway, clients };
}

describe.concurrent('over IPv6', () => {
  it('a client of strongSwan comes to ikestorm', async (context) => {
    proves('strongSwan', 'initiator', ['ipv6']);
    const { gateway, clients } = placesFor(context);
    const scenario = servedScenario({ addresses: CLIENT_ADDRESSES, gatewayAddress: GATEWAY_ADDRESS });
    const served = await serve(gateway.namespace, gateway.folder('serve'), scenario);
    const client = clientAt(served, { address: CLIENT_ADDRESS });
    const outcome = await connectWithStrongswan(clients.namespace, clients.folder('client'), client);
    const { counters } = await served.stop();
    expect(outcome.isEstablished, outcome.log).toBe(true);
    expect(counters).toMatchObject({ phase1Established: 1, childrenEstablished: 1, failures: {} });
  });

  it('a host of ikestorm comes to libreswan', async (context) => {
    proves('libreswan', 'responder', ['ipv6']);
    const { gateway, clients } = placesFor(context);
    const pluto = await startPlutoGateway(gateway.namespace, gateway.folder('gateway'), {
      address: GATEWAY_ADDRESS,
      more: [...IPV4_IN_IPV6, 'rightsubnet=10.79.0.0/24'],
    });
    const scenario = stormScenario({
      mode: 'main',
      count: 1,
      addresses: CLIENT_ADDRESS,
      port: 500,
      gatewayAddress: GATEWAY_ADDRESS,
      identity: PLUTO_CLIENT_IDENTITY,
    });
    const { result } = await runScenario(clients.namespace, clients.folder('run'), scenario);
    expect(result.failures, pluto.log.slice(-3000)).toEqual({});
    expect(result.negotiations).toMatchObject({ started: 1, succeeded: 1 });
    expect(await pluto.trafficStatus()).toHaveLength(1);
  });

  it('a client of libreswan comes to ikestorm', async (context) => {
    proves('libreswan', 'initiator', ['ipv6']);
    const { gateway, clients } = placesFor(context);
    const scenario = servedScenario({ addresses: CLIENT_ADDRESSES, gatewayAddress: GATEWAY_ADDRESS });
    const served = await serve(gateway.namespace, gateway.folder('serve'), scenario);
    const { children, log } = await connectWithLibreswan(clients.namespace, clients.folder('client'), {
      mode: 'main',
      address: CLIENT_ADDRESS,
      gatewayAddress: GATEWAY_ADDRESS,
      identity: PLUTO_CLIENT_IDENTITY,
      localNetwork: '10.79.3.0/24',
      more: IPV4_IN_IPV6,
    });
    const { counters } = await served.stop();
    expect(children, log).toHaveLength(1);
    expect(counters).toMatchObject({ phase1Established: 1, childrenEstablished: 1, failures: {} });
  });
});
