/** What a gateway that serves strangers counts, from the facts that its peer records. */
import { DROP_REASONS, FAILURE_CAUSES } from '../peer/fact.ts';
import type { DropReason, Fact, FailureCause } from '../peer/fact.ts';
import type { Ns } from '../peer/timer.ts';

/** The content of what `ikestorm serve --json` prints at its end. */
export interface ServeCounters {
  readonly elapsedNs: Ns;
  /** Phase 1 SAs and child SA pairs set up since the start. */
  readonly phase1Established: number;
  readonly childrenEstablished: number;
  /** Those held now; a phase 1 counts from its first message. */
  readonly phase1Held: number;
  readonly childrenHeld: number;
  readonly datagramsReceived: number;
  readonly datagramsSent: number;
  /** Echo requests that came through tunnels and were answered. */
  readonly echoesAnswered: number;
  readonly retransmissions: number;
  /** Negotiations that failed, by cause; zeros left out. */
  readonly failures: Partial<Record<FailureCause, number>>;
  /** Datagrams not acted upon, by reason; zeros left out. */
  readonly drops: Partial<Record<DropReason, number>>;
  /** What the gateway did wrong on purpose, in words, and how often; left out where it behaves. */
  readonly misbehaviour?: Record<string, number>;
  /** Datagrams lost by the sockets, by reason; zeros left out. */
  readonly losses: Record<string, number>;
}

export class ServeMeter {
  phase1Established = 0;
  childrenEstablished = 0;
  echoesAnswered = 0;
  retransmissions = 0;
  /** By place in the list of the group. */
  readonly misdeeds: number[] = [];
  readonly #failures = new Map<FailureCause, number>();
  readonly #drops = new Map<DropReason, number>();

  record(fact: Fact): void {
    switch (fact.type) {
      case 'responder.phase1.established':
        this.phase1Established++;
        return;
      case 'responder.phase2.established':
        this.childrenEstablished++;
        return;
      case 'responder.failed':
        this.#failures.set(fact.cause, (this.#failures.get(fact.cause) ?? 0) + 1);
        return;
      case 'dropped':
        this.#drops.set(fact.reason, (this.#drops.get(fact.reason) ?? 0) + 1);
        return;
      case 'responder.echo':
        this.echoesAnswered++;
        return;
      case 'misbehaved':
        this.misdeeds[fact.rule] = (this.misdeeds[fact.rule] ?? 0) + 1;
        return;
      case 'retransmitted':
        this.retransmissions++;
        return;
      default:
    }
  }

  get failures(): Partial<Record<FailureCause, number>> {
    return inOrder(this.#failures, FAILURE_CAUSES);
  }

  get drops(): Partial<Record<DropReason, number>> {
    return inOrder(this.#drops, DROP_REASONS);
  }
}

function inOrder<K extends string>(
  counts: ReadonlyMap<K, number>,
  order: readonly K[],
): Partial<Record<K, number>> {
  const result: Partial<Record<K, number>> = {};
  for (const key of order) {
    const count = counts.get(key);
    if (count !== undefined) result[key] = count;
  }
  return result;
}
