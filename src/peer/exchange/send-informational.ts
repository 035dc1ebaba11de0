/** Sends informational messages under established keys. */
import { buildInformational } from '../../ike/v1/informational.ts';
import { drawMessageId } from '../../ike/v1/quick-mode.ts';
import type { Payload } from '../../ike/wire/message.ts';
import { spendInformationalId, type SaEntry } from '../sa-entry.ts';
import type { PeerServices } from './services.ts';

/** Nothing in the message says which end made it, so its ID is spent: who sends it back to us is not heard. */
export function sendInformational(
  services: PeerServices,
  entry: SaEntry,
  payloads: readonly Payload[],
): void {
  const messageId = drawMessageId(services.setting.random);
  spendInformationalId(entry, messageId);
  services.send(entry.sa, buildInformational(entry.sa, messageId, payloads), false);
}
