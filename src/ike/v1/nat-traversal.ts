/** Finding NATs on the way by NAT-D payloads (RFC 3947 §3.2). */
import type { Endpoint } from '../endpoint.ts';
import type { NatDiscoveryPayload, Payload } from '../wire/message.ts';
import { passingOctets, equalOctets } from '../wire/octets.ts';
import { handshakeOf, hashOf, type IsakmpSa, type Phase1Setting } from './isakmp-sa.ts';

/** HASH(CKY-I | CKY-R | IP | Port) with the negotiated hash. */
function discoveryHash(sa: IsakmpSa, endpoint: Endpoint): Uint8Array {
  const port = new Uint8Array(2);
  port[0] = endpoint.port >>> 8;
  port[1] = endpoint.port;
  return hashOf(sa).digest(passingOctets(sa.initiatorCookie, sa.responderCookie, endpoint.octets, port));
}

/** The two NAT-D payloads of a sender: the other end first, then itself. With `force`, itself is made up. */
export function natDiscoveryPayloads(sa: IsakmpSa, setting: Phase1Setting): NatDiscoveryPayload[] {
  const remote = discoveryHash(sa, sa.remote);
  const own =
    setting.policy.natTraversal === 'force' ? setting.random(remote.length) : discoveryHash(sa, sa.own);
  return [
    { kind: 'nat-discovery', data: remote },
    { kind: 'nat-discovery', data: own },
  ];
}

/** Whether both ends look for NATs. */
export function usesNatTraversal(sa: IsakmpSa, setting: Phase1Setting): boolean {
  return setting.policy.natTraversal !== 'off' && handshakeOf(sa).peerSupportsNatTraversal;
}

/**
 * Takes note of NATs that the NAT-D payloads of the other end show: before us when its view of us is
 * not our address, before the other end when none of its own addresses is the one we see. Without
 * NAT-D payloads nothing is shown.
 */
export function noteNats(sa: IsakmpSa, payloads: readonly Payload[], setting: Phase1Setting): void {
  sa.isNatted = false;
  sa.isRemoteNatted = false;
  if (!usesNatTraversal(sa, setting)) return;
  if (setting.policy.natTraversal === 'force') {
    sa.isNatted = true;
    sa.isRemoteNatted = true;
    return;
  }
  sa.isNatted = showsNat(sa, payloads);
  sa.isRemoteNatted = sa.isNatted && showsRemoteNat(sa, payloads);
}

/** Whether the NAT-D payloads of the other end show a NAT before either end. */
export function showsNat(sa: IsakmpSa, payloads: readonly Payload[]): boolean {
  const [ofUs, ...ofThem] = payloads.filter((payload) => payload.kind === 'nat-discovery');
  if (ofUs === undefined || ofThem.length === 0) return false;
  return !equalOctets(ofUs.data, discoveryHash(sa, sa.own)) || showsRemoteNat(sa, payloads);
}

function showsRemoteNat(sa: IsakmpSa, payloads: readonly Payload[]): boolean {
  const seen = discoveryHash(sa, sa.remote);
  const [, ...ofThem] = payloads.filter((payload) => payload.kind === 'nat-discovery');
  return ofThem.length > 0 && !ofThem.some((payload) => equalOctets(payload.data, seen));
}
