/** Everything that can happen to a peer. Together with `effect.ts` and `timer.ts` this is a peer's whole interface. */
import type { Endpoint } from '../ike/endpoint.ts';
import type { Ns, Timer } from './timer.ts';

export type PeerEvent =
  /** A UDP payload arrived, with the non-ESP marker if there was one. The peer may keep views of `octets`. */
  | {
      readonly type: 'datagram.received';
      readonly from: Endpoint;
      readonly to: Endpoint;
      readonly octets: Uint8Array;
    }
  | { readonly type: 'timer.fired'; readonly timer: Timer }
  /** Start a negotiation (phase 1, then phase 2) with the gateway or host at `to`. */
  | {
      readonly type: 'connect';
      /** Number of the negotiation, unique in a run; comes back in every fact about it. */
      readonly negotiation: number;
      /** When the load schedule wanted it started. Latency counts from here. */
      readonly plannedNs: Ns;
      readonly to: Endpoint;
    }
  /** Delete all SAs of the peer, telling the other ends. `isImpatient`: somebody did not want to wait any longer. */
  | { readonly type: 'disconnect'; readonly isImpatient?: boolean }
  /** The network said that nobody listens at `to` (ICMP port unreachable). */
  | { readonly type: 'destination.unreachable'; readonly to: Endpoint }
  /** End of the run: give up what is in flight (cause `aborted`), send nothing. */
  | { readonly type: 'stop' }
  /** The machine stops: nothing is heard or sent until `restart`. Without `keepsState` all SAs are lost. */
  | { readonly type: 'crash'; readonly keepsState: boolean }
  | { readonly type: 'restart' }
  /** Answers of a server that it begins from now on, for as long as `forNs`, take so many times as long. */
  | { readonly type: 'slowed'; readonly factor: number; readonly forNs: Ns }
  /** The wall clock is set, forward or (negative) back; timers do not go by it. */
  | { readonly type: 'clock.stepped'; readonly byMs: number };

/** Whether an event is no work for the peer's computer: it happens to the machine itself. */
export function isAboutMachine({ type }: PeerEvent): boolean {
  return (
    type === 'stop' || type === 'crash' || type === 'restart' || type === 'clock.stepped' || type === 'slowed'
  );
}
