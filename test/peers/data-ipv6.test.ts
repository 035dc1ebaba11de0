/** IPv6 inside the tunnel and around it, with strongSwan at the other end. */
import { beforeAll, describe, expect, it } from 'vitest';
import { readEchoes } from './echo-capture.ts';
import { runScenario, type RunOutcome, stormScenario } from './ikestorm.ts';
import { proves } from './proves.ts';
import { startGateway } from './strongswan.ts';
import { createWorkPlace } from './work-place.ts';

const COUNT = 5;
const PINGS = 4;
const INSIDE = {
  IPv4: { gateway: {}, innerAddress: '10.78.0.1', local: '10.79.{index}.0/24', remote: '10.78.0.0/24' },
  IPv6: {
    gateway: { network: 'fd78::/64', clientNetworks: 'fd79::/16', innerAddress: 'fd78::1/128' },
    innerAddress: 'fd78::1',
    local: 'fd79:0:0:{index}::/64',
    remote: 'fd78::/64',
  },
} as const;

describe.each([
  { inside: 'IPv6', outside: 'IPv4' },
  { inside: 'IPv6', outside: 'IPv6' },
  { inside: 'IPv4', outside: 'IPv6' },
] as const)('hosts ping through strongSwan with $inside in $outside', ({ inside, outside }) => {
  const place = createWorkPlace('ipv6-gateway');
  const clientPlace = createWorkPlace('ipv6-clients');
  const { gateway: networks, innerAddress, local, remote } = INSIDE[inside];
  let outcome: RunOutcome;

  beforeAll(async () => {
    const gateway = await startGateway(place.namespace, place.folder('gateway'), networks);
    const numbers = Array.from({ length: COUNT }, (_, i) => i + 1);
    const own = numbers.flatMap((number) => [`10.77.1.${number}/16`, `fd77::1:${number}/64`]);
    clientPlace.namespace.connect(place.namespace, own, ['10.77.0.1/16', 'fd77::1/64']);
    const outer =
      outside === 'IPv6'
        ? { addresses: `fd77::1:1-fd77::1:${COUNT}`, gatewayAddress: 'fd77::1' }
        : { addresses: `10.77.1.1-10.77.1.${COUNT}`, gatewayAddress: '10.77.0.1' };
    const scenario = stormScenario({
      mode: 'main',
      count: COUNT,
      ...outer,
      clients: {
        'nat-traversal': 'force',
        'local-network': local,
        'remote-network': remote,
        ping: { count: PINGS, interval: '200ms', timeout: '5s', to: innerAddress },
      },
      gateway: { 'local-network': remote },
    });
    outcome = await runScenario(clientPlace.namespace, clientPlace.folder('run'), scenario);
    await gateway.stop();
  }, 240_000);

  it('and every request is answered', () => {
    proves('strongSwan', 'responder', outside === 'IPv6' ? ['ipv6'] : []);
    const { failures, pings, drops } = outcome.result;
    expect(failures).toEqual({});
    expect(pings?.sent).toBe(COUNT * PINGS);
    // The first one may come before charon has installed the SA that the message before it completed.
    expect(pings?.answered).toBeGreaterThanOrEqual(COUNT * (PINGS - 1));
    expect(drops).toEqual({});
  });

  it('and tshark finds every checksum right', () => {
    const { pings } = outcome.result;
    expect(readEchoes(outcome.folder, inside)).toEqual({ requests: pings?.sent, replies: pings?.answered });
  });
});
