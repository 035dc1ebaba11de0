/**
 * Which SA took the place of which. When both ends rekey, an end must know what the other one
 * has replaced already, and what both have replaced at the same time: deletes get lost, and every
 * SA left over would be rekeyed as well, for ever.
 */
import type { Selector } from '../ike/selector.ts';
import { isWithin } from '../ike/selector.ts';
import { uint32At } from '../ike/wire/octets.ts';
import type { PeerParts, PeerServices } from './exchange/services.ts';
import { isOfSameEnd } from './same-end.ts';
import type { EstablishedChild, SaEntry } from './sa-entry.ts';
import type { Ns } from './timer.ts';

/** Nothing is replaced before this share of its lifetime is over: short lifetimes, which the other end may want, are not all margin. */
export const REKEY_SHARE_MIN = 0.5;

/** The other end made `newest`: the oldest of the same networks whose time to be replaced has come is not rekeyed here. */
export function succeedChild(peer: PeerServices, entry: SaEntry, newest: EstablishedChild): void {
  const old = entry.children.find(
    (candidate) =>
      candidate !== newest &&
      candidate.rekeyTimer !== undefined &&
      isRipe(candidate, peer.nowNs) &&
      hasSameNetworks(candidate, newest),
  );
  if (old?.rekeyTimer === undefined) return;
  peer.cancelTimer(old.rekeyTimer);
  old.rekeyTimer = undefined;
  newest.predecessorSpi = uint32At(old.child.inbound.spi, 0);
}

/** The other end made `newest`: what it had before, and whose time to be replaced has come, is not rekeyed here. */
export function succeedPhase1(peer: PeerParts, newest: SaEntry): void {
  const { remoteIdentity } = newest.sa;
  if (remoteIdentity === undefined) return;
  for (const entry of peer.table.withIdentity(remoteIdentity)) {
    if (entry === newest || entry.state !== 'established') continue;
    if (entry.successor !== undefined || !isOfSameEnd(entry.sa, newest.sa) || !isRipe(entry, peer.nowNs)) {
      continue;
    }
    entry.successor = newest;
    newest.succeeds = [...(newest.succeeds ?? []), entry];
  }
}

/** Whether a younger child SA took the place of the same one: both ends rekeyed it at once. */
export function isRedundant(entry: SaEntry, established: EstablishedChild): boolean {
  const { predecessorSpi } = established;
  if (predecessorSpi === undefined) return false;
  const younger = entry.children.slice(entry.children.indexOf(established) + 1);
  return younger.some((other) => other.predecessorSpi === predecessorSpi);
}

/** Whether an SA may be replaced by now; what is younger stands beside the newest on purpose. */
function isRipe({ establishedNs, expiresNs }: { establishedNs: Ns; expiresNs: Ns }, nowNs: Ns): boolean {
  return nowNs - establishedNs >= REKEY_SHARE_MIN * (expiresNs - establishedNs);
}

function hasSameNetworks({ child: a }: EstablishedChild, { child: b }: EstablishedChild): boolean {
  return isSame(a.localSelector, b.localSelector) && isSame(a.remoteSelector, b.remoteSelector);
}

function isSame(a: Selector | undefined, b: Selector | undefined): boolean {
  if (a === undefined || b === undefined) return a === b;
  return isWithin(a, b) && isWithin(b, a);
}
