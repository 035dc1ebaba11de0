/**
 * What is left to do after a mistake of our own, an exception that nobody expected: it is counted, what
 * it was about ends with the cause `internal-error`, and the other SAs and peers of the worker go on.
 */
import type { PeerEvent } from './event.ts';
import { Exchange } from './exchange/exchange.ts';
import type { PeerParts } from './exchange/services.ts';
import type { SaEntry } from './sa-entry.ts';
import { forgetSa } from './sa-removal.ts';

/** An event could not be handled to its end. */
export function breakOffEvent(peer: PeerParts, event: PeerEvent): void {
  peer.drop('internal-error');
  attempt(() => {
    if (event.type === 'connect') peer.initiator.breakOff();
    if (event.type !== 'timer.fired') return;
    const { subject } = event.timer;
    if (subject instanceof Exchange) subject.refuseWith('internal-error');
  });
}

/** What follows from a message or timer of an SA could not be done: the SA is given up without a word. */
export function breakOffSa(peer: PeerParts, entry: SaEntry): void {
  peer.drop('internal-error');
  if (entry.state === 'dead') return;
  const isOwn = entry.sa.isInitiator && peer.initiator.owns(entry);
  attempt(() => {
    if (isOwn && peer.initiator.state !== 'established') {
      return peer.initiator.send({ type: 'negotiation.failed', cause: 'internal-error' });
    }
    if (isOwn) {
      peer.initiator.lose();
      return peer.initiator.send({ type: 'sa.lost' });
    }
    if (!entry.isReplacement) peer.record({ type: 'responder.failed', cause: 'internal-error' });
    else peer.record({ type: 'lifecycle', event: 'rekey-failed' });
  });
  attempt(() => forgetSa(peer, entry));
  attempt(() => peer.responder.checkLimit());
}

/** A second mistake, while the first is cleaned up after, changes nothing that could still be saved. */
function attempt(step: () => void): void {
  try {
    step();
  } catch {
    // The first one is counted.
  }
}
