/** Every feature of networks, servers and faults does the same kind of thing in real time as in virtual time. */
import { describe, expect, it } from 'vitest';
import type { RunResult } from '../../src/measure/result.ts';
import { runScenario } from '../../src/run/execute.ts';
import type { StartPool } from '../../src/run/execute.ts';
import { parseScenario } from '../../src/scenario/load.ts';
import { runShard } from '../../src/worker/shard.ts';
import { startBuiltPool } from '../harness/built-pool.ts';

const RUNS_MS = 120_000;
/** Virtual time needs no thread of its own. */
const startHere: StartPool = () => ({ run: (task) => runShard(task), close: async () => {} });

/** Parts of the scenario, as YAML in flow style. */
interface Parts {
  readonly network?: string;
  readonly faults?: string;
  readonly workers?: string;
  readonly gateways?: string;
  /** Phase 1 proposals of both. */
  readonly offer?: string;
  readonly load?: string;
  /** A group that is asked about users. */
  readonly radius?: string;
}

interface Row extends Parts {
  readonly feature: string;
  /** What has to be seen, in both clocks. */
  readonly seen: readonly string[];
  /** What may be seen besides, where it depends on how busy the machine is. */
  readonly perhaps?: readonly string[];
  /** Shortest negotiation, whatever the machine does. */
  readonly leastMs?: number;
  /** Longest negotiation is at least this. */
  readonly slowestMs?: number;
}

const SECRET = 'psk: the secret, esp: [aes128-sha256]';
const OFFER = 'aes128-sha256-x25519';
/** So much patience that only what the network keeps away fails. */
const PATIENT = 'retransmit: { first: 300ms, factor: 1, tries: 20 }';
/** The run lasts for whoever would come back. */
const STAYING = `${PATIENT}, retry: { wait: 1m }`;
const HASTY = 'retransmit: { first: 200ms, factor: 1, tries: 3 }';

function scenarioOf(clock: string, parts: Parts): string {
  const {
    network = '{}',
    faults = '[]',
    workers = PATIENT,
    gateways = PATIENT,
    offer = OFFER,
    radius,
  } = parts;
  const load = parts.load ?? '{ executor: storm, spread: 50ms, drain: 30s }';
  return `name: both-clocks
clock: ${clock}
seed: 3
peers:
  workers: { count: 6, addresses: 10.1.0.0/24, ${SECRET}, ike: [${offer}], ${workers} }
  gateways: { role: gateway, count: 2, addresses: 192.0.2.0/29, ${SECRET}, ike: [${offer}], ${gateways} }
${radius === undefined ? '' : `  radius: { role: server, addresses: 192.0.2.100, port: 1812, ${radius} }\n`}\
connections: [{ from: workers, to: gateways }]
network: ${network}
faults: ${faults}
load: ${load}
`;
}

/** What a run has done to its peers, in words; no numbers, which depend on the machine in real time. */
function effectsOf({ network, failures, lifecycle, drops, negotiations }: RunResult): string[] {
  const { links, nats, firewalls } = network!;
  const flows = [
    ...Object.entries(links).flatMap(([name, { up, down }]) => [
      [`${name} up`, up] as const,
      [`${name} down`, down] as const,
    ]),
    ...[...Object.entries(nats), ...Object.entries(firewalls)].flatMap(([name, box]) => [
      [`${name} out`, box.out] as const,
      [`${name} in`, box.in] as const,
    ]),
  ];
  for (const [name, { sent, duplicated, delivered, dropped }] of flows) {
    const lost = Object.values(dropped).reduce((sum, count) => sum + count, 0);
    expect(delivered + lost, `conservation on ${name}`).toBe(sent + duplicated);
  }
  return [
    ...flows.flatMap(([name, { dropped }]) => Object.keys(dropped).map((cause) => `${name}: ${cause}`)),
    ...flows.flatMap(([name, { duplicated }]) => (duplicated > 0 ? [`${name}: twice`] : [])),
    ...Object.entries(nats).flatMap(([name, { rebindings }]) => (rebindings > 0 ? [`${name}: rebound`] : [])),
    ...Object.keys(failures).map((cause) => `failed: ${cause}`),
    ...TOLD.filter((event) => lifecycle[event] !== undefined),
    ...TOLD_DROPS.filter((reason) => drops[reason] !== undefined),
    ...(negotiations.succeeded > 0 ? ['somebody got through'] : []),
  ].toSorted();
}

const TOLD = ['crashed', 'restarted', 'peer-dead', 'server-asked', 'server-silent'] as const;
const TOLD_DROPS = ['peer-down', 'late-answer', 'server-queue-full'] as const;
const THROUGH = 'somebody got through';

const LONG_OFFER = ['aes128', 'aes192', 'aes256']
  .flatMap((cipher) => ['sha256', 'sha384', 'sha512', 'sha1'].map((hash) => `${cipher}-${hash}`))
  .flatMap((pair) => [`${pair}-x25519`, `${pair}-modp2048`])
  .join(', ');
const home = (qualities: string): string => `{ links: { home: { peers: workers, ${qualities} } } }`;
const latency = (value: string): string => home(`latency: ${value}`);
const box = (qualities: string): string =>
  `{ nats: { box: { peers: workers, addresses: 198.51.100.1, ${qualities} } } }`;
const wall = (qualities: string, peers = 'gateways'): string =>
  `{ firewalls: { wall: { peers: ${peers}, ${qualities} } } }`;
/** A port that changes in the midst of a negotiation may end it: where a busy machine takes a pause, any box may forget. */
const IN_THE_MIDST = ['box in: nat-no-mapping', 'failed: timeout-phase1', 'failed: timeout-phase2'];
const AGAIN =
  '{ executor: per-peer-iterations, peers: 6, iterations: 2, think-time: 900ms, measure: 1m, drain: 30s }';
const LASTING = '{ executor: storm, spread: 50ms, measure: 6s, drain: 30s }';

const LINKS: readonly Row[] = [
  { feature: 'constant latency', network: latency('20ms'), seen: [THROUGH], leastMs: 8 * 20 },
  {
    feature: 'uniform latency',
    network: latency('{ distribution: uniform, least: 10ms, most: 30ms }'),
    seen: [THROUGH],
    leastMs: 80,
  },
  {
    feature: 'normal latency',
    network: latency('{ distribution: normal, mean: 20ms, deviation: 3ms, least: 10ms }'),
    seen: [THROUGH],
    leastMs: 80,
  },
  {
    feature: 'exponential latency',
    network: latency('{ distribution: exponential, least: 10ms, mean: 20ms }'),
    seen: [THROUGH],
    leastMs: 80,
  },
  {
    feature: 'empirical latency',
    network: latency('{ distribution: empirical, values: [10ms, 15ms, 40ms] }'),
    seen: [THROUGH],
    leastMs: 80,
  },
  {
    feature: 'latency everywhere, and a path of its own',
    network: '{ latency: 10ms, links: { path: { between: [workers, gateways], up: { latency: 30ms } } } }',
    seen: [THROUGH],
    // Four of the eight datagrams that an initiator waits for go up; down the path takes what is everywhere.
    leastMs: 4 * 30 + 4 * 10,
  },
  { feature: 'bandwidth', network: home('bandwidth: 64kbit/s, queue: 5s'), seen: [THROUGH], leastMs: 8 * 12 },
  {
    feature: 'a queue that is full',
    network: home('shared-by: all, bandwidth: 64kbit/s, queue: 5ms'),
    seen: ['home up: link-queue-full', THROUGH],
    perhaps: ['home down: link-queue-full'],
  },
  {
    feature: 'an MTU whose fragments are thrown away',
    network: home('mtu: 576, fragments: drop'),
    offer: LONG_OFFER,
    workers: HASTY,
    seen: ['failed: timeout-phase1', 'home up: link-too-large'],
  },
  {
    feature: 'fragments that are lost',
    network: home('mtu: 576, up: { loss: 40% }'),
    offer: LONG_OFFER,
    seen: ['home up: link-fragment-loss', 'home up: link-loss', THROUGH],
  },
  {
    feature: 'random loss',
    network: home('loss: 25%'),
    seen: ['home down: link-loss', 'home up: link-loss', THROUGH],
  },
  {
    feature: 'bursts of loss',
    network: home('loss: { share: 25%, burst: 2 }'),
    seen: ['home down: link-loss', 'home up: link-loss', THROUGH],
  },
  {
    feature: 'loss after Gilbert and Elliott',
    network: home('up: { loss: { enter: 30%, leave: 50%, good: 5%, bad: 90% } }'),
    seen: ['home up: link-loss', THROUGH],
  },
  {
    feature: 'duplication',
    network: home('duplication: 50%'),
    seen: ['home down: twice', 'home up: twice', THROUGH],
  },
  {
    feature: 'reordering',
    network: home('latency: 1ms, reordering: { share: 50%, delay: 60ms }'),
    seen: [THROUGH],
    slowestMs: 60,
  },
  {
    feature: 'an outage',
    network: home('outages: [{ at: 0s, for: 1500ms }]'),
    seen: ['home up: link-down', THROUGH],
    leastMs: 1400,
  },
  {
    feature: 'a partition in one direction',
    network: home('down: { outages: [{ at: 0s, for: 1500ms }] }'),
    seen: ['home down: link-down', THROUGH],
    leastMs: 1400,
  },
  {
    feature: 'flapping',
    network: home('flapping: { for: 300ms, every: 400ms }'),
    seen: ['home up: link-down', THROUGH],
    perhaps: ['home down: link-down'],
  },
  {
    feature: 'flapping of each link in its turn',
    network: home('flapping: { for: 390ms, every: 400ms, staggered: true, until: 3s }'),
    load: '{ executor: storm, spread: 1s, drain: 30s }',
    seen: ['home up: link-down', THROUGH],
    perhaps: ['home down: link-down'],
  },
];

const BOXES: readonly Row[] = [
  {
    feature: 'a NAT box that forgets silent hosts',
    network: box('timeout: 500ms'),
    load: AGAIN,
    seen: ['box: rebound', THROUGH],
    perhaps: IN_THE_MIDST,
  },
  {
    feature: 'a NAT box that is kept by what comes in',
    network: box('timeout: 500ms, kept-by-inbound: true'),
    load: AGAIN,
    seen: ['box: rebound', THROUGH],
    perhaps: IN_THE_MIDST,
  },
  {
    feature: 'a NAT box that forgets all at a time',
    network: box('rebind: [800ms]'),
    load: AGAIN,
    seen: ['box: rebound', THROUGH],
    perhaps: IN_THE_MIDST,
  },
  {
    feature: 'a NAT box that forgets all again and again',
    network: box('rebind-every: 700ms, ports: random, symmetric: true'),
    load: AGAIN,
    seen: ['box: rebound', THROUGH],
    perhaps: IN_THE_MIDST,
  },
  {
    feature: 'what a NAT box knows nothing of',
    network: box('timeout: 300ms'),
    workers: STAYING,
    load: LASTING,
    gateways: `${PATIENT}, dpd: { delay: 1s, retry: 200ms, timeout: 500ms }`,
    seen: ['box in: nat-no-mapping', 'peer-dead', THROUGH],
    perhaps: IN_THE_MIDST,
  },
  {
    feature: 'a NAT box without enough ports',
    network: box('port-range: 2000-2003, ports: sequential'),
    workers: HASTY,
    seen: ['box out: nat-no-free-port', 'failed: timeout-phase1'],
    // Who is first takes a second port when it floats, or all others have taken one before.
    perhaps: ['failed: timeout-phase2', THROUGH],
  },
  {
    feature: 'a firewall that denies an address',
    network: wall('rules: [{ action: deny, from: 10.1.0.0/30 }]'),
    workers: HASTY,
    seen: ['failed: timeout-phase1', THROUGH, 'wall in: firewall-denied'],
  },
  {
    feature: 'a firewall that denies an address of its own',
    network: wall('rules: [{ action: deny, to: 192.0.2.1/32 }]'),
    workers: HASTY,
    seen: ['failed: timeout-phase1', THROUGH, 'wall in: firewall-denied'],
  },
  {
    feature: 'a firewall that allows a port only',
    network: wall('rules: [{ action: allow, ports: 4500 }], otherwise: deny'),
    workers: HASTY,
    seen: ['failed: timeout-phase1', 'wall in: firewall-denied'],
  },
  {
    feature: 'a firewall that denies an exchange',
    network: wall('rules: [{ action: deny, exchanges: [aggressive] }]'),
    workers: `${HASTY}, mode: { main: 1, aggressive: 1 }`,
    seen: ['failed: timeout-phase1', THROUGH, 'wall in: firewall-denied'],
  },
  {
    feature: 'a limit of the rate of all',
    network: wall('rate-limit: { rate: 4/s, burst: 1 }'),
    seen: [THROUGH, 'wall in: firewall-rate'],
  },
  {
    feature: 'a limit of the rate of each address',
    network: wall('source-rate-limit: { rate: 4/s, burst: 1 }, tracking: none'),
    seen: [THROUGH, 'wall in: firewall-source-rate'],
  },
  {
    feature: 'a firewall that lets answers in',
    network: wall('otherwise: deny', 'workers'),
    seen: [THROUGH],
  },
  {
    feature: 'a firewall that knows no answers',
    network: wall('otherwise: deny, tracking: none', 'workers'),
    workers: HASTY,
    seen: ['failed: timeout-phase1', 'wall in: firewall-denied'],
  },
  {
    feature: 'a firewall that forgets connections',
    network: wall('otherwise: deny, tracking: { timeout: 500ms }', 'workers'),
    workers: STAYING,
    load: LASTING,
    gateways: `${PATIENT}, dpd: { delay: 1s, retry: 200ms, timeout: 500ms }`,
    seen: ['peer-dead', THROUGH, 'wall in: firewall-denied'],
  },
  {
    feature: 'a firewall with room for few connections',
    network: wall('tracking: { limit: 2 }'),
    workers: HASTY,
    seen: ['failed: timeout-phase1', THROUGH, 'wall in: firewall-table-full'],
  },
];

const XAUTH = 'authentication: xauth-pre-shared-key';
const USERS = `${PATIENT}, ${XAUTH}, login: { user: 'user-{number}', password: secret }`;
const CODES = `${PATIENT}, ${XAUTH}, login: { user: 'user-{number}', totp: { secret: 0102030405060708090a } }`;
const ASKING = `${PATIENT}, ${XAUTH}, login-server: { peers: radius, timeout: 1s, tries: 2 }`;
const ALIVE = `${PATIENT}, dpd: { delay: 500ms, retry: 300ms, timeout: 3s }`;

const SERVERS_AND_FAULTS: readonly Row[] = [
  {
    feature: 'a server of users with latency and capacity',
    workers: USERS,
    gateways: ASKING,
    radius: 'server: { service: 60ms, capacity: 1 }',
    seen: ['server-asked', THROUGH],
    slowestMs: 3 * 60,
    leastMs: 60,
  },
  {
    feature: 'a server of users whose queue is full',
    workers: USERS,
    gateways: ASKING,
    radius: 'server: { service: 700ms, capacity: 1, queue: 1 }',
    seen: ['failed: xauth-failed', 'server-asked', 'server-queue-full', 'server-silent', THROUGH],
    perhaps: ['late-answer'],
  },
  {
    feature: 'a server of users behind a link that is down',
    network: '{ links: { rack: { peers: radius, outages: [{ at: 0s, for: 1m }] } } }',
    workers: USERS,
    gateways: ASKING,
    radius: 'server: { service: 1ms }',
    seen: ['failed: xauth-failed', 'rack down: link-down', 'server-asked', 'server-silent'],
  },
  {
    feature: 'a server of users that is slow',
    workers: USERS,
    gateways: ASKING,
    radius: 'server: { service: 100ms, capacity: 9 }',
    faults: '[{ fault: slow-server, peers: radius, at: 0s, for: 20s, factor: 25 }]',
    load: LASTING,
    seen: ['failed: xauth-failed', 'late-answer', 'server-asked', 'server-silent'],
  },
  {
    feature: 'a server of users that crashes',
    workers: USERS,
    gateways: ASKING,
    radius: 'server: { service: 1ms }',
    faults: '[{ fault: crash, peers: radius, at: 0s }]',
    load: LASTING,
    seen: ['crashed', 'failed: xauth-failed', 'peer-down', 'server-asked', 'server-silent'],
  },
  {
    feature: 'gateways that crash and come back',
    faults: '[{ fault: crash, peers: gateways, at: 0s, for: 1500ms }]',
    load: LASTING,
    seen: ['crashed', 'peer-down', 'restarted', THROUGH],
    leastMs: 1400,
  },
  {
    feature: 'some hosts that are down for ever',
    faults: '[{ fault: crash, peers: workers, share: 50%, at: 0s }]',
    load: LASTING,
    seen: ['crashed', 'failed: crashed', THROUGH],
  },
  {
    feature: 'gateways that crash in turn and lose their SAs',
    workers: ALIVE,
    faults: '[{ fault: crash, peers: gateways, at: 2s, for: 300ms, every: 300ms }]',
    load: '{ executor: storm, spread: 50ms, measure: 8s, drain: 30s }',
    seen: ['crashed', 'peer-dead', 'restarted', THROUGH],
    perhaps: ['peer-down'],
  },
  {
    feature: 'gateways that crash in turn and keep their SAs',
    workers: ALIVE,
    faults: '[{ fault: crash, peers: gateways, at: 2s, for: 300ms, every: 300ms, state: kept }]',
    load: '{ executor: storm, spread: 50ms, measure: 8s, drain: 30s }',
    seen: ['crashed', 'restarted', THROUGH],
    perhaps: ['peer-down'],
  },
  { feature: 'one-time codes', workers: CODES, gateways: `${PATIENT}, ${XAUTH}`, seen: [THROUGH] },
  {
    feature: 'one-time codes after a step of the clock',
    workers: CODES,
    gateways: `${PATIENT}, ${XAUTH}`,
    faults: '[{ fault: clock-step, peers: workers, share: 50%, at: 0s, by: 1h }]',
    load: LASTING,
    seen: ['failed: xauth-failed', THROUGH],
  },
  {
    feature: 'a link that fails by plan',
    network: home('latency: 1ms'),
    faults: '[{ fault: outage, link: home, at: 0s, for: 1500ms }]',
    load: LASTING,
    seen: ['home up: link-down', THROUGH],
    leastMs: 1400,
  },
];

const CLOCKS = [
  ['virtual', startHere],
  ['real', startBuiltPool],
] as const;

describe.concurrent('in both clocks', { timeout: RUNS_MS }, () => {
  it.each([...LINKS, ...BOXES, ...SERVERS_AND_FAULTS])('$feature', async (row) => {
    for (const [clock, startPool] of CLOCKS) {
      const loaded = parseScenario(scenarioOf(clock, row), 'both-clocks.yaml', []);
      const result = await runScenario(loaded, { workers: 1 }, startPool);
      const effects = effectsOf(result);
      const allowed = new Set([...row.seen, ...(row.perhaps ?? [])]);
      expect(effects, `${clock} time`).toEqual(expect.arrayContaining([...row.seen]));
      expect(
        effects.filter((effect) => !allowed.has(effect)),
        `unexpected in ${clock} time`,
      ).toEqual([]);
      const { minNs, maxNs } = result.latency.whole ?? { minNs: 0, maxNs: 0 };
      expect(minNs, `shortest in ${clock} time`).toBeGreaterThanOrEqual((row.leastMs ?? 0) * 1e6);
      expect(maxNs, `longest in ${clock} time`).toBeGreaterThanOrEqual((row.slowestMs ?? 0) * 1e6);
    }
  });
});
