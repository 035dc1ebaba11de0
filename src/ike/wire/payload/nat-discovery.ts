/**
 * NAT discovery payload (RFC 3947 §3.2; type 0x82 in its drafts); body after the generic header:
 *
 * ```text
 *  0                   1                   2                   3
 *  0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 * +---------------------------------------------------------------+
 * |           HASH(CKY-I | CKY-R | IP address | port)             .
 * +---------------------------------------------------------------+
 * ```
 */
import type { NatDiscoveryPayload } from '../message.ts';
import type { Reader } from '../reader.ts';
import type { Writer } from '../writer.ts';

/** Reads the body; any number of octets will do. `isDraft`: it came under the drafts' number. */
export function decodeNatDiscovery(body: Reader, isDraft: boolean): NatDiscoveryPayload {
  const payload: NatDiscoveryPayload = { kind: 'nat-discovery', data: body.readRest() };
  if (isDraft) payload.draft = true;
  return payload;
}

/** Octets of the body. */
export function natDiscoveryLength(payload: NatDiscoveryPayload): number {
  return payload.data.length;
}

/** Writes the body. */
export function encodeNatDiscovery(payload: NatDiscoveryPayload, writer: Writer): void {
  writer.writeOctets(payload.data);
}
