/** Misdeeds done to whole messages on their way out: octets in, octets out. */
import { COOKIE_LENGTH, HEADER_LENGTH, HeaderOffset, NON_ESP_MARKER_LENGTH } from '../../ike/wire/numbers.ts';
import { hasNonEspMarker } from '../../ike/wire/non-esp-marker.ts';
import { type DrawBelow, withOneWrongBit } from './payload-misdeed.ts';
import type { DatagramMisdeed } from './rule.ts';

const ONE_MAJOR = 0x10;
const ONE_MINOR = 0x01;
/** Bits of the flags that mean nothing (RFC 2408 §3.1). */
const RESERVED_FLAGS = 0xf8;

/**
 * What is sent in place of a message: none, one or more datagrams. `isInitiator`: the end that sends began the SA,
 * so that its cookie is the first one.
 */
export function misuseDatagram(
  misdeed: DatagramMisdeed,
  octets: Uint8Array,
  isInitiator: boolean,
  drawBelow: DrawBelow,
): readonly Uint8Array[] {
  const start = hasNonEspMarker(octets) ? NON_ESP_MARKER_LENGTH : 0;
  const ownCookie = start + (isInitiator ? 0 : COOKIE_LENGTH);
  switch (misdeed) {
    case 'drop':
    case 'no-retransmission':
      return [];
    case 'duplicate':
      return [octets, octets];
    case 'corrupt':
      return [withOneWrongBit(octets, start + HEADER_LENGTH, drawBelow)];
    case 'truncate':
      return [octets.subarray(0, start + HEADER_LENGTH + ((octets.length - start - HEADER_LENGTH) >>> 1))];
    case 'major-version':
      return [changed(octets, (copy) => (copy[start + HeaderOffset.version]! += ONE_MAJOR))];
    case 'minor-version':
      return [changed(octets, (copy) => (copy[start + HeaderOffset.version]! += ONE_MINOR))];
    case 'reserved-flags':
      return [changed(octets, (copy) => (copy[start + HeaderOffset.flags]! |= RESERVED_FLAGS))];
    case 'zero-cookie':
      return [changed(octets, (copy) => copy.fill(0, ownCookie, ownCookie + COOKIE_LENGTH))];
    case 'wrong-cookie':
      return [changed(octets, (copy) => (copy[ownCookie + COOKIE_LENGTH - 1]! ^= 1 << drawBelow(8)))];
  }
}

function changed(octets: Uint8Array, change: (copy: Uint8Array) => void): Uint8Array {
  const copy = octets.slice();
  change(copy);
  return copy;
}
