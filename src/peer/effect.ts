/** Everything that a peer can want from the world, as data. A runtime carries it out. */
import type { Endpoint } from '../ike/endpoint.ts';
import type { Fact } from './fact.ts';
import type { Timer } from './timer.ts';

export type Effect =
  /** Send one UDP payload (non-ESP marker included where it applies). The octets are not changed afterwards. */
  | {
      readonly type: 'send';
      readonly from: Endpoint;
      readonly to: Endpoint;
      readonly octets: Uint8Array;
      /** True when these octets were sent before. */
      readonly isRetransmission: boolean;
    }
  /** Arm `timer` for `timer.dueNs`; moves it when it is armed already. */
  | { readonly type: 'timer.set'; readonly timer: Timer }
  /** Disarm; nothing happens when it is not armed. */
  | { readonly type: 'timer.cancel'; readonly timer: Timer }
  /** Something that measurement wants to know. */
  | { readonly type: 'record'; readonly fact: Fact };
