/** Lifetimes of established SAs: begun, shortened by what the other end tells, and over, by time and by traffic. */
import { shorterLifetime, type Lifetime } from '../ike/lifetime.ts';
import type { ChildSa } from '../ike/v1/child-sa.ts';
import { deleteChildren } from '../ike/v1/informational.ts';
import { sendInformational } from './exchange/send-informational.ts';
import type { PeerParts, TimerSubject } from './exchange/services.ts';
import {
  bequeathChildren,
  OCTETS_PER_KILOBYTE,
  rekeyTrafficOctets,
  scheduleChildRekey,
  schedulePhase1Rekey,
} from './rekeying.ts';
import type { EstablishedChild, SaEntry } from './sa-entry.ts';
import { deleteSa } from './sa-removal.ts';
import { createTimer, NS_PER_S } from './timer.ts';
import { TrafficLimit, type Direction } from './traffic-limit.ts';

/** A phase 1 SA stands: its time runs from now on. What its predecessor was told holds for it too. */
export function beginPhase1Lifetime(peer: PeerParts, entry: SaEntry): void {
  const { sa, replaces } = entry;
  entry.establishedNs = peer.nowNs;
  if (sa.isInitiator && replaces !== undefined) {
    sa.lifetime = shorterLifetime(sa.lifetime, replaces.sa.lifetime);
  }
  applyPhase1Lifetime(peer, entry);
}

/** The other end tells, or has told, how long it keeps the phase 1 SA. */
export function adoptPhase1Lifetime(peer: PeerParts, entry: SaEntry, told: Lifetime): void {
  const { sa } = entry;
  sa.lifetime = shorterLifetime(sa.lifetime, told);
  if (entry.establishedNs + sa.lifetime.seconds * NS_PER_S < entry.expiresNs)
    applyPhase1Lifetime(peer, entry);
  armLifetime(peer, entry);
}

function applyPhase1Lifetime(peer: PeerParts, entry: SaEntry): void {
  const { seconds, kilobytes } = entry.sa.lifetime;
  entry.expiresNs = entry.establishedNs + seconds * NS_PER_S;
  if (kilobytes < Infinity) entry.traffic ??= trafficLimit(peer, entry, kilobytes);
  schedulePhase1Rekey(peer, entry);
}

export function beginChildLifetime(
  peer: PeerParts,
  entry: SaEntry,
  child: ChildSa,
  { seconds, kilobytes }: Lifetime,
): EstablishedChild {
  const { nowNs } = peer;
  const established: EstablishedChild = {
    child,
    establishedNs: nowNs,
    expiresNs: nowNs + seconds * NS_PER_S,
    traffic: trafficLimit(peer, entry, kilobytes),
    rekeyTimer: undefined,
    predecessorSpi: undefined,
    usedFromNs: nowNs,
    tunnel: undefined,
  };
  scheduleChildRekey(peer, entry, established);
  return established;
}

/** The other end tells how long it keeps a child SA. */
export function adoptChildLifetime(
  peer: PeerParts,
  entry: SaEntry,
  established: EstablishedChild,
  { seconds, kilobytes }: Lifetime,
): void {
  const expiresNs = established.establishedNs + seconds * NS_PER_S;
  if (kilobytes < Infinity) established.traffic = trafficLimit(peer, entry, kilobytes, established.traffic);
  if (expiresNs >= established.expiresNs) return;
  established.expiresNs = expiresNs;
  scheduleChildRekey(peer, entry, established);
  armLifetime(peer, entry);
}

/** `counted` is what the SA protected under another limit, which it keeps when that is the smaller one. */
function trafficLimit(
  peer: PeerParts,
  entry: SaEntry,
  kilobytes: number,
  counted?: TrafficLimit,
): TrafficLimit {
  const limitOctets = kilobytes * OCTETS_PER_KILOBYTE;
  const limit = new TrafficLimit(limitOctets, rekeyTrafficOctets(peer, entry, limitOctets));
  for (const direction of ['inbound', 'outbound'] as const) {
    limit.count(direction, counted?.octetsOf(direction) ?? 0);
  }
  return limit;
}

/**
 * Counts octets that a child SA protected, or that came protected by it: what its cipher worked on.
 * When a limit comes near the child SA is rekeyed, and when it is reached the SA ends at both ends.
 */
export function countProtected(
  peer: PeerParts,
  entry: SaEntry,
  established: EstablishedChild,
  direction: Direction,
  octets: number,
): void {
  const state = established.traffic.count(direction, octets);
  if (state === 'within') return;
  const notice = state === 'over' ? 'child.traffic-over' : 'child.rekey-due';
  peer.later({ type: notice, entry, child: established.child });
}

/** A child SA protected as much as it may. */
export function endWornOut(peer: PeerParts, entry: SaEntry, child: ChildSa): void {
  if (!peer.children.remove(entry, child)) return;
  peer.record({ type: 'lifecycle', event: 'lifetime-over' });
  sendInformational(peer, entry, [deleteChildren([child.inbound.spi])]);
  if (entry.children.length > 0 || !isOwnTunnel(peer, entry)) return;
  deleteSa(peer, entry);
  loseTunnel(peer);
}

/** Counts an encrypted message of phase 1 or under it. */
export function countMessage(peer: PeerParts, entry: SaEntry, direction: Direction, octets: number): void {
  const state = entry.traffic?.count(direction, octets) ?? 'within';
  if (state === 'within') return;
  peer.later({ type: state === 'over' ? 'phase1.traffic-over' : 'phase1.rekey-due', entry });
}

/** A phase 1 SA protected as much as it may. */
export function endWornOutPhase1(peer: PeerParts, entry: SaEntry): void {
  peer.record({ type: 'lifecycle', event: 'lifetime-over' });
  const isOwn = isOwnTunnel(peer, entry);
  deleteSa(peer, entry);
  if (isOwn) loseTunnel(peer);
}

export function isOwnTunnel(peer: PeerParts, entry: SaEntry): boolean {
  return peer.initiator.owns(entry);
}

/** The SA of the own tunnel is gone; a negotiation that had not come to its end has failed. */
export function loseTunnel(peer: PeerParts): void {
  const { initiator } = peer;
  if (initiator.state !== 'established') {
    return initiator.send({ type: 'negotiation.failed', cause: initiator.timeoutCause });
  }
  initiator.lose();
  initiator.send({ type: 'sa.lost' });
}

export function armLifetime(peer: PeerParts, entry: SaEntry): void {
  let dueNs = entry.expiresNs;
  for (const { expiresNs } of entry.children) dueNs = Math.min(dueNs, expiresNs);
  if (entry.lifetimeTimer === undefined) {
    const subject: TimerSubject = { timerFired: () => expire(peer, entry) };
    entry.lifetimeTimer = createTimer(peer.id, 'lifetime', subject);
  }
  peer.setTimer(entry.lifetimeTimer, dueNs);
}

/** Ends what is older than its lifetime; to an initiator the tunnel ends with its last child SA. */
export function expire(peer: PeerParts, entry: SaEntry): void {
  const { nowNs } = peer;
  const expired = entry.children.filter(({ expiresNs }) => expiresNs <= nowNs);
  const isOwn = isOwnTunnel(peer, entry);
  const isChildless = expired.length > 0 && expired.length === entry.children.length;
  const isOver = entry.expiresNs <= nowNs || (isChildless && isOwn);
  if (isOver || expired.length > 0) peer.record({ type: 'lifecycle', event: 'lifetime-over' });
  if (!isOver) {
    for (const { child } of expired) peer.children.remove(entry, child);
    return armLifetime(peer, entry);
  }
  // The other end has replaced it, and its delete got lost.
  const heir = entry.successor?.state === 'established' ? bequeathChildren(peer, entry) : undefined;
  deleteSa(peer, entry);
  if (heir !== undefined) armLifetime(peer, heir);
  if (!isOwn) return;
  if (heir === undefined) loseTunnel(peer);
  else peer.initiator.adopt(heir);
}
