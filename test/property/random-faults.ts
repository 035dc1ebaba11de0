/** Scenarios whose network, peers and servers fail at random for a minute, and are good from then on but for those who never behave. */
import { createRandomStream } from '../../src/random/stream.ts';
import type { RandomStream } from '../../src/random/stream.ts';
import { anyMisdeeds, disorders } from './random-misdeeds.ts';

/** Nothing fails from here on. */
export const QUIET_S = 60;
/** From then to the end of the starts. */
const GOOD_S = 90;

/** Groups that no gateway may let in: one does not know its key, one wants the network of another segment. */
export const OUTSIDERS = ['impostors', 'strayers'];
/** A group that may have tunnels, and does anything: nobody is to answer for what becomes of those. */
export const ROGUES = 'rogues';

/** The scenario of a seed, as YAML. */
export function scenarioWithFaults(seed: number): string {
  const random = createRandomStream({ seed, entity: 0, purpose: 'test.faults' });
  const pfs = random.below(2) === 0 ? 'none' : 'x25519';
  const isRekeyed = random.below(2) === 0;
  const isOpen = random.below(2) === 0;
  const asksServer = random.below(3) === 0;
  const authentication = asksServer ? 'xauth-pre-shared-key' : 'pre-shared-key';
  return `name: random-faults
clock: virtual
crypto: modelled
seed: ${seed}
segments:
  office: [10.1.0.0/16, 10.2.0.0/16, 10.3.0.0/16, 10.4.0.0/16, 10.200.0.0/16]
  plant: [10.201.0.0/16]
peers:
  workers: &workers
    count: 4
    addresses: 10.1.0.0/16
    identity: '{group}-{number}.example.test'
    psk: the secret
    authentication: ${authentication}${asksServer ? "\n    login: { user: '{group}-{number}', password: open }" : ''}
    mode: { main: ${random.below(3)}, aggressive: 1 }
    ike: [aes128-sha256-x25519]
    esp: [aes128-sha256]
    pfs: ${pfs}
    children: ${1 + random.below(2)}
    segment: office
    local-network: '{address}/32'
    remote-network: 10.200.0.0/16
    retransmit: { first: 500ms, factor: 1.2, tries: 6 }
    ike-lifetime: ${isRekeyed ? '20s' : '8h'}
    esp-lifetime: ${isRekeyed ? '10s' : '1h'}
    rekey: ${isRekeyed ? '{ margin: 3s }' : 'none'}
    dpd: ${random.below(2) === 0 ? 'none' : '{ delay: 4s, retry: 1s, timeout: 4s }'}
    retry: ${isOpen ? retryOf(random) : 'none'}
  impostors:
    <<: *workers
    count: 1
    addresses: 10.2.0.0/16
    psk: not the secret
    misbehave: ${anyMisdeeds(random, { asksTruly: false })}
  strayers:
    <<: *workers
    count: 1
    addresses: 10.3.0.0/16
    remote-network: 10.201.0.0/16
    misbehave: ${anyMisdeeds(random, { asksTruly: true })}
  ${ROGUES}:
    <<: *workers
    count: 3
    addresses: 10.4.0.0/16
    misbehave: ${anyMisdeeds(random, { asksTruly: false })}
  gateways:
    role: gateway
    count: 2
    addresses: 192.0.2.0/29
    identity: gateway-{number}.example.test
    psk: the secret
    authentication: ${authentication}${asksServer ? '\n    login-server: { peers: radius, timeout: 1s, tries: 2 }' : ''}
    misbehave: ${disorders(random, QUIET_S)}
    ike: [aes128-sha256-x25519]
    esp: [aes128-sha256]
    pfs: ${pfs}
    commit-bit: ${random.below(2) === 0}
    half-open-timeout: 8s
    retransmit: { first: 500ms, factor: 1.2, tries: 6 }
    dpd: ${random.below(2) === 0 ? 'none' : '{ delay: 5s, retry: 1s, timeout: 4s }'}
${asksServer ? RADIUS : ''}connections:
  - { from: workers, to: gateways }
  - { from: impostors, to: gateways }
  - { from: strayers, to: gateways }
  - { from: ${ROGUES}, to: gateways }
network:
  links:
    access:
      peers: [workers, impostors, strayers, ${ROGUES}]
      latency: { distribution: uniform, least: 1ms, most: ${5 + random.below(50)}ms }
${troubles(random)}
    core:
      peers: gateways
      latency: 1ms
${troubles(random)}
${random.below(2) === 0 ? '' : natOf(random)}
faults:
${crashOf(random, 'gateways')}
${crashOf(random, 'workers')}
${asksServer ? `${crashOf(random, 'radius')}\n${slownessOf(random)}\n` : ''}  - { fault: clock-step, peers: workers, share: 50%, at: ${random.below(QUIET_S)}s, by: -3h }
load: { executor: ${isOpen ? 'poisson, rate: 0.9/s' : 'constant-peers, think-time: 5s'}, hold: ${isRekeyed ? 15 : 5}s, measure: ${QUIET_S + GOOD_S}s, drain: 30s }
`;
}

/** What a good network may do, too, and at times nothing gets through. */
function troubles(random: RandomStream): string {
  const lines = [
    `loss: ${random.below(6)}%`,
    `duplication: ${random.below(20)}%`,
    `reordering: { share: ${random.below(20)}%, delay: ${1 + random.below(700)}ms }`,
  ];
  if (random.below(3) === 0) lines.push('mtu: 576', `fragments: ${random.below(3) === 0 ? 'drop' : 'pass'}`);
  if (random.below(2) === 0) {
    const atS = random.below(QUIET_S - 1);
    const outages = `outages: [{ at: ${atS}s, for: ${1 + random.below(QUIET_S - atS)}s }]`;
    const way = random.below(3);
    lines.push(way === 0 ? outages : `${way === 1 ? 'up' : 'down'}: { ${outages} }`);
  }
  if (random.below(3) === 0) {
    const everyS = 2 + random.below(20);
    const forMs = 100 + random.below(everyS * 1000 - 200);
    lines.push(
      `flapping: { at: 1s, for: ${forMs}ms, every: ${everyS}s, until: ${QUIET_S}s, staggered: true }`,
    );
  }
  return lines.map((line) => `      ${line}`).join('\n');
}

function retryOf(random: RandomStream): string {
  const ways = ['none', 'immediate', 'people', '{ wait: { first: 1s, factor: 2, max: 8s }, jitter: 50% }'];
  return ways[random.below(ways.length)]!;
}

/** Some stop, all at once or one after the other, and are back while the network is still bad. */
function crashOf(random: RandomStream, group: string): string {
  const atS = random.below(QUIET_S - 10);
  const forS = 1 + random.below(QUIET_S - 10 - atS);
  const share = 25 * (1 + random.below(4));
  const state = random.below(3) === 0 ? 'kept' : 'lost';
  return `  - { fault: crash, peers: ${group}, share: ${share}%, at: ${atS}s, for: ${forS}s, every: ${random.below(3)}s, state: ${state} }`;
}

const RADIUS = `  radius:
    role: server
    addresses: 192.0.2.100
    port: 1812
    server: { service: { distribution: uniform, least: 5ms, most: 60ms }, capacity: 2, queue: 4 }
`;

function slownessOf(random: RandomStream): string {
  const atS = random.below(QUIET_S - 10);
  const forS = 1 + random.below(QUIET_S - 10 - atS);
  return `  - { fault: slow-server, peers: radius, at: ${atS}s, for: ${forS}s, factor: ${2 + random.below(80)} }`;
}

function natOf(random: RandomStream): string {
  const times = Array.from({ length: 1 + random.below(3) }, () => `${random.below(QUIET_S)}s`);
  return `  nats:
    box:
      peers: workers
      addresses: 198.51.100.1
      symmetric: ${random.below(4) === 0}
      ports: ${random.below(2) === 0 ? 'preserve' : 'random'}
      rebind: [${times.join(', ')}]`;
}
