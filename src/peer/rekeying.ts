/**
 * Replacing SAs before their lifetime ends, spread so that a fleet does not do it at once: a child SA
 * by another quick mode (RFC 2409 §5.5), a phase 1 SA by another phase 1 that takes over the child SAs.
 * The initiator of the phase 1 SA does both, or else the responder a little later. The old one is
 * deleted when the new one stands.
 */
import type { ChildSa } from '../ike/v1/child-sa.ts';
import { deleteChildren, deletePhase1 } from '../ike/v1/informational.ts';
import { uint32At } from '../ike/wire/octets.ts';
import { isRedundant, REKEY_SHARE_MIN } from './succession.ts';
import { QuickModeInitiator } from './exchange/quick-mode-exchange.ts';
import { sendInformational } from './exchange/send-informational.ts';
import type { PeerParts, PeerServices, TimerSubject } from './exchange/services.ts';
import type { EstablishedChild, SaEntry } from './sa-entry.ts';
import { deleteSa, forgetSa } from './sa-removal.ts';
import { createTimer, NS_PER_S, type Ns, type Timer } from './timer.ts';

/** The other end may still be installing the new SA when the last message of quick mode has left here. */
const CHANGE_OVER_NS = NS_PER_S;
/** How long packets over a replaced child SA are still taken: two round trips of a slow network. */
const STRAGGLERS_NS = 2 * NS_PER_S;
const TWO_32 = 0x1_0000_0000;
export const OCTETS_PER_KILOBYTE = 1024;
/** What has no margin of its own. */
const TRAFFIC_MARGIN_SHARE = 0.1;
/** The initiator of a phase 1 SA is the one who rekeys; the responder steps in when nothing came of that. */
const RESPONDER_MARGIN_SHARE = 0.5;

/** Where in a lifetime an SA made now is replaced, in the unit of `lifetime`; undefined without a rekey policy. */
function rekeyAt(peer: PeerServices, entry: SaEntry, lifetime: number, margin: number): number | undefined {
  const { rekey } = peer.policy;
  if (rekey === undefined) return undefined;
  const share = uint32At(peer.setting.random(4), 0) / TWO_32;
  const side = entry.sa.isInitiator ? 1 : RESPONDER_MARGIN_SHARE;
  const at = lifetime - side * margin * (1 + rekey.fuzz * share);
  return Math.round(Math.max(REKEY_SHARE_MIN * lifetime, at));
}

/** Octets after which an SA with this limit is replaced; Infinity without a limit, or a rekey policy. */
export function rekeyTrafficOctets(peer: PeerServices, entry: SaEntry, limitOctets: number): number {
  if (limitOctets === Infinity) return Infinity;
  const { marginKilobytes } = peer.policy.rekey ?? {};
  const margin =
    marginKilobytes === undefined
      ? limitOctets * TRAFFIC_MARGIN_SHARE
      : marginKilobytes * OCTETS_PER_KILOBYTE;
  return rekeyAt(peer, entry, limitOctets, margin) ?? Infinity;
}

function armRekey(
  peer: PeerParts,
  entry: SaEntry,
  timer: Timer | undefined,
  span: { readonly beginNs: Ns; readonly endNs: Ns; readonly timerFired: () => void },
): Timer | undefined {
  const { beginNs, endNs, timerFired } = span;
  const waitNs = rekeyAt(peer, entry, endNs - beginNs, peer.policy.rekey?.marginNs ?? 0);
  if (waitNs === undefined) return undefined;
  const subject: TimerSubject = { timerFired };
  const armed = timer ?? createTimer(peer.id, 'rekey', subject);
  peer.setTimer(armed, beginNs + waitNs);
  return armed;
}

/** Sets the timer of a phase 1 SA, or moves it when its lifetime became shorter. */
export function schedulePhase1Rekey(peer: PeerParts, entry: SaEntry): void {
  const { establishedNs: beginNs, expiresNs: endNs } = entry;
  const timerFired = () => rekeyPhase1(peer, entry);
  entry.rekeyTimer = armRekey(peer, entry, entry.rekeyTimer, { beginNs, endNs, timerFired });
}

/** Sets the timer of a child SA, or moves it when its lifetime became shorter. */
export function scheduleChildRekey(peer: PeerParts, entry: SaEntry, established: EstablishedChild): void {
  const { child, establishedNs: beginNs, expiresNs: endNs } = established;
  const timerFired = () => rekeyChild(peer, child);
  established.rekeyTimer = armRekey(peer, entry, established.rekeyTimer, { beginNs, endNs, timerFired });
}

/** A phase 1 SA is to be replaced; for the other end only where it is of use: its delete may have been lost. */
export function rekeyPhase1(peer: PeerParts, entry: SaEntry): void {
  // It is being replaced.
  if (entry.successor !== undefined && entry.successor.state !== 'dead') return;
  if (peer.initiator.owns(entry)) peer.initiator.send({ type: 'phase1.rekey-due' });
  else if (peer.policy.rekey !== undefined && entry.children.length > 0) peer.responder.rekeyPhase1(entry);
}

/** A child SA is to be replaced, under the phase 1 SA that it belongs to now. */
export function rekeyChild(peer: PeerParts, child: ChildSa): void {
  const found = peer.children.find(uint32At(child.inbound.spi, 0));
  if (found === undefined) return;
  const { entry, established } = found;
  if (isRedundant(entry, established)) return deleteReplaced(peer, entry, child);
  for (const exchange of entry.quickModes.values()) {
    const isIt = exchange instanceof QuickModeInitiator && exchange.replaces === child;
    if (isIt && exchange.isInProgress) return;
  }
  if (peer.initiator.owns(entry)) peer.initiator.send({ type: 'child.rekey-due', child });
  else if (peer.policy.rekey !== undefined) peer.responder.rekeyChild(entry, child);
}

/** A new phase 1 SA replaces `entry.replaces`: child SAs change over, the old one is deleted alone. */
export function takeOverPhase1(peer: PeerParts, entry: SaEntry): void {
  const old = entry.replaces;
  if (old === undefined) return;
  // The tunnel ended meanwhile.
  if (old.state !== 'established') return deleteSa(peer, entry);
  const isOwn = peer.initiator.owns(old);
  const interrupted: ChildSa[] = [];
  for (const exchange of old.quickModes.values()) {
    if (!(exchange instanceof QuickModeInitiator) || !exchange.isInProgress) continue;
    if (exchange.replaces !== undefined) interrupted.push(exchange.replaces);
    // The other end has it already.
    const { child } = exchange;
    if (child !== undefined) sendInformational(peer, old, [deleteChildren([child.inbound.spi])]);
  }
  peer.children.move(old, entry);
  sendInformational(peer, old, [deletePhase1(old.sa)]);
  forgetSa(peer, old);
  if (isOwn) peer.initiator.adopt(entry);
  else peer.table.identified(entry);
  entry.replaces = undefined;
  peer.record({ type: 'lifecycle', event: 'phase1-rekeyed' });
  // What was under way with the old keys begins anew with the new ones.
  for (const child of interrupted) rekeyChild(peer, child);
}

/**
 * A new child SA replaces an old one, which is deleted at both ends: at once when it carried nothing,
 * otherwise after a while, because packets that were sent over it may still be on their way.
 */
export function replaceChild(peer: PeerParts, entry: SaEntry, old: ChildSa): void {
  peer.record({ type: 'lifecycle', event: 'phase2-rekeyed' });
  const replaced = entry.children.find(({ child }) => child === old);
  const successor = entry.children.at(-1);
  if (successor !== undefined) successor.predecessorSpi = uint32At(old.inbound.spi, 0);
  if (replaced?.tunnel === undefined) return deleteReplaced(peer, entry, old);
  const subject: TimerSubject = {
    timerFired: () => {
      const found = peer.children.find(uint32At(old.inbound.spi, 0));
      if (found?.established === replaced) deleteReplaced(peer, found.entry, old);
    },
  };
  if (successor !== undefined) successor.usedFromNs = peer.nowNs + CHANGE_OVER_NS;
  replaced.rekeyTimer = createTimer(peer.id, 'rekey', subject);
  peer.setTimer(replaced.rekeyTimer, peer.nowNs + STRAGGLERS_NS);
}

function deleteReplaced(peer: PeerParts, entry: SaEntry, old: ChildSa): void {
  if (!peer.children.remove(entry, old)) return;
  sendInformational(peer, entry, [deleteChildren([old.inbound.spi])]);
}

/**
 * The old phase 1 SA is deleted by the other end, which made a new one: the child SAs go on under the
 * newest one of the same peer, which is returned. Undefined when there is none, so that they end with it.
 */
export function bequeathChildren(peer: PeerParts, entry: SaEntry): SaEntry | undefined {
  const identity = entry.sa.remoteIdentity;
  if (identity === undefined || entry.children.length === 0) return undefined;
  let heir: SaEntry | undefined;
  for (const candidate of peer.table.withIdentity(identity)) {
    if (candidate === entry || candidate.sa.remote.address !== entry.sa.remote.address) continue;
    // Users of one group have one identity in phase 1.
    const isSameClient = candidate.lease === undefined || candidate.lease === entry.lease;
    if (isSameClient) heir = candidate;
  }
  if (heir === undefined) return undefined;
  peer.children.move(entry, heir);
  if (heir.lease === undefined && entry.lease !== undefined) {
    heir.lease = entry.lease;
    heir.phase2Setting = entry.phase2Setting;
    entry.lease = undefined;
  }
  return heir;
}
