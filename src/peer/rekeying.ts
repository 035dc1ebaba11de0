/**
 * Replacing SAs before their lifetime ends, spread so that a fleet does not do it at once. The
 * initiator of an SA rekeys it: a child SA by another quick mode (RFC 2409 §5.5), a phase 1 SA by
 * another phase 1 that takes over the child SAs. The old one is deleted when the new one stands.
 */
import type { ChildSa } from '../ike/v1/child-sa.ts';
import { deleteChildren, deletePhase1 } from '../ike/v1/informational.ts';
import { uint32At } from '../ike/wire/octets.ts';
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

/**
 * When to replace an SA made now: lifetime - margin * (1 + fuzz * u) with u drawn from [0, 1).
 * Undefined without a rekey policy, or when the margin leaves nothing of the lifetime.
 */
function rekeyDueNs(services: PeerServices, lifetimeS: number): Ns | undefined {
  const { rekey } = services.policy;
  if (rekey === undefined) return undefined;
  const share = uint32At(services.setting.random(4), 0) / TWO_32;
  const waitNs = Math.round(lifetimeS * NS_PER_S - rekey.marginNs * (1 + rekey.fuzz * share));
  return waitNs > 0 ? services.nowNs + waitNs : undefined;
}

function armRekey(peer: PeerParts, lifetimeS: number, timerFired: () => void): Timer | undefined {
  const dueNs = rekeyDueNs(peer, lifetimeS);
  if (dueNs === undefined) return undefined;
  const subject: TimerSubject = { timerFired };
  const timer = createTimer(peer.id, 'rekey', subject);
  peer.setTimer(timer, dueNs);
  return timer;
}

/** Sets the timer of a new phase 1 SA of ours. */
export function schedulePhase1Rekey(peer: PeerParts, entry: SaEntry): void {
  const { ikeLifetimeS } = peer.policy;
  entry.rekeyTimer = armRekey(peer, ikeLifetimeS, () => peer.initiator.send({ type: 'phase1.rekey-due' }));
}

/** Sets the timer of a new child SA of ours. */
export function scheduleChildRekey(peer: PeerParts, established: EstablishedChild): void {
  const { child } = established;
  const fire = () => peer.initiator.send({ type: 'child.rekey-due', child });
  established.rekeyTimer = armRekey(peer, peer.policy.espLifetimeS, fire);
}

/** A new phase 1 SA replaces `entry.replaces`: child SAs change over, the old one is deleted alone. */
export function takeOverPhase1(peer: PeerParts, entry: SaEntry): void {
  const old = entry.replaces;
  if (old === undefined) return;
  // The tunnel ended meanwhile.
  if (old.state !== 'established') return deleteSa(peer, entry);
  const interrupted: ChildSa[] = [];
  for (const exchange of old.quickModes.values()) {
    if (!(exchange instanceof QuickModeInitiator) || !exchange.isInProgress) continue;
    if (exchange.replaces !== undefined) interrupted.push(exchange.replaces);
  }
  peer.children.move(old, entry);
  sendInformational(peer, old, [deletePhase1(old.sa)]);
  forgetSa(peer, old);
  peer.initiator.adopt(entry);
  peer.record({ type: 'lifecycle', event: 'phase1-rekeyed' });
  // What was under way with the old keys begins anew with the new ones.
  for (const child of interrupted) peer.initiator.rekeyChild(child);
}

/**
 * A new child SA replaces an old one, which is deleted at both ends: at once when it carried nothing,
 * otherwise after a while, because packets that were sent over it may still be on their way.
 */
export function replaceChild(peer: PeerParts, entry: SaEntry, old: ChildSa): void {
  peer.record({ type: 'lifecycle', event: 'phase2-rekeyed' });
  const replaced = entry.children.find(({ child }) => child === old);
  if (replaced?.tunnel === undefined) return deleteReplaced(peer, entry, old);
  const subject: TimerSubject = {
    timerFired: () => {
      const found = peer.children.find(uint32At(old.inbound.spi, 0));
      if (found?.established === replaced) deleteReplaced(peer, found.entry, old);
    },
  };
  const successor = entry.children.at(-1);
  if (successor !== undefined) successor.usedFromNs = peer.nowNs + CHANGE_OVER_NS;
  replaced.rekeyTimer = createTimer(peer.id, 'rekey', subject);
  peer.setTimer(replaced.rekeyTimer, peer.nowNs + STRAGGLERS_NS);
}

function deleteReplaced(peer: PeerParts, entry: SaEntry, old: ChildSa): void {
  if (!peer.children.remove(entry, old)) return;
  sendInformational(peer, entry, [deleteChildren([old.inbound.spi])]);
}

/**
 * At the responder the old phase 1 SA is deleted by the other end: its child SAs go on under the
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
