/** What the other end hears when one of its messages is refused. */
import { buildClearNotify, buildInformational, phase1Notify } from '../../ike/v1/informational.ts';
import type { Incoming } from '../../ike/v1/incoming.ts';
import { cipherOf } from '../../ike/v1/isakmp-sa.ts';
import { drawMessageId } from '../../ike/v1/quick-mode.ts';
import type { Refusal } from '../../ike/v1/refusal.ts';
import { HeaderFlag } from '../../ike/wire/numbers.ts';
import type { SaEntry } from '../sa-entry.ts';
import type { PeerServices } from './services.ts';

/** Notifies the other end of a refusal: encrypted when both ends have the same keys, and returned then, else in clear. */
export function tellRefusal(
  services: PeerServices,
  { sa }: SaEntry,
  refusal: Refusal,
  message: Incoming,
): Uint8Array | undefined {
  if (refusal.notify === undefined) return undefined;
  const { header, octets, path } = message;
  // What is refused may not have moved the SA to its path yet.
  const answering = { ...sa, own: path.to, remote: path.from, hasMarker: path.hasMarker };
  const haveSameKeys = sa.keys !== undefined && (header.flags & HeaderFlag.encryption) !== 0;
  if (!haveSameKeys) {
    services.send(answering, buildClearNotify(sa, header.messageId, refusal.notify), false);
    return undefined;
  }
  const messageId = drawMessageId(services.setting.random);
  const notify = phase1Notify(sa, refusal.notify);
  // Of phase 1 the other end knows the message that it sent last, even though it was not accepted.
  const lastBlock = header.messageId === 0 ? octets.slice(-cipherOf(sa).blockLength) : sa.iv;
  const informational = buildInformational(sa, messageId, [notify], lastBlock);
  services.send(answering, informational, false);
  return informational;
}
