/** What an ESP packet carries (RFC 4303 §2.6, IANA "protocol-numbers"). */

/** IPv4 and IPv6 mean tunnel mode, none a dummy packet, everything else transport mode. */
export const NextHeader = {
  icmp: 0x01,
  ipv4: 0x04,
  tcp: 0x06,
  udp: 0x11,
  ipv6: 0x29,
  icmpv6: 0x3a,
  none: 0x3b,
} as const;

/** The next header for a whole IP packet in tunnel mode; undefined when it is of neither version. */
export function tunnelNextHeader(packet: Uint8Array): number | undefined {
  switch ((packet[0] ?? 0) >>> 4) {
    case 4:
      return NextHeader.ipv4;
    case 6:
      return NextHeader.ipv6;
    default:
      return undefined;
  }
}
