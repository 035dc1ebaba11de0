/**
 * What comes on UDP port 4500 (RFC 3948 §2), told apart by its first octets.
 *
 * ```text
 * IKE         00 00 00 00 (non-ESP marker) | IKE message
 * ESP         SPI, never 0 | sequence number | ...
 * keepalive   ff, and nothing else
 * ```
 */
import { hasNonEspMarker, isNatKeepalive } from '../wire/non-esp-marker.ts';
import { ESP_HEADER_LENGTH } from './protection.ts';

export type DatagramKind = 'ike' | 'esp' | 'keepalive' | 'malformed';

/**
 * Which of them a UDP payload is, by what cannot be mistaken; whether an IKE message or an ESP
 * packet is right is for its own reader to say. Malformed is what is too short for both.
 */
export function classifyDatagram(octets: Uint8Array): DatagramKind {
  if (isNatKeepalive(octets)) return 'keepalive';
  if (hasNonEspMarker(octets)) return 'ike';
  return octets.length < ESP_HEADER_LENGTH ? 'malformed' : 'esp';
}
