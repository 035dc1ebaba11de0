/** A described network as plain data: what stands where between which groups of peers. */
import type { Ns } from '../peer/timer.ts';
import type { FirewallModel } from './firewall.ts';
import type { LinkModel } from './link.ts';
import type { NatModel } from './nat.ts';

/** Something that peers of some groups have before them, in order of their numbers. */
export interface Attachment {
  readonly name: string;
  readonly groups: readonly string[];
  /** Neighbouring peers that share one of its kind; Infinity: all of them one. */
  readonly sharedBy: number;
}

/** How peers are connected to the network. */
export interface AccessLinkSettings extends Attachment {
  /** From the peers. */
  readonly up: LinkModel;
  /** To the peers. */
  readonly down: LinkModel;
}

/** What lies between the ends of one connection, for each pair of peers apart. */
export interface PathSettings {
  readonly name: string;
  readonly from: string;
  readonly to: string;
  /** From the initiators. */
  readonly up: LinkModel;
  /** To the initiators. */
  readonly down: LinkModel;
}

export interface NatSettings extends Attachment {
  readonly model: NatModel;
}

export interface FirewallSettings extends Attachment {
  readonly model: FirewallModel;
}

export interface NetworkSettings {
  /** One way, between any two peers whose connection has no path of its own. */
  readonly latencyNs: Ns;
  readonly links: readonly AccessLinkSettings[];
  readonly paths: readonly PathSettings[];
  readonly nats: readonly NatSettings[];
  readonly firewalls: readonly FirewallSettings[];
}
