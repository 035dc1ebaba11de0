import { describe, expect, it } from 'vitest';
import { createPopulation } from '../../src/scenario/expand.ts';
import { NETWORK_EXAMPLE } from '../../src/scenario/reference-examples.ts';
import { asciiOctets } from '../../src/ike/wire/octets.ts';
import { complaint, firstComplaint, SAMPLE, scenarioOf } from './sample.ts';

const withNetwork = (network: string): string => `${SAMPLE}network:\n${network.replace(/^/gm, '  ')}\n`;
const networkOf = (network: string) => scenarioOf(withNetwork(network)).network!;

describe('the network of a scenario', () => {
  it('is as plain data what its models want, with units resolved', () => {
    const { links, latencyNs } = networkOf(`links:
  home: { peers: hosts, latency: 20ms, bandwidth: 50mbit/s, loss: 1%, up: { bandwidth: 0.5mbit/s, queue: 1s } }`);
    expect(latencyNs).toBe(500_000);
    expect(links).toMatchObject([
      {
        name: 'home',
        groups: ['hosts'],
        sharedBy: 1,
        up: { bandwidthHz: 500_000, queueNs: 1e9, latency: { type: 'constant', ns: 20e6 } },
        down: { bandwidthHz: 50e6, queueNs: 100e6, loss: { type: 'random', share: 0.01 } },
      },
    ]);
  });

  it('knows every distribution and every kind of loss', () => {
    const of = (key: string, value: string): unknown =>
      networkOf(`links: { home: { peers: hosts, ${key}: ${value} } }`).links[0]!.up[key as 'latency'];
    expect(of('latency', '{ distribution: uniform, least: 1ms, most: 2ms }')).toEqual({
      ...{ type: 'uniform', leastNs: 1e6, mostNs: 2e6 },
    });
    expect(of('latency', '{ distribution: normal, mean: 10ms, deviation: 2ms }')).toEqual({
      ...{ type: 'normal', meanNs: 10e6, deviationNs: 2e6, leastNs: 4e6 },
    });
    expect(of('latency', '{ distribution: exponential, least: 1ms, mean: 2ms }')).toMatchObject({
      meanNs: 2e6,
    });
    expect(of('latency', '{ distribution: empirical, values: [1ms, 5ms] }')).toMatchObject({
      valuesNs: [1e6, 5e6],
    });
    expect(of('loss', '{ share: 10%, burst: 4 }')).toMatchObject({
      type: 'bursty',
      leave: 0.25,
      badShare: 1,
    });
    expect(of('loss', '{ enter: 1%, leave: 20%, bad: 50% }')).toMatchObject({ goodShare: 0, badShare: 0.5 });
  });

  it('accepts the example of the reference', () => {
    const { links, paths, nats, firewalls } = scenarioOf(`${SAMPLE}${NETWORK_EXAMPLE}`).network!;
    expect([links.length, paths.length, nats.length, firewalls.length]).toEqual([2, 1, 1, 1]);
    expect(firewalls[0]!.model.rules).toMatchObject([
      { action: 'deny', exchanges: ['aggressive'] },
      { action: 'allow', ports: { first: 500, last: 4500 } },
    ]);
  });

  it.each([
    ['links: { home: { peers: host } }', 'there is no group "host"\n  hint: did you mean "hosts"?'],
    ['links: { home: { peers: 5 } }', 'expected a group of peers, or a list of groups, found 5'],
    ['nats: { n: { peers: hosts, shared-by: some, addresses: 198.51.100.1 } }', 'expected all, or how many'],
    ['links: { home: { latency: 5ms } }', 'link "home" needs either peers or between'],
    ['links: { a: { between: [gates, hosts] } }', 'initiators come first: write between: [hosts, gates]'],
    [
      'links: { a: { between: [hosts, gates] }, b: { between: [hosts, gates] } }',
      'is the path between them already',
    ],
    ['links: { a: { between: [hosts, gates], shared-by: 2 } }', 'only access links are shared'],
    ['links: { a: { peers: hosts }, b: { peers: [hosts] } }', 'group "hosts" has a of links already'],
    ['links: { a: { peers: hosts, bandwidth: 50mb } }', '"50mb" is not a bandwidth\n  hint: write 64kbit/s'],
    ['links: { a: { peers: hosts, queue: 5ms } }', 'nobody waits on a link without bandwidth'],
    ['links: { a: { peers: hosts, fragments: drop } }', 'there are no fragments on a link without mtu'],
    ['links: { a: { peers: hosts, flapping: { every: 1s, for: 1s } } }', 'is never up'],
    [
      'links: { a: { peers: hosts, latencyy: 5ms } }',
      'unknown key "latencyy"\n  hint: did you mean "latency"?',
    ],
    ['links: { a: { peers: hosts, latency: { distribution: normall, mean: 1ms } } }', 'distribution'],
    [
      'links: { a: { peers: hosts, latency: { distribution: uniform, least: 3ms, most: 2ms } } }',
      'least 3ms is more than most 2ms',
    ],
    ['nats: { n: { peers: hosts, shared-by: 1, addresses: 198.51.100.1 } }', '4 boxes need an address each'],
    ['nats: { n: { peers: hosts, addresses: 10.1.0.2 } }', 'group "hosts" has these addresses already'],
    ['nats: { n: { peers: gates, addresses: 198.51.100.1 } }', 'nobody can call who is behind a NAT box'],
    ['nats: { n: { peers: hosts, addresses: "fd00::1" } }', 'addresses of one family'],
    [
      'nats: { n: { peers: hosts, addresses: 198.51.100.1, port-range: 500-400 } }',
      'expected a port such as 500',
    ],
    ['firewalls: { f: { peers: gates, rules: [{ action: deny, exchanges: [agressive] }] } }', 'aggressive'],
    ['firewalls: { f: { peers: gates, rules: [{ action: deny, from: 10.0.0.0/33 }] } }', '10.0.0.0/33'],
    ['firewalls: { f: { peers: gates, rate-limit: { rate: 5 } } }', 'expected a rate with its unit'],
  ])('explains what is wrong with %s', (network, message) => {
    const text = firstComplaint(withNetwork(network));
    expect(text).toContain(message);
    expect(text).toMatch(/^sample\.yaml:\d+:\d+/);
  });

  it('says that hosts with keys of their own cannot be told apart behind one address in main mode', () => {
    const text = withNetwork('nats: { n: { peers: hosts, addresses: 198.51.100.1 } }');
    const ownKeys = text.replace('psk: secret', "psk: 'secret {number}'");
    expect(firstComplaint(ownKeys)).toContain('nobody can tell them apart');
    expect(() => scenarioOf(text)).not.toThrow();
    expect(() =>
      scenarioOf(ownKeys.replace('count: 4', 'count: 4, mode: aggressive'.replace(', ', '\n    '))),
    ).not.toThrow();
  });

  it('is not for sockets', () => {
    const text = withNetwork('latency: 5ms');
    expect(complaint(text, ['runtime=udp'])).toContain('a network is simulated in memory only');
  });
});

describe('hosts behind a NAT box', () => {
  const text = withNetwork('nats: { n: { peers: hosts, shared-by: 2, addresses: 198.51.100.0/24 } }').replace(
    'psk: secret',
    "psk: 'secret {number}'\n    mode: aggressive\n    identity: 'host-{number}.example.test'",
  );
  const lookup = createPopulation(scenarioOf(text)).preSharedKeyLookupFor(4);
  const identity = (name: string) => ({ idType: 2, data: asciiOctets(name) });
  const keyOf = (address: string, name?: string): string | undefined => {
    const key = lookup(address, name === undefined ? undefined : identity(name));
    return key === undefined ? undefined : String.fromCharCode(...key);
  };

  it('are known to the gateway by what they say of themselves, behind their own box', () => {
    expect(keyOf('198.51.100.1', 'host-2.example.test')).toBe('secret 2');
    expect(keyOf('198.51.100.2', 'host-3.example.test')).toBe('secret 3');
    expect(keyOf('10.1.0.4', undefined)).toBe('secret 4');
    expect(keyOf('198.51.100.3', 'host-1.example.test')).toBeUndefined();
  });

  it('have one key for all, as far as the gateway can know, while they have said nothing', () => {
    expect(keyOf('198.51.100.2')).toBe('secret 3');
  });
});
