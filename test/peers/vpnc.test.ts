/** `ikestorm serve` as vpnc, the client of old concentrators, sees it. */
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { unpackDebianPackage } from './debian-package.ts';
import { serve, stormScenario } from './ikestorm.ts';
import type { Finished } from './namespace.ts';
import { PRE_SHARED_KEY } from './strongswan-config.ts';
import { connectWithVpnc } from './vpnc.ts';
import { createWorkPlace } from './work-place.ts';

/** `ping` of iputils. */
const PING = join(unpackDebianPackage('iputils-ping'), 'bin/ping');
const GROUP = 'branch-offices';
const ALGORITHMS = { ike: ['aes256-sha1-modp2048'], esp: ['aes256-sha1'] };

const scenario = stormScenario({
  mode: 'aggressive',
  count: 1,
  identity: GROUP,
  clients: {
    ...ALGORITHMS,
    identity: { type: 'key-id', text: GROUP },
    authentication: 'xauth-pre-shared-key',
    login: { user: 'alice', password: 'wonderland' },
    configuration: 'pull',
    'local-network': undefined,
    'remote-network': '0.0.0.0/0',
  },
  gateway: {
    ...ALGORITHMS,
    'local-network': '0.0.0.0/0',
    lend: { addresses: '10.99.0.0/24', dns: ['10.78.0.53'] },
  },
});

describe('vpnc', () => {
  const place = createWorkPlace('vpnc');

  it('connects and is lent an address and a name server', async () => {
    const served = await serve(place.namespace, place.folder('serve'), scenario);
    const { settings, output } = await connectWithVpnc(place.namespace, place.folder('client'), {
      gatewayAddress: served.address,
      group: GROUP,
      preSharedKey: PRE_SHARED_KEY,
      user: { name: 'alice', password: 'wonderland' },
    });
    const { counters, code } = await served.stop();
    expect(settings?.get('INTERNAL_IP4_ADDRESS'), output).toMatch(/^10\.99\.0\.\d+$/);
    expect(settings?.get('INTERNAL_IP4_DNS')).toBe('10.78.0.53');
    expect(counters).toMatchObject({ phase1Established: 1, childrenEstablished: 1, failures: {} });
    expect(code).toBe(0);
  });

  it('pings through the tunnel', async () => {
    const served = await serve(place.namespace, place.folder('serve'), scenario);
    let pinged: Finished | undefined;
    const { output } = await connectWithVpnc(
      place.namespace,
      place.folder('client'),
      {
        gatewayAddress: served.address,
        group: GROUP,
        preSharedKey: PRE_SHARED_KEY,
        user: { name: 'alice', password: 'wonderland' },
        route: '10.78.0.0/24',
      },
      async () => {
        const count = ['-c', '3', '-i', '0.2', '-W', '5'];
        pinged = await place.namespace.run(PING, [...count, '10.78.0.77']);
      },
    );
    const { counters } = await served.stop();
    expect(pinged?.stdout, output).toContain('3 received, 0% packet loss');
    expect(counters).toMatchObject({ childrenEstablished: 1, echoesAnswered: 3 });
  });

  it.each([
    {
      what: 'password',
      preSharedKey: PRE_SHARED_KEY,
      password: 'another',
      words: 'authentication unsuccessful',
    },
    {
      what: 'group password',
      preSharedKey: 'another',
      password: 'wonderland',
      words: 'check group password',
    },
  ])('says that the $what is wrong', async ({ preSharedKey, password, words }) => {
    const served = await serve(place.namespace, place.folder('serve'), scenario);
    const { settings, output } = await connectWithVpnc(place.namespace, place.folder('client'), {
      gatewayAddress: served.address,
      group: GROUP,
      preSharedKey,
      user: { name: 'alice', password },
    });
    const { counters } = await served.stop();
    expect(settings).toBeUndefined();
    expect(output).toContain(words);
    expect(counters).toMatchObject({ childrenEstablished: 0 });
  });
});
