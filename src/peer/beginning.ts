/** Begins exchanges as their initiator: a phase 1, or a quick mode under one. */
import type { Endpoint } from '../ike/endpoint.ts';
import { giveUpAfterNs } from '../ike/retransmit.ts';
import type { ChildSa } from '../ike/v1/child-sa.ts';
import { createIsakmpSa, NO_COOKIE, type Phase1Mode } from '../ike/v1/isakmp-sa.ts';
import { drawCookie } from '../ike/v1/phase1.ts';
import { drawMessageId, type Phase2Setting } from '../ike/v1/quick-mode.ts';
import { AggressiveModeInitiator } from './exchange/aggressive-mode-exchange.ts';
import { MainModeInitiator } from './exchange/main-mode-exchange.ts';
import { QuickModeInitiator } from './exchange/quick-mode-exchange.ts';
import type { PeerParts } from './exchange/services.ts';
import { createSaEntry, pruneQuickModes, type SaEntry, type SaEntryOrigin } from './sa-entry.ts';

export interface Phase1Beginning {
  readonly mode: Phase1Mode;
  readonly own: Endpoint;
  readonly remote: Endpoint;
  readonly hasMarker: boolean;
  readonly origin: SaEntryOrigin;
}

/** Sends the first message of a phase 1. */
export function beginPhase1(peer: PeerParts, beginning: Phase1Beginning): SaEntry {
  const { mode, own, remote, hasMarker, origin } = beginning;
  const sa = createIsakmpSa({
    isInitiator: true,
    mode,
    initiatorCookie: drawCookie(peer.setting),
    responderCookie: NO_COOKIE,
    own,
    remote,
    hasMarker,
    isFirstContact: origin.replaces === undefined,
    misbehaviour: peer.setting.misbehaviour,
  });
  const entry = createSaEntry(sa, origin);
  if (origin.replaces !== undefined) origin.replaces.successor = entry;
  peer.table.add(entry);
  const Exchange = mode === 'main' ? MainModeInitiator : AggressiveModeInitiator;
  const exchange = new Exchange(peer, entry);
  entry.phase1 = exchange;
  exchange.start();
  return entry;
}

/** Sends the first message of a quick mode. `setting`: where it is not that of the entry. */
export function beginQuickMode(
  peer: PeerParts,
  entry: SaEntry,
  replaces?: ChildSa,
  setting?: Phase2Setting,
): void {
  const { random } = peer.setting;
  pruneQuickModes(entry, peer.nowNs - giveUpAfterNs(peer.policy.retransmit));
  let messageId = drawMessageId(random);
  while (entry.quickModes.has(messageId)) messageId = drawMessageId(random);
  const exchange = new QuickModeInitiator(peer, entry, messageId, replaces, setting);
  entry.quickModes.set(messageId, exchange);
  exchange.start();
}
