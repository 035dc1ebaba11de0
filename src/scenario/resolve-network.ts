/** From `network` as written (checked, with defaults) to the plain data that models of the network are made from. */
import type { DownTime } from '../network/down-time.ts';
import type { AddressRange, FirewallModel } from '../network/firewall.ts';
import type { Latency } from '../network/latency.ts';
import type { LinkModel } from '../network/link.ts';
import { burstyLoss, type Loss } from '../network/loss.ts';
import type { NatModel } from '../network/nat.ts';
import { rateLimit, type RateLimit } from '../network/token-bucket.ts';
import { NS_PER_MS } from '../peer/timer.ts';
import { parseNetwork } from './address.ts';
import type { ScenarioNetwork } from './scenario.ts';
import type { FaultSettings, NetworkDescription } from './schema.ts';

type LinkDescription = NetworkDescription['links'][string];
type NatDescription = NetworkDescription['nats'][string];
type FirewallDescription = NetworkDescription['firewalls'][string];
/** What one direction of a link is like, as written. */
export type LinkQualities = NonNullable<LinkDescription['up']>;

export function resolveNetwork(
  network: NetworkDescription,
  faults: readonly FaultSettings[] = [],
): ScenarioNetwork {
  const links = Object.entries(network.links).map(
    ([name, link]) => [name, withOutages(name, link, faults)] as const,
  );
  const nats = Object.entries(network.nats);
  return {
    latencyNs: network.latency,
    links: links.flatMap(([name, link]) => (link.peers === undefined ? [] : [accessLinkOf(name, link)])),
    paths: links.flatMap(([name, link]) => {
      const [from, to] = link.between ?? [];
      if (from === undefined || to === undefined) return [];
      return [{ name, from, to, ...directionsOf(link, network.latency) }];
    }),
    nats: nats.map(([name, nat]) => ({ ...attachmentOf(name, nat), model: natModelOf(nat) })),
    natAddresses: nats.map(([, nat]) => nat.addresses),
    firewalls: Object.entries(network.firewalls).map(([name, firewall]) => ({
      ...attachmentOf(name, firewall),
      model: firewallModelOf(firewall),
    })),
  };
}

/** A link with the outages that `faults` name, in both directions. */
function withOutages(name: string, link: LinkDescription, faults: readonly FaultSettings[]): LinkDescription {
  const more = faults.flatMap((fault) =>
    fault.fault === 'outage' && fault.link === name ? [{ at: fault.at, for: fault.for }] : [],
  );
  if (more.length === 0) return link;
  const { up, down, outages = [] } = link;
  return {
    ...link,
    outages: [...outages, ...more],
    ...(up?.outages !== undefined && { up: { ...up, outages: [...up.outages, ...more] } }),
    ...(down?.outages !== undefined && { down: { ...down, outages: [...down.outages, ...more] } }),
  };
}

/** Names of the groups of `peers`. */
export function groupNamesOf(peers: string | readonly string[]): readonly string[] {
  return typeof peers === 'string' ? [peers] : peers;
}

/** What a link is like in one direction: what is said of that one, and else what is said of both. */
export function qualitiesOf(link: LinkDescription, direction: 'up' | 'down'): LinkQualities {
  const { peers: _peers, between: _between, 'shared-by': _sharedBy, up: _up, down: _down, ...both } = link;
  return { ...both, ...link[direction] };
}

function attachmentOf(
  name: string,
  part: Pick<NatDescription, 'shared-by'> & { readonly peers?: string | readonly string[] | undefined },
) {
  const sharedBy = part['shared-by'] === 'all' ? Infinity : part['shared-by'];
  return { name, groups: groupNamesOf(part.peers ?? []), sharedBy };
}

function accessLinkOf(name: string, link: LinkDescription) {
  return { ...attachmentOf(name, link), ...directionsOf(link, 0) };
}

function directionsOf(link: LinkDescription, latencyNs: number) {
  return {
    up: linkModelOf(qualitiesOf(link, 'up'), latencyNs),
    down: linkModelOf(qualitiesOf(link, 'down'), latencyNs),
  };
}

function linkModelOf(qualities: LinkQualities, latencyNs: number): LinkModel {
  const { bandwidth, mtu, loss, reordering } = qualities;
  return {
    latency: latencyOf(qualities.latency ?? latencyNs),
    ...(bandwidth !== undefined && { bandwidthHz: bandwidth }),
    queueNs: qualities.queue ?? QUEUE_NS,
    ...(mtu !== undefined && { mtu }),
    fragments: qualities.fragments ?? 'pass',
    ...(loss !== undefined && { loss: lossOf(loss) }),
    duplication: qualities.duplication ?? 0,
    ...(reordering !== undefined && {
      reordering: { share: reordering.share, delayNs: reordering.delay },
    }),
    downTimes: downTimesOf(qualities),
  };
}

export function latencyOf(latency: NonNullable<LinkQualities['latency']>): Latency {
  if (typeof latency === 'number') return { type: 'constant', ns: latency };
  switch (latency.distribution) {
    case 'uniform':
      return { type: 'uniform', leastNs: latency.least, mostNs: latency.most };
    case 'normal': {
      const { mean, deviation, least } = latency;
      return {
        type: 'normal',
        meanNs: mean,
        deviationNs: deviation,
        leastNs: least ?? Math.max(0, mean - 3 * deviation),
      };
    }
    case 'exponential':
      return { type: 'exponential', leastNs: latency.least, meanNs: latency.mean };
    case 'empirical':
      return { type: 'empirical', valuesNs: latency.values };
  }
}

function lossOf(loss: NonNullable<LinkQualities['loss']>): Loss {
  if (typeof loss === 'number') return { type: 'random', share: loss };
  if ('burst' in loss) return burstyLoss(loss.share, loss.burst);
  const { enter, leave, good, bad } = loss;
  return { type: 'bursty', enter, leave, goodShare: good, badShare: bad };
}

function downTimesOf({ outages = [], flapping }: LinkQualities): DownTime[] {
  const times: DownTime[] = outages.map((outage) => ({ startNs: outage.at, durationNs: outage.for }));
  if (flapping === undefined) return times;
  const again = {
    periodNs: flapping.every,
    untilNs: flapping.until ?? Infinity,
    isStaggered: flapping.staggered,
  };
  return [...times, { startNs: flapping.at, durationNs: flapping.for, again }];
}

function natModelOf(nat: NatDescription): NatModel {
  return {
    timeoutNs: nat.timeout,
    isKeptByInbound: nat['kept-by-inbound'],
    filtering: nat.filtering,
    isSymmetric: nat.symmetric,
    ports: nat.ports,
    firstPort: nat['port-range'].first,
    lastPort: nat['port-range'].last,
    rebindNs: (nat.rebind ?? []).toSorted((a, b) => a - b),
    rebindEveryNs: nat['rebind-every'] ?? 0,
  };
}

function firewallModelOf(firewall: FirewallDescription): FirewallModel {
  const { tracking } = firewall;
  const rate = firewall['rate-limit'];
  const sourceRate = firewall['source-rate-limit'];
  return {
    rules: firewall.rules.map(({ action, from, to, ports, exchanges }) => ({
      action,
      ...(from !== undefined && { from: rangeOf(from) }),
      ...(to !== undefined && { to: rangeOf(to) }),
      ...(ports !== undefined && { ports }),
      ...(exchanges !== undefined && { exchanges }),
    })),
    otherwise: firewall.otherwise,
    ...(rate !== undefined && { rate: limitOf(rate) }),
    ...(sourceRate !== undefined && { sourceRate: limitOf(sourceRate) }),
    ...(tracking !== 'none' && { tracking: { timeoutNs: tracking.timeout, limit: tracking.limit } }),
  };
}

function rangeOf(text: string): AddressRange {
  return parseNetwork(text);
}

function limitOf({ rate, burst }: { readonly rate: number; readonly burst: number }): RateLimit {
  return rateLimit(rate, burst);
}

const QUEUE_NS = 100 * NS_PER_MS;
