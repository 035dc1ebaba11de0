/**
 * How IKE and ESP share UDP port 4500 (RFC 3948 §2).
 *
 * ```text
 *  0                   1                   2                   3
 *  0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 * +---------------------------------------------------------------+
 * |            non-ESP marker: zero, which no SPI can be          |
 * +---------------------------------------------------------------+
 * |                         IKE message                           .
 * +---------------------------------------------------------------+
 * ```
 */
import { NON_ESP_MARKER_LENGTH } from './numbers.ts';
import { uint32At } from './octets.ts';

const KEEPALIVE = 0xff;

/**
 * Whether a UDP payload begins with the marker (RFC 3948 §2.2). On port 4500 anything else but a
 * keepalive is ESP; on other ports the caller must know whether a marker is used.
 */
export function hasNonEspMarker(octets: Uint8Array): boolean {
  return octets.length >= NON_ESP_MARKER_LENGTH && uint32At(octets, 0) === 0;
}

/** A view of what follows the marker; `octets` itself when there is none. */
export function stripNonEspMarker(octets: Uint8Array): Uint8Array {
  return hasNonEspMarker(octets) ? octets.subarray(NON_ESP_MARKER_LENGTH) : octets;
}

/** Fresh octets: the marker, then the message. */
export function addNonEspMarker(message: Uint8Array): Uint8Array {
  const octets = new Uint8Array(NON_ESP_MARKER_LENGTH + message.length);
  octets.set(message, NON_ESP_MARKER_LENGTH);
  return octets;
}

/** Whether a UDP payload is a NAT keepalive: the single octet 0xff (RFC 3948 §2.3). */
export function isNatKeepalive(octets: Uint8Array): boolean {
  return octets.length === 1 && octets[0] === KEEPALIVE;
}
