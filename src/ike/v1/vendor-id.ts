/** Vendor IDs that the project sends and understands. */
import { usesExtendedAuthentication } from '../authentication.ts';
import type { Payload, VendorIdPayload } from '../wire/message.ts';
import { deadPeerDetectionVendorId } from './dpd.ts';
import { handshakeOf, type IsakmpSa, type Phase1Setting } from './isakmp-sa.ts';
import { concatOctets, fromHex } from '../wire/octets.ts';

/** MD5 of the text "RFC 3947" (RFC 3947 §3.1). */
const NAT_TRAVERSAL = fromHex('4a131c81070358455c5728f20e95452f');

/** MD5 of the text "FRAGMENTATION", and the capability bits of those who take fragments in phase 1 and after (MS-IKEE). */
const FRAGMENTATION = fromHex('4048b7d56ebce88525e7de7f00d6c2d3');
const fragmentationVendorId: VendorIdPayload = {
  kind: 'vendor-id',
  data: concatOctets(FRAGMENTATION, fromHex('80000000')),
};

/** draft-ietf-ipsec-isakmp-xauth-06. */
const extendedAuthenticationVendorId: VendorIdPayload = {
  kind: 'vendor-id',
  data: fromHex('09002689dfd6b712'),
};

const natTraversalVendorId: VendorIdPayload = { kind: 'vendor-id', data: NAT_TRAVERSAL };

/** The vendor IDs of the first message of either end. */
export function ownVendorIds(setting: Phase1Setting): VendorIdPayload[] {
  const ids = [deadPeerDetectionVendorId];
  const { authentication, acceptedAuthentications } = setting.policy;
  if ([authentication, ...acceptedAuthentications].some(usesExtendedAuthentication)) {
    ids.push(extendedAuthenticationVendorId);
  }
  if (setting.policy.natTraversal !== 'off') ids.push(natTraversalVendorId);
  if (setting.policy.fragmentOctets > 0) ids.push(fragmentationVendorId);
  for (const data of setting.policy.vendorIds ?? []) ids.push({ kind: 'vendor-id', data });
  return ids;
}

/** Takes note of what the other end says that it can do, in any of its messages before it is authenticated. */
export function adoptVendorIds(sa: IsakmpSa, payloads: readonly Payload[]): void {
  const handshake = handshakeOf(sa);
  handshake.peerSupportsNatTraversal ||= hasVendorId(payloads, NAT_TRAVERSAL);
  sa.peerSupportsDpd ||= hasVendorId(payloads, deadPeerDetectionVendorId.data);
  sa.peerSupportsFragmentation ||= hasVendorId(payloads, FRAGMENTATION);
}

/** Whether one of the vendor IDs is, or starts with, the given one: capabilities may follow. */
function hasVendorId(payloads: readonly Payload[], vendorId: Uint8Array): boolean {
  return payloads.some((payload) => payload.kind === 'vendor-id' && beginsWith(payload.data, vendorId));
}

function beginsWith(octets: Uint8Array, start: Uint8Array): boolean {
  return octets.length >= start.length && start.every((octet, index) => octet === octets[index]);
}
