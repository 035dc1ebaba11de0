/** Vendor IDs that the project sends and understands. */
import type { Payload, VendorIdPayload } from '../wire/message.ts';
import { equalOctets, fromHex } from '../wire/octets.ts';

/** MD5 of the text "RFC 3947" (RFC 3947 §3.1). */
const NAT_TRAVERSAL = fromHex('4a131c81070358455c5728f20e95452f');

export const natTraversalVendorId: VendorIdPayload = { kind: 'vendor-id', data: NAT_TRAVERSAL };

/** Whether the sender of these payloads knows NAT traversal by RFC 3947. */
export function hasNatTraversalVendorId(payloads: readonly Payload[]): boolean {
  return payloads.some((payload) => payload.kind === 'vendor-id' && equalOctets(payload.data, NAT_TRAVERSAL));
}
