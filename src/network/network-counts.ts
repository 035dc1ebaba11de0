/** What went through the links and boxes of a network, and what did not, by name. Integers, so that workers' counts add up exactly. */
import type { NatCounts } from './nat.ts';

/** Of one direction of a link or path: sent + duplicated = delivered + all drops. */
export interface FlowCounts {
  sent: number;
  delivered: number;
  duplicated: number;
  /** By reason. */
  readonly dropped: Record<string, number>;
}

export interface LinkCounts {
  readonly up: FlowCounts;
  readonly down: FlowCounts;
}

export interface BoxCounts {
  /** From those behind it. */
  readonly out: FlowCounts;
  readonly in: FlowCounts;
}

export interface NetworkCounts {
  /** Access links and paths. */
  readonly links: Record<string, LinkCounts>;
  readonly nats: Record<string, BoxCounts & NatCounts>;
  readonly firewalls: Record<string, BoxCounts>;
}

export function createFlowCounts(): FlowCounts {
  return { sent: 0, delivered: 0, duplicated: 0, dropped: {} };
}

export function createLinkCounts(): LinkCounts {
  return { up: createFlowCounts(), down: createFlowCounts() };
}

export function createBoxCounts(): BoxCounts {
  return { out: createFlowCounts(), in: createFlowCounts() };
}

export function countDrop(counts: FlowCounts, reason: string): void {
  counts.dropped[reason] = (counts.dropped[reason] ?? 0) + 1;
}

/** The counts of several workers as one. */
export function addNetworkCounts(all: readonly NetworkCounts[]): NetworkCounts {
  const sum: NetworkCounts = { links: {}, nats: {}, firewalls: {} };
  for (const { links, nats, firewalls } of all) {
    for (const [name, { up, down }] of Object.entries(links)) {
      const into = (sum.links[name] ??= createLinkCounts());
      addFlow(into.up, up);
      addFlow(into.down, down);
    }
    for (const [name, counts] of Object.entries(nats)) {
      const into = (sum.nats[name] ??= { ...createBoxCounts(), mappings: 0, rebindings: 0 });
      addBox(into, counts);
      into.mappings += counts.mappings;
      into.rebindings += counts.rebindings;
    }
    for (const [name, counts] of Object.entries(firewalls)) {
      addBox((sum.firewalls[name] ??= createBoxCounts()), counts);
    }
  }
  return sum;
}

function addBox(into: BoxCounts, counts: BoxCounts): void {
  addFlow(into.out, counts.out);
  addFlow(into.in, counts.in);
}

function addFlow(into: FlowCounts, { sent, delivered, duplicated, dropped }: FlowCounts): void {
  into.sent += sent;
  into.delivered += delivered;
  into.duplicated += duplicated;
  for (const [reason, count] of Object.entries(dropped)) {
    into.dropped[reason] = (into.dropped[reason] ?? 0) + count;
  }
}
