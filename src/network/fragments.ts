/** How IP cuts a UDP datagram that is larger than the link takes (RFC 791 §3.2, RFC 8200 §4.5). */

/** Packets that a datagram makes, and octets of all of them on the wire, IP and UDP headers included. */
export interface Packets {
  readonly count: number;
  readonly octets: number;
}

/** UDP payload of `length` octets over IPv4 (`addressLength` 4) or IPv6 (16); without `mtu` it is one packet. */
export function packetsOf(length: number, addressLength: number, mtu: number | undefined): Packets {
  const ipHeader = addressLength === 4 ? IPV4_HEADER : IPV6_HEADER;
  const data = UDP_HEADER + length;
  if (mtu === undefined || ipHeader + data <= mtu) return { count: 1, octets: ipHeader + data };
  const header = addressLength === 4 ? IPV4_HEADER : IPV6_HEADER + IPV6_FRAGMENT_HEADER;
  const last = mtu - header;
  // Every fragment but the last carries whole units of eight octets.
  const count = 1 + Math.ceil((data - last) / (last & ~7));
  return { count, octets: data + count * header };
}

/** No link takes less: IPv4 wants 68 octets (RFC 791), and below 576 nothing works in practice; IPv6 wants 1280. */
export const LEAST_MTU = 576;

const UDP_HEADER = 8;
const IPV4_HEADER = 20;
const IPV6_HEADER = 40;
const IPV6_FRAGMENT_HEADER = 8;
