import { describe, expect, it } from 'vitest';
import { FAULTS_EXAMPLE } from '../../src/scenario/reference-examples.ts';
import { bent, firstComplaint, SAMPLE, scenarioOf } from './sample.ts';

const S = 1_000_000_000;
const NETWORK =
  'network: { links: { home: { peers: hosts, latency: 5ms, up: { outages: [{ at: 1s, for: 1s }] } } } }\n';
const withFault = (fault: string, text = SAMPLE) => `${text}faults: [${fault}]\n`;

describe('faults', () => {
  it('are read as the reference writes them', () => {
    const { faults, network } = scenarioOf(`${SAMPLE}${NETWORK}${FAULTS_EXAMPLE}`);
    expect(faults).toEqual([
      {
        type: 'crash',
        groups: ['gates'],
        share: 1,
        atNs: 120 * S,
        forNs: 30 * S,
        everyNs: 0,
        keepsState: false,
      },
      {
        type: 'crash',
        groups: ['gates'],
        share: 1,
        atNs: 240 * S,
        forNs: 10 * S,
        everyNs: 30 * S,
        keepsState: true,
      },
      { type: 'crash', groups: ['hosts'], share: 0.33, atNs: 360 * S, everyNs: 0, keepsState: false },
      { type: 'clock-step', groups: ['gates'], share: 1, atNs: 420 * S, byNs: -7200 * S },
      { type: 'outage', link: 'home', atNs: 480 * S, forNs: 15 * S },
    ]);
    const [home] = network!.links;
    const outage = { startNs: 480 * S, durationNs: 15 * S };
    expect(home?.down.downTimes).toEqual([outage]);
    expect(home?.up.downTimes).toEqual([{ startNs: S, durationNs: S }, outage]);
  });

  it.each<[string, string, string]>([
    [
      'an unknown kind',
      withFault('{ fault: crsh, peers: gates, at: 1s }'),
      'sample.yaml:15:19: faults.0.fault: expected crash, clock-step, slow-server or outage, found "crsh"\n  hint: did you mean "crash"?',
    ],
    [
      'an unknown group',
      withFault('{ fault: crash, peers: gate, at: 1s }'),
      'sample.yaml:15:33: faults.0.peers: there is no group "gate"\n  hint: did you mean "gates"?',
    ],
    [
      'a time after the end',
      withFault('{ fault: crash, peers: gates, at: 11m }'),
      'sample.yaml:15:44: faults.0.at: the measure window ends at 10m, before this happens\n  hint: raise load.measure, or let it happen earlier',
    ],
    [
      'a link that is not described',
      withFault('{ fault: outage, link: home, at: 1s, for: 1s }'),
      'sample.yaml:15:33: faults.0.link: there is no link "home"\n  hint: describe it in network.links',
    ],
    [
      'a clock that is not set',
      withFault('{ fault: clock-step, peers: hosts, at: 1s, by: 0s }'),
      'sample.yaml:15:57: faults.0.by: expected a duration other than 0',
    ],
    [
      'real gateways',
      withFault(
        '{ fault: crash, peers: gates, at: 1s }',
        `runtime: udp\n${bent(['192.0.2.0/29', '127.0.0.2-127.0.0.3'], ['10.1.0.0/24', '127.0.1.1-127.0.1.9'])}`,
      ),
      'sample.yaml:16:33: faults.0.peers: over udp, "gates" is real: nothing can go wrong there by plan\n  hint: name a group that starts negotiations, or write runtime: memory',
    ],
    [
      'hosts that would try again at once for ever',
      withFault(
        '{ fault: crash, peers: hosts, at: 1s }',
        bent(['executor: storm', 'executor: constant-peers']),
      ),
      'sample.yaml:15:33: faults.0.peers: in a closed load without think-time, machines of "hosts" that are down would try again without end\n  hint: write load.think-time: 1s, or take an open load',
    ],
  ])('%s is a mistake', (_, text, expected) => expect(firstComplaint(text)).toBe(expected));
});

describe('retry', () => {
  const withRetry = (retry: string) => bent(['psk: secret', `psk: secret\n    retry: ${retry}`]);
  const retryOf = (retry: string) => scenarioOf(withRetry(retry)).groups[0]!.retry;

  it('has words for known ways to come back', () => {
    expect(retryOf('none')).toBeUndefined();
    expect(retryOf('libreswan')?.wait).toEqual({
      type: 'growing',
      firstNs: 0,
      factor: 1,
      stepNs: 5 * S,
      maximumNs: 300 * S,
    });
    expect(retryOf('people')).toMatchObject({ giveUpChance: 0.1, patienceNs: 30 * S });
    expect(retryOf('immediate')).toEqual({
      wait: { type: 'uniform', leastNs: 0, mostNs: 0 },
      jitter: 0,
      giveUpChance: 0,
    });
  });

  it('is written out', () => {
    expect(
      retryOf(
        '{ wait: { first: 1s, factor: 2, max: 1m }, jitter: 50%, tries: 9, give-up-after: 1h, patience: 20s }',
      ),
    ).toEqual({
      wait: { type: 'growing', firstNs: S, factor: 2, stepNs: 0, maximumNs: 60 * S },
      jitter: 0.5,
      tries: 9,
      giveUpAfterNs: 3600 * S,
      giveUpChance: 0,
      patienceNs: 20 * S,
    });
    expect(retryOf('{ wait: 5s }')?.wait).toEqual({ type: 'uniform', leastNs: 5 * S, mostNs: 5 * S });
  });

  it.each<[string, string, string]>([
    [
      'waits upside down',
      withRetry('{ wait: { least: 5s, most: 2s } }'),
      'sample.yaml:7:20: peers.hosts.retry.wait: least 5s is more than most 2s',
    ],
    [
      'a closed load',
      withRetry('immediate').replace('executor: storm', 'executor: constant-peers'),
      'sample.yaml:7:12: peers.hosts.retry: constant-peers starts whoever failed again by itself\n  hint: remove retry, or take an open load such as storm',
    ],
  ])('%s is a mistake', (_, text, expected) => expect(firstComplaint(text)).toBe(expected));
});
