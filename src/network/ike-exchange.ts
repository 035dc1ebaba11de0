/** What a firewall can tell about a datagram of IKE without any key: the exchange type of its header (RFC 2408 §3.1). */
import { hasNonEspMarker, isNatKeepalive } from '../ike/wire/non-esp-marker.ts';
import { ExchangeType, HEADER_LENGTH, HeaderOffset, NON_ESP_MARKER_LENGTH } from '../ike/wire/numbers.ts';

export const IKE_EXCHANGES = [
  'base',
  'main',
  'authentication-only',
  'aggressive',
  'informational',
  'transaction',
  'quick',
  'new-group',
  /** ESP in UDP (RFC 3948 §2.1). */
  'esp',
  /** The one octet that keeps a NAT mapping alive (RFC 3948 §2.3). */
  'keepalive',
  /** Any other, of other versions, or no IKE at all. */
  'other',
] as const;
export type IkeExchange = (typeof IKE_EXCHANGES)[number];

/**
 * The exchange that a UDP payload sent to `port` belongs to. On port 500 there is never a marker
 * (RFC 3947 §4); elsewhere the first four octets are zero before IKE and the SPI of ESP.
 */
export function ikeExchangeOf(octets: Uint8Array, port: number): IkeExchange {
  if (isNatKeepalive(octets)) return 'keepalive';
  let offset = 0;
  if (port !== IKE_PORT && octets.length >= NON_ESP_MARKER_LENGTH) {
    if (hasNonEspMarker(octets)) offset = NON_ESP_MARKER_LENGTH;
    else if (port === NAT_PORT) return 'esp';
  }
  if (octets.length < offset + HEADER_LENGTH || octets[offset + HeaderOffset.version]! >> 4 !== 1)
    return 'other';
  return WORD_OF_TYPE.get(octets[offset + HeaderOffset.exchangeType]!) ?? 'other';
}

const IKE_PORT = 500;
const NAT_PORT = 4500;
const WORD_OF_TYPE: ReadonlyMap<number, IkeExchange> = new Map([
  [ExchangeType.base, 'base'],
  [ExchangeType.identityProtection, 'main'],
  [ExchangeType.authenticationOnly, 'authentication-only'],
  [ExchangeType.aggressive, 'aggressive'],
  [ExchangeType.informational, 'informational'],
  [ExchangeType.transaction, 'transaction'],
  [ExchangeType.quickMode, 'quick'],
  [ExchangeType.newGroupMode, 'new-group'],
]);
