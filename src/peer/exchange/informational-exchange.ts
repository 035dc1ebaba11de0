/** What deletes and notifications of the other end do to an SA. */
import { areYouThereAck, isAboutSa, isSequenceBefore, parseDpd, type DpdMessage } from '../../ike/v1/dpd.ts';
import { acceptInformational } from '../../ike/v1/informational.ts';
import { readChildLifetime, readPhase1Lifetime } from '../../ike/v1/lifetime-notification.ts';
import type { Incoming } from '../../ike/v1/incoming.ts';
import { causeOfNotify, Discard } from '../../ike/v1/refusal.ts';
import type { DeletePayload, NotificationPayload } from '../../ike/wire/message.ts';
import { NotifyType, ProtocolId } from '../../ike/wire/numbers.ts';
import { concatOctets, equalOctets } from '../../ike/wire/octets.ts';
import { childSendingTo } from '../child-table.ts';
import { adoptChildLifetime, adoptPhase1Lifetime } from '../lifetimes.ts';
import { followPath } from '../path-following.ts';
import { spendInformationalId, type SaEntry } from '../sa-entry.ts';
import { MainModeInitiator } from './main-mode-exchange.ts';
import { QuickModeInitiator } from './quick-mode-exchange.ts';
import { sendInformational } from './send-informational.ts';
import type { PeerParts } from './services.ts';

/** Takes an encrypted informational message. @throws Discard when it cannot be read. */
export function handleInformational(peer: PeerParts, entry: SaEntry, message: Incoming): void {
  let payloads;
  try {
    payloads = acceptInformational(entry.sa, message);
  } catch (error) {
    const isUnreadable = error instanceof Discard && error.reason !== 'not-encrypted';
    if (isUnreadable && entry.phase1 instanceof MainModeInitiator) entry.phase1.noteUnreadable(message);
    throw error;
  }
  spendInformationalId(entry, message.header.messageId);
  followPath(entry, message.path);
  for (const payload of payloads) {
    if (payload.kind === 'delete') handleDelete(peer, entry, payload);
    else if (payload.kind === 'notification') handleNotify(peer, entry, payload, message.header.messageId);
  }
}

function handleDelete(peer: PeerParts, entry: SaEntry, payload: DeletePayload): void {
  if (payload.protocolId === ProtocolId.isakmp) {
    const cookies = concatOctets(entry.sa.initiatorCookie, entry.sa.responderCookie);
    if (payload.spis.some((spi) => equalOctets(spi, cookies))) {
      peer.later({ type: 'sa.lost', entry, reason: 'deleted-by-peer' });
    }
    return;
  }
  if (payload.protocolId !== ProtocolId.esp) return;
  const before = entry.children.length;
  const isReplacing = [...entry.quickModes.values()].some(({ isInProgress }) => isInProgress);
  for (const spi of payload.spis) {
    const child = childSendingTo(entry, spi);
    if (child !== undefined) peer.children.remove(entry, child);
  }
  // To an initiator a tunnel without child SAs is no tunnel.
  if (before > 0 && entry.children.length === 0 && !isReplacing && peer.initiator.owns(entry)) {
    peer.later({ type: 'sa.lost', entry, reason: 'childless' });
  }
}

/** An authenticated notification; error types end what is in progress. */
function handleNotify(
  peer: PeerParts,
  entry: SaEntry,
  payload: NotificationPayload,
  messageId: number,
): void {
  const dpd = parseDpd(payload);
  if (dpd !== undefined && entry.state === 'established') return handleDpd(peer, entry, payload, dpd);

  if (payload.notifyType === NotifyType.responderLifetime) return adoptLifetime(peer, entry, payload);
  if (payload.notifyType === NotifyType.connected) {
    const exchange = entry.quickModes.get(messageId);
    if (exchange instanceof QuickModeInitiator) exchange.connected();
    return;
  }
  const cause = causeOfNotify(payload.notifyType);
  if (cause === undefined) return;
  if (entry.state === 'half-open') {
    // Readable, so the keys agree and the message was damaged on the way: retransmission mends that.
    if (payload.notifyType === NotifyType.payloadMalformed) return;
    entry.phase1?.refuseWith(cause);
    return;
  }
  for (const exchange of entry.quickModes.values()) {
    if (exchange.isInProgress) return exchange.refuseWith(cause);
  }
  entry.access?.refuseWith(cause);
}

/** RESPONDER-LIFETIME in a message of its own. */
function adoptLifetime(peer: PeerParts, entry: SaEntry, payload: NotificationPayload): void {
  if (entry.state !== 'established') return;
  const ofPhase1 = readPhase1Lifetime(entry.sa, payload);
  if (ofPhase1 !== undefined) return adoptPhase1Lifetime(peer, entry, ofPhase1);
  for (const established of entry.children) {
    const lifetime = readChildLifetime(established.child.outbound.spi, payload);
    if (lifetime !== undefined) return adoptChildLifetime(peer, entry, established, lifetime);
  }
}

/** @throws Discard for another SA's cookies, a question that is over, and an answer to what was not asked. */
function handleDpd(peer: PeerParts, entry: SaEntry, payload: NotificationPayload, dpd: DpdMessage): void {
  const { sa, lastAskedSequence } = entry;
  const { type, sequence } = dpd;
  if (!isAboutSa(sa, payload)) throw new Discard('malformed', 'the notification is about another SA');
  if (type === 'ack') {
    if (entry.liveness?.hasAsked(sequence) === true) return;
    throw new Discard('unexpected-state', `nothing was asked with sequence number ${sequence}`);
  }
  // The same number may come again under another message ID, when the answer to it was lost.
  if (lastAskedSequence !== undefined && isSequenceBefore(sequence, lastAskedSequence)) {
    throw new Discard('unexpected-state', `sequence number ${sequence} is over`);
  }
  entry.lastAskedSequence = sequence;
  sendInformational(peer, entry, [areYouThereAck(sa, sequence)]);
}

/**
 * Takes a notification in clear. Nothing authenticates it, so it counts only while phase 1
 * is half open: what its first messages are refused with can be said in no other way.
 * @throws Discard once phase 1 is established.
 */
export function handleClearInformational(entry: SaEntry, message: Incoming): void {
  if (entry.state !== 'half-open') throw new Discard('not-encrypted', 'an informational message in clear');
  for (const payload of message.payloads) {
    if (payload.kind !== 'notification') continue;
    const cause = causeOfNotify(payload.notifyType);
    if (cause !== undefined) return entry.phase1?.refuseWith(cause);
  }
}
