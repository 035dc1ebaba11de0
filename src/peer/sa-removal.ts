/** Ways in which an SA ends: forgotten without a word, or deleted with a message to the other end. */
import { deleteChildren, deletePhase1 } from '../ike/v1/informational.ts';
import { sendInformational } from './exchange/send-informational.ts';
import type { PeerParts } from './exchange/services.ts';
import { forgetFragments, type SaEntry } from './sa-entry.ts';
import { abandonTransactions } from './transactions.ts';

/** Stops the timers of an SA and removes it; the other end learns nothing. */
export function forgetSa(peer: PeerParts, entry: SaEntry): void {
  if (entry.state === 'dead') return;
  entry.phase1?.abandon();
  entry.phase1?.stopWaiting();
  for (const exchange of entry.quickModes.values()) {
    exchange.abandon();
    exchange.stopWaiting();
  }
  for (const timer of [entry.lifetimeTimer, entry.rekeyTimer]) {
    if (timer !== undefined) peer.cancelTimer(timer);
  }
  entry.access?.abandon();
  abandonTransactions(entry);
  if (entry.lease !== undefined) peer.addressPool?.release(entry.lease);
  entry.liveness?.stop();
  forgetFragments(entry);
  if (entry.state === 'half-open' && !entry.sa.isInitiator) peer.table.halfOpenEnded(entry);
  peer.children.removeAll(entry);
  entry.state = 'dead';
  entry.succeeds = undefined;
  peer.table.remove(entry);
}

/** Deletes child SAs and phase 1 SA at both ends (RFC 2408 §3.15), then forgets them. */
export function deleteSa(peer: PeerParts, entry: SaEntry): void {
  if (entry.state === 'dead') return;
  if (entry.state === 'established') {
    const { sa, children } = entry;
    if (children.length > 0) {
      const spis = children.map(({ child }) => child.inbound.spi);
      sendInformational(peer, entry, [deleteChildren(spis)]);
    }
    sendInformational(peer, entry, [deletePhase1(sa)]);
  }
  forgetSa(peer, entry);
}
