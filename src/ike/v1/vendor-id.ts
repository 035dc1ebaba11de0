/** Vendor IDs that the project sends and understands. */
import type { Payload, VendorIdPayload } from '../wire/message.ts';
import { deadPeerDetectionVendorId } from './dpd.ts';
import { handshakeOf, type IsakmpSa, type Phase1Setting } from './isakmp-sa.ts';
import { equalOctets, fromHex } from '../wire/octets.ts';

/** MD5 of the text "RFC 3947" (RFC 3947 §3.1). */
const NAT_TRAVERSAL = fromHex('4a131c81070358455c5728f20e95452f');

const natTraversalVendorId: VendorIdPayload = { kind: 'vendor-id', data: NAT_TRAVERSAL };

/** The vendor IDs of the first message of either end. */
export function ownVendorIds(setting: Phase1Setting): VendorIdPayload[] {
  const ids = [deadPeerDetectionVendorId];
  if (setting.policy.natTraversal !== 'off') ids.push(natTraversalVendorId);
  return ids;
}

/** Takes note of what the other end says that it can do. */
export function adoptVendorIds(sa: IsakmpSa, payloads: readonly Payload[]): void {
  handshakeOf(sa).peerSupportsNatTraversal = hasNatTraversalVendorId(payloads);
  sa.peerSupportsDpd = payloads.some(
    (payload) => payload.kind === 'vendor-id' && equalOctets(payload.data, deadPeerDetectionVendorId.data),
  );
}

/** Whether the sender of these payloads knows NAT traversal by RFC 3947. */
function hasNatTraversalVendorId(payloads: readonly Payload[]): boolean {
  return payloads.some((payload) => payload.kind === 'vendor-id' && equalOctets(payload.data, NAT_TRAVERSAL));
}
