import { describe, expect, it } from 'vitest';
import { addNetworkCounts, type FlowCounts } from '../../src/network/network-counts.ts';
import { NS_PER_MS, NS_PER_S } from '../../src/peer/timer.ts';
import { describedNetwork, drive, peerEndpoint, type Send } from '../harness/driven-network.ts';

const MS = NS_PER_MS;
const GATE = 6;

describe('a described network', () => {
  it('takes the latencies of both access links and of what lies between', () => {
    const network = describedNetwork(`latency: 2ms
links:
  home: { peers: hosts, latency: 20ms, down: { latency: 15ms } }
  line: { peers: gates, latency: 1ms }`);
    const { deliveries } = drive(
      [network],
      [
        { atNs: 0, from: 0, to: GATE },
        { atNs: 0, from: GATE, to: 0 },
      ],
    );
    expect(deliveries.map(({ atNs, peer }) => [atNs / MS, peer])).toEqual([
      [18, 0],
      [23, GATE],
    ]);
    // A gateway's datagram is 1 + 2 + 15 ms under way before it arrives.
    expect(network.leastLatencyNs((peer) => peer % 2)).toBe(18 * MS);
    expect(network.leastLatencyNs(() => 0)).toBe(Infinity);
    expect(network.companions).toEqual([]);
  });

  it('takes the path of a connection in place of the general latency', () => {
    const network = describedNetwork(`links:
  internet: { between: [hosts, gates], latency: 30ms, down: { latency: 40ms } }`);
    const sends = [
      { atNs: 0, from: 1, to: GATE },
      { atNs: 0, from: GATE, to: 1 },
    ];
    expect(drive([network], sends).deliveries.map(({ atNs }) => atNs / MS)).toEqual([30, 40]);
  });

  it('lets nobody reach who is in no connection with it', () => {
    const { drops, deliveries } = drive([describedNetwork('{}')], [{ atNs: 0, from: 0, to: 1 }]);
    expect([drops, deliveries.length]).toEqual([{ 'no-route': 1 }, 0]);
  });

  it('shares a link among as many peers as it says', () => {
    // 128 octets with headers take 1.024 ms at 1 Mbit/s.
    const arrivals = (sharedBy: string): number[] => {
      const network = describedNetwork(`links:
  branch: { peers: hosts, shared-by: ${sharedBy}, bandwidth: 1mbit/s }`);
      const sends = [0, 1, 2].map((from) => ({ atNs: 0, from, to: GATE }));
      return drive([network], sends).deliveries.map(({ atNs }) => (atNs - MS / 2) / 1_024_000);
    };
    expect(arrivals('1')).toEqual([1, 1, 1]);
    expect(arrivals('2')).toEqual([1, 1, 2]);
    expect(arrivals('all')).toEqual([1, 2, 3]);
  });

  it('says who has to live together', () => {
    const network = describedNetwork(`links: { branch: { peers: hosts, shared-by: 4 } }
nats: { box: { peers: hosts, shared-by: 3, addresses: 198.51.100.0/24 } }
firewalls: { edge: { peers: gates } }`);
    expect(network.companions).toEqual([
      [0, 1, 2, 3],
      [4, 5],
      [0, 1, 2],
      [3, 4, 5],
      [6, 7],
    ]);
    expect(network.nodes.map(({ address, owner }) => [address, owner])).toEqual([
      ['198.51.100.1', 0],
      ['198.51.100.2', 3],
    ]);
    expect(network.nodeAt('198.51.100.2')).toBe(9);
    expect(network.nodeAt('10.1.0.2')).toBe(1);
  });

  it('shows the gateway the address of the NAT box, and brings answers back to the host', () => {
    const network = describedNetwork(`nats:
  box: { peers: hosts, addresses: 198.51.100.7, ports: sequential, port-range: 20000-20009 }`);
    const { deliveries } = drive(
      [network],
      [
        { atNs: 0, from: 0, to: GATE },
        { atNs: 0, from: 3, to: GATE },
      ],
    );
    expect(deliveries.map(({ from }) => from)).toEqual(['198.51.100.7:20000', '198.51.100.7:20001']);
    const answer = drive([network], [{ atNs: MS, from: GATE, to: deliveries[1]!.datagram.from }]);
    expect(answer.deliveries).toMatchObject([
      { peer: 3, from: '192.0.2.1:500', datagram: { to: { address: '10.1.0.4', port: 500 } } },
    ]);
    const stranger = drive([network], [{ atNs: MS, from: 7, to: deliveries[1]!.datagram.from }]);
    expect(stranger.drops).toEqual({ 'nat-filtered': 1 });
    expect(network.counts.nats['box']).toMatchObject({ mappings: 2, rebindings: 0 });
  });

  it('asks the firewall of the receiver, which knows the answers to what its peers sent', () => {
    const network = describedNetwork(`firewalls:
  edge: { peers: gates, otherwise: deny, tracking: { timeout: 1s } }`);
    const first = drive([network], [{ atNs: 0, from: 0, to: GATE }]);
    expect(first.drops).toEqual({ 'firewall-denied': 1 });
    const after = drive(
      [network],
      [
        { atNs: MS, from: GATE, to: 0 },
        { atNs: 2 * MS, from: 0, to: GATE },
        { atNs: 2 * MS, from: 0, to: 7 },
        { atNs: 2 * NS_PER_S, from: 0, to: GATE },
      ],
    );
    expect(after.deliveries.map(({ peer }) => peer)).toEqual([0, GATE]);
    expect(after.drops).toEqual({ 'firewall-denied': 2 });
  });

  it('is cut in one direction alone when only that one is down', () => {
    const network = describedNetwork(`links:
  home: { peers: hosts, down: { outages: [{ at: 1s, for: 1s }] } }`);
    network.beginAt(5 * NS_PER_S);
    const at = (s: number): Send[] => [
      { atNs: (5 + s) * NS_PER_S, from: 0, to: GATE },
      { atNs: (5 + s) * NS_PER_S, from: GATE, to: 0 },
    ];
    const { deliveries, drops } = drive([network], [...at(0.5), ...at(1.5), ...at(2.5)]);
    expect(deliveries.map(({ peer }) => peer)).toEqual([0, GATE, GATE, 0, GATE]);
    expect(drops).toEqual({ 'link-down': 1 });
  });
});

const EVERYTHING = `latency: 3ms
links:
  home:
    peers: hosts
    latency: { distribution: uniform, least: 5ms, most: 25ms }
    bandwidth: 1mbit/s
    loss: { share: 5%, burst: 2 }
    duplication: 5%
    mtu: 576
    flapping: { every: 500ms, for: 50ms, staggered: true }
  line: { peers: gates, shared-by: all, bandwidth: 10mbit/s, loss: 1% }
  internet:
    between: [hosts, gates]
    latency: { distribution: exponential, least: 4ms, mean: 6ms }
    reordering: { share: 5%, delay: 4ms }
nats:
  box: { peers: hosts, shared-by: 2, addresses: 198.51.100.0/24, ports: random, rebind: [700ms] }
firewalls:
  edge: { peers: gates, source-rate-limit: { rate: 100/s, burst: 5 }, tracking: none }`;

/** Hosts talk to the gateways all the time. */
function traffic(): Send[] {
  return Array.from({ length: 1500 }, (_, index) => ({
    atNs: index * MS + (index % 7) * 1000,
    from: index % 6,
    to: GATE + (index % 2),
    octets: new Uint8Array(40 + ((index * 97) % 1200)),
  }));
}

describe('a network in which everything can happen', () => {
  const summary = (deliveries: ReturnType<typeof drive>['deliveries']): string[] =>
    deliveries.map(({ atNs, peer, from, datagram }) => `${atNs} ${peer} ${from} ${datagram.octets.length}`);

  it('does the same wherever its peers live', () => {
    const alone = drive([describedNetwork(EVERYTHING)], traffic());
    // Those behind one box and behind the firewall stay together.
    for (const workerOf of [
      (peer: number) => (peer < 6 ? 0 : 1),
      (peer: number) => (peer < 6 ? Math.floor(peer / 2) : 1),
      (peer: number) => (peer < 6 ? 2 - Math.floor(peer / 2) : 0),
    ]) {
      const models = [0, 1, 2].map(() => describedNetwork(EVERYTHING));
      const spread = drive(models, traffic(), workerOf);
      expect(summary(spread.deliveries)).toEqual(summary(alone.deliveries));
      expect(spread.drops).toEqual(alone.drops);
      const leastNs = models[0]!.leastLatencyNs(workerOf);
      expect(leastNs).toBeGreaterThanOrEqual(4 * MS);
    }
    expect(Object.keys(alone.drops)).toEqual(
      expect.arrayContaining(['link-loss', 'link-fragment-loss', 'link-down', 'firewall-source-rate']),
    );
  });

  it('does something else with another seed', () => {
    const one = drive([describedNetwork(EVERYTHING, 1)], traffic());
    const other = drive([describedNetwork(EVERYTHING, 2)], traffic());
    expect(summary(other.deliveries)).not.toEqual(summary(one.deliveries));
  });

  it('loses nothing unseen: what was sent or doubled was delivered or dropped, on every link and in every box', () => {
    const models = [describedNetwork(EVERYTHING), describedNetwork(EVERYTHING)];
    const { deliveries, drops } = drive(models, traffic(), (peer) => (peer < 6 ? 0 : 1));
    const counts = addNetworkCounts(models.map((model) => model.counts));
    const dropped = (flow: FlowCounts): number =>
      Object.values(flow.dropped).reduce((sum, count) => sum + count, 0);
    const flows = [
      ...Object.values(counts.links).flatMap(({ up, down }) => [up, down]),
      ...[...Object.values(counts.nats), ...Object.values(counts.firewalls)].flatMap((box) => [
        box.out,
        box.in,
      ]),
    ];
    for (const flow of flows) {
      expect(flow.sent + flow.duplicated).toBe(flow.delivered + dropped(flow));
    }
    const duplicated = flows.reduce((sum, flow) => sum + flow.duplicated, 0);
    const lost = Object.values(drops).reduce((sum, count) => sum + count, 0);
    expect(1500 + duplicated).toBe(deliveries.length + lost);
    expect(flows.reduce((sum, flow) => sum + dropped(flow), 0)).toBe(lost);
  });

  it('refuses groups that are not there', () => {
    expect(peerEndpoint(6).address).toBe('192.0.2.1');
    expect(() => describedNetwork('links: { home: { peers: nobody } }')).toThrow(
      /there is no group "nobody"/,
    );
  });
});
