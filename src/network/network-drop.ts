/** Why a part of a described network does not let a datagram through; each is counted with the part that did it. */
import { FIREWALL_DROPS } from './firewall.ts';
import { LINK_DROPS } from './link.ts';
import { NAT_DROPS } from './nat.ts';

export const NETWORK_DROPS: ReadonlySet<string> = new Set([...LINK_DROPS, ...NAT_DROPS, ...FIREWALL_DROPS]);
