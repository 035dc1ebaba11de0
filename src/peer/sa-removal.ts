/** Ways in which an SA ends: forgotten without a word, or deleted with a message to the other end. */
import { buildInformational, deleteChildren, deletePhase1 } from '../ike/v1/informational.ts';
import { drawMessageId } from '../ike/v1/quick-mode.ts';
import type { PeerServices } from './exchange/services.ts';
import type { SaEntry } from './sa-entry.ts';
import type { SaTable } from './sa-table.ts';

/** Stops the timers of an SA and removes it; the other end learns nothing. */
export function forgetSa(services: PeerServices, table: SaTable, entry: SaEntry): void {
  if (entry.state === 'dead') return;
  entry.phase1?.abandon();
  entry.phase1?.stopWaiting();
  for (const exchange of entry.quickModes.values()) {
    exchange.abandon();
    exchange.stopWaiting();
  }
  for (const timer of [entry.lifetimeTimer, entry.rekeyTimer]) {
    if (timer !== undefined) services.cancelTimer(timer);
  }
  for (const { rekeyTimer } of entry.children) {
    if (rekeyTimer !== undefined) services.cancelTimer(rekeyTimer);
  }
  entry.liveness?.stop();
  if (entry.state === 'half-open' && !entry.sa.isInitiator) table.halfOpenCount--;
  table.childCount -= entry.children.length;
  entry.children.length = 0;
  entry.state = 'dead';
  table.remove(entry);
}

/** Deletes child SAs and phase 1 SA at both ends (RFC 2408 §3.15), then forgets them. */
export function deleteSa(services: PeerServices, table: SaTable, entry: SaEntry): void {
  if (entry.state === 'dead') return;
  if (entry.state === 'established') {
    const { sa, children } = entry;
    const { random } = services.setting;
    if (children.length > 0) {
      const spis = children.map(({ child }) => child.inbound.spi);
      services.send(sa, buildInformational(sa, drawMessageId(random), [deleteChildren(spis)]), false);
    }
    services.send(sa, buildInformational(sa, drawMessageId(random), [deletePhase1(sa)]), false);
  }
  forgetSa(services, table, entry);
}
