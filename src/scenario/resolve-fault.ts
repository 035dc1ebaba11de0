/** From an entry of `faults` as written to what a run lets go wrong. */
import { groupNamesOf } from './resolve-network.ts';
import type { Fault } from './fault.ts';
import type { FaultSettings } from './schema.ts';

export function resolveFault(fault: FaultSettings): Fault {
  switch (fault.fault) {
    case 'crash':
      return {
        type: 'crash',
        groups: groupNamesOf(fault.peers),
        share: fault.share,
        atNs: fault.at,
        ...(fault.for !== undefined && { forNs: fault.for }),
        everyNs: fault.every,
        keepsState: fault.state === 'kept',
      };
    case 'clock-step':
      return {
        type: 'clock-step',
        groups: groupNamesOf(fault.peers),
        share: fault.share,
        atNs: fault.at,
        byNs: fault.by,
      };
    case 'slow-server':
      return {
        type: 'slow-server',
        groups: groupNamesOf(fault.peers),
        share: fault.share,
        atNs: fault.at,
        forNs: fault.for,
        factor: fault.factor,
      };
    case 'outage':
      return { type: 'outage', link: fault.link, atNs: fault.at, forNs: fault.for };
  }
}
