/** What follows when an exchange is over: facts, lifetimes, and news for the charts of the peer's life. */
import type { ChildSa, EspKeys } from '../ike/v1/child-sa.ts';
import { deleteChildren } from '../ike/v1/informational.ts';
import { handshakeOf, keysOf } from '../ike/v1/isakmp-sa.ts';
import { finishPhase1 } from '../ike/v1/phase1.ts';
import { encryptionKeyword } from '../ike/transform.ts';
import { ClientAccess, needsClientAccess } from './client-access.ts';
import { AggressiveModeResponder } from './exchange/aggressive-mode-exchange.ts';
import { FinishedExchange } from './exchange/finished-exchange.ts';
import { Phase1Exchange } from './exchange/phase1-exchange.ts';
import { QuickModeInitiator, type QuickModeExchange } from './exchange/quick-mode-exchange.ts';
import { sendInformational } from './exchange/send-informational.ts';
import type { LossReason, Notice, PeerParts } from './exchange/services.ts';
import type { FailureCause } from './fact.ts';
import { GatewayAccess, needsGatewayAccess } from './gateway-access.ts';
import { Liveness } from './liveness.ts';
import {
  adoptPhase1Lifetime,
  armLifetime,
  beginChildLifetime,
  beginPhase1Lifetime,
  endWornOut,
  endWornOutPhase1,
  isOwnTunnel,
  loseTunnel,
} from './lifetimes.ts';
import { bequeathChildren, rekeyChild, rekeyPhase1, replaceChild, takeOverPhase1 } from './rekeying.ts';
import { forgetFragments, type SaEntry } from './sa-entry.ts';
import { deleteSa, forgetSa } from './sa-removal.ts';
import { succeedChild, succeedPhase1 } from './succession.ts';
import { retireTransactions } from './transactions.ts';

/** Follows up one notice; a notice about an SA that ended meanwhile is void. */
export function handleNotice(peer: PeerParts, notice: Notice): void {
  const { entry } = notice;
  // Something earlier in the same event may have ended the SA.
  if (entry.state === 'dead') return;
  switch (notice.type) {
    case 'phase1.established':
      return phase1Established(peer, entry, notice.hasInitialContact);
    case 'phase1.failed':
      return phase1Failed(peer, entry, notice.cause);
    case 'revocation.told':
      if (entry.phase1 instanceof Phase1Exchange) entry.phase1.revocationTold();
      return;
    case 'child.established':
      return childEstablished(peer, entry, notice.exchange);
    case 'child.failed':
      return childFailed(peer, entry, notice.exchange, notice.cause);
    case 'transaction.answered':
      return entry.access?.answered(notice.exchange);
    case 'transaction.failed':
      return transactionFailed(peer, entry, notice.cause);
    case 'access.configuring':
      if (peer.initiator.owns(entry)) peer.initiator.send({ type: 'configuration.due' });
      return;
    case 'access.granted':
      return accessGranted(peer, entry);
    case 'access.failed':
      return accessFailed(peer, entry, notice.cause);
    case 'child.rekey-due':
      return rekeyChild(peer, notice.child);
    case 'child.traffic-over':
      return endWornOut(peer, entry, notice.child);
    case 'phase1.rekey-due':
      return rekeyPhase1(peer, entry);
    case 'phase1.traffic-over':
      return endWornOutPhase1(peer, entry);
    case 'packet.early':
      return peer.data.receive(notice.octets, notice.own, notice.remote);
    case 'sa.lost':
      return lost(peer, entry, notice.reason);
  }
}

function phase1Established(peer: PeerParts, entry: SaEntry, hasInitialContact: boolean): void {
  const { nowNs } = peer;
  if (!entry.sa.isInitiator) peer.table.halfOpenEnded(entry);
  entry.state = 'established';
  // What is incomplete came before the other end had proven who it is.
  forgetFragments(entry);
  finishExchange(peer, entry);
  beginPhase1Lifetime(peer, entry);
  entry.lastHeardNs = nowNs;
  reportPhase1Keys(peer, entry);
  finishPhase1(entry.sa);
  startLiveness(peer, entry);
  if (entry.sa.isInitiator) initiatorPhase1Established(peer, entry);
  else responderPhase1Established(peer, entry, hasInitialContact);
  if (entry.state === 'established') armLifetime(peer, entry);
}

/** From here on phase 1 has only to answer what comes again. */
function finishExchange(peer: PeerParts, entry: SaEntry): void {
  if (!(entry.phase1 instanceof Phase1Exchange)) return;
  entry.phase1 = new FinishedExchange(peer, entry.sa, entry.phase1.transmission.lastWords, peer.nowNs);
}

function initiatorPhase1Established(peer: PeerParts, entry: SaEntry): void {
  const { negotiation } = entry;
  if (negotiation !== undefined) {
    const elapsedNs = peer.nowNs - negotiation.startedNs;
    peer.record({ type: 'phase1.established', plannedNs: negotiation.plannedNs, elapsedNs });
  }
  if (!needsClientAccess(peer, entry)) return accessGranted(peer, entry);
  const access = new ClientAccess(peer, entry);
  entry.access = access;
  access.start();
  if (!peer.initiator.owns(entry)) return;
  peer.initiator.send({ type: access.isAwaitingLogin ? 'login.due' : 'configuration.due' });
}

/** Quick modes may begin, or go on under the SA that replaces another. */
function accessGranted(peer: PeerParts, entry: SaEntry): void {
  if (entry.negotiation === undefined) {
    takeOverPhase1(peer, entry);
    // Its children came with lifetimes of their own.
    if (entry.state === 'established') armLifetime(peer, entry);
    return;
  }
  if (peer.initiator.owns(entry)) peer.initiator.accessGranted();
}

function transactionFailed(peer: PeerParts, entry: SaEntry, cause: FailureCause): void {
  // A mistake of ours has to show, even in what nobody waits for.
  if (cause === 'internal-error') return accessFailed(peer, entry, cause);
  entry.access?.refuseWith(cause);
}

function accessFailed(peer: PeerParts, entry: SaEntry, cause: FailureCause): void {
  if (entry.negotiation !== undefined) return peer.initiator.send({ type: 'negotiation.failed', cause });
  // The old SA lives on to its lifetime; there is no second try.
  if (entry.isReplacement) peer.record({ type: 'lifecycle', event: 'rekey-failed' });
  else peer.record({ type: 'responder.failed', cause });
  deleteSa(peer, entry);
}

function responderPhase1Established(peer: PeerParts, entry: SaEntry, hasInitialContact: boolean): void {
  peer.record({ type: 'responder.phase1.established' });
  peer.table.identified(entry);
  if (hasInitialContact) peer.responder.forgetStale(entry);
  succeedPhase1(peer, entry);
  peer.responder.checkLimit();
  if (!needsGatewayAccess(peer, entry)) return;
  entry.access = new GatewayAccess(peer, entry);
  entry.access.start();
}

/** Most fleets neither ask nor keep NAT mappings open: the object is made only where it has something to do. */
function startLiveness(peer: PeerParts, entry: SaEntry): void {
  const { policy } = peer;
  const { isInitiator, isNatted } = entry.sa;
  const keepsMapping = policy.natKeepaliveNs > 0 && isNatted && isInitiator;
  if (policy.dpd === undefined && !keepsMapping) return;
  entry.liveness = new Liveness(peer, entry);
  entry.liveness.start();
}

function phase1Failed(peer: PeerParts, entry: SaEntry, cause: FailureCause): void {
  if (entry.negotiation !== undefined) {
    peer.initiator.send({ type: 'negotiation.failed', cause });
    return;
  }
  // Its message may have cost a computation before it was refused, and anybody can send the next one.
  const keepsPlace = entry.phase1 instanceof AggressiveModeResponder && !entry.phase1.hasAnswered;
  if (keepsPlace) peer.table.keepPlaceOf(entry, peer.nowNs + peer.policy.halfOpenTimeoutNs);
  forgetSa(peer, entry);
  if (entry.isReplacement) {
    // The old SA lives on to its lifetime; there is no second try.
    peer.record({ type: 'lifecycle', event: 'rekey-failed' });
    return;
  }
  peer.record({ type: 'responder.failed', cause });
  peer.responder.checkLimit();
}

function childEstablished(peer: PeerParts, entry: SaEntry, exchange: QuickModeExchange): void {
  const { nowNs } = peer;
  const { child } = exchange;
  if (child === undefined) return;
  const { lastWords } = exchange.transmission;
  entry.quickModes.set(exchange.messageId, new FinishedExchange(peer, entry.sa, lastWords, nowNs));
  const established = beginChildLifetime(peer, entry, child, exchange.lifetime);
  peer.children.add(entry, established);
  if (!(exchange instanceof QuickModeInitiator)) succeedChild(peer, entry, established);
  // The message that brought the child SA may have told a lifetime of phase 1 too.
  adoptPhase1Lifetime(peer, entry, entry.sa.lifetime);
  retireTransactions(entry);
  reportChildKeys(peer, entry, child);
  if (!(exchange instanceof QuickModeInitiator)) return peer.record({ type: 'responder.phase2.established' });
  if (exchange.replaces !== undefined) return replaceChild(peer, entry, exchange.replaces);
  const { negotiation } = entry;
  if (negotiation === undefined) return;
  const elapsedNs = nowNs - exchange.startedNs;
  peer.record({ type: 'phase2.established', plannedNs: negotiation.plannedNs, elapsedNs });
  if (peer.initiator.owns(entry)) peer.initiator.childEstablished();
}

function childFailed(
  peer: PeerParts,
  entry: SaEntry,
  exchange: QuickModeExchange,
  cause: FailureCause,
): void {
  if (!(exchange instanceof QuickModeInitiator)) return peer.record({ type: 'responder.failed', cause });
  if (exchange.replaces === undefined) return peer.initiator.send({ type: 'negotiation.failed', cause });
  // The old child SA lives on to its lifetime; there is no second try.
  peer.record({ type: 'lifecycle', event: 'rekey-failed' });
  // The other end may have the new one, though it has not said so.
  const { child } = exchange;
  if (child !== undefined) sendInformational(peer, entry, [deleteChildren([child.inbound.spi])]);
}

/** The other end deleted the SA or is dead: what is left of it here goes without a word, but for an SA without children. */
function lost(peer: PeerParts, entry: SaEntry, reason: LossReason): void {
  const isOwn = isOwnTunnel(peer, entry);
  const isInFlight = isOwn && peer.initiator.state !== 'established';
  if (isInFlight) {
    const cause = reason === 'dead' ? peer.initiator.timeoutCause : 'deleted-by-peer';
    return peer.initiator.send({ type: 'negotiation.failed', cause });
  }
  // The children of a dead end are as dead as it is.
  const heir = reason === 'dead' ? undefined : bequeathChildren(peer, entry);
  if (reason === 'childless') deleteSa(peer, entry);
  else forgetSa(peer, entry);
  if (heir !== undefined) {
    armLifetime(peer, heir);
    // The gateway has replaced the SA of our tunnel.
    if (isOwn) return peer.initiator.adopt(heir);
  }
  if (isOwn) loseTunnel(peer);
  else if (!entry.sa.isInitiator) peer.responder.checkLimit();
}

function reportPhase1Keys(peer: PeerParts, entry: SaEntry): void {
  if (!peer.policy.reportKeys) return;
  const { initiatorCookie, responderCookie } = entry.sa;
  const { skeyid, skeyidE } = handshakeOf(entry.sa);
  const keys = { initiatorCookie, responderCookie, skeyid, skeyidE, ...keysOf(entry.sa) };
  peer.record({ type: 'keys.phase1', keys });
}

function reportChildKeys(peer: PeerParts, entry: SaEntry, child: ChildSa): void {
  if (!peer.policy.reportKeys) return;
  const own = entry.sa.own.address;
  const remote = entry.sa.remote.address;
  const { transform } = child;
  const algorithms = {
    encryption: encryptionKeyword(transform),
    integrity: transform.integrity ?? '',
    esn: transform.esn === true,
  };
  peer.record({
    type: 'keys.child',
    initiatorCookie: entry.sa.initiatorCookie,
    messageId: child.messageId,
    keys: [
      { ...reportedKeys(child.outbound), source: own, destination: remote, ...algorithms },
      { ...reportedKeys(child.inbound), source: remote, destination: own, ...algorithms },
    ],
  });
}

function reportedKeys({ spi, encryptionKey, integrityKey }: EspKeys): EspKeys {
  return { spi, encryptionKey, integrityKey };
}
