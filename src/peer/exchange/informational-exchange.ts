/** What deletes and notifications of the other end do to an SA. */
import { areYouThereAck, parseDpd } from '../../ike/v1/dpd.ts';
import { acceptInformational, buildInformational } from '../../ike/v1/informational.ts';
import { drawMessageId } from '../../ike/v1/quick-mode.ts';
import type { Incoming } from '../../ike/v1/incoming.ts';
import { causeOfNotify, Discard } from '../../ike/v1/refusal.ts';
import type { DeletePayload, NotificationPayload } from '../../ike/wire/message.ts';
import { NotifyType, ProtocolId } from '../../ike/wire/numbers.ts';
import { concatOctets, equalOctets } from '../../ike/wire/octets.ts';
import { childSendingTo } from '../child-table.ts';
import type { SaEntry } from '../sa-entry.ts';
import { MainModeInitiator } from './main-mode-exchange.ts';
import type { PeerParts } from './services.ts';

/** Takes an encrypted informational message. @throws Discard when it cannot be read. */
export function handleInformational(peer: PeerParts, entry: SaEntry, message: Incoming): void {
  let payloads;
  try {
    payloads = acceptInformational(entry.sa, message);
  } catch (error) {
    const isUnreadable = error instanceof Discard && error.reason !== 'not-encrypted';
    if (isUnreadable && entry.phase1 instanceof MainModeInitiator) entry.phase1.noteUnreadable();
    throw error;
  }
  for (const payload of payloads) {
    if (payload.kind === 'delete') handleDelete(peer, entry, payload);
    else if (payload.kind === 'notification') handleNotify(peer, entry, payload);
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
  for (const spi of payload.spis) {
    const child = childSendingTo(entry, spi);
    if (child !== undefined) peer.children.remove(entry, child);
  }
  // To an initiator a tunnel without child SAs is no tunnel.
  if (before > 0 && entry.children.length === 0 && entry.sa.isInitiator) {
    peer.later({ type: 'sa.lost', entry, reason: 'childless' });
  }
}

/** An authenticated notification; error types end what is in progress. */
function handleNotify(peer: PeerParts, entry: SaEntry, payload: NotificationPayload): void {
  const dpd = parseDpd(payload);
  if (dpd !== undefined && entry.state === 'established') {
    if (dpd.type === 'are-you-there') answerDpd(peer, entry, dpd.sequence);
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

function answerDpd(peer: PeerParts, entry: SaEntry, sequence: number): void {
  const { sa } = entry;
  const messageId = drawMessageId(peer.setting.random);
  peer.send(sa, buildInformational(sa, messageId, [areYouThereAck(sa, sequence)]), false);
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
