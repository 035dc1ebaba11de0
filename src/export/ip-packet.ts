/**
 * Puts IP and UDP headers before a payload, or the IP header alone before an ESP packet, with correct lengths and checksums (RFC 768, 791, 8200).
 *
 *    IPv4:  45 00 len(2) 0000 4000(DF) 40(TTL) 11(UDP) or 32(ESP) checksum(2) source(4) destination(4)
 *    IPv6:  60000000 len(2) 11(UDP) or 32(ESP) 40(hop limit) source(16) destination(16)
 *    UDP:   source port(2) destination port(2) len(2) checksum(2)
 */
import { PORT_OF_ESP, type Endpoint } from '../ike/endpoint.ts';

const UDP = 0x11;
const ESP = 0x32;
const HOPS = 0x40;
const DO_NOT_FRAGMENT = 0x4000;
const UDP_HEADER_OCTETS = 8;
const IPV4_HEADER_OCTETS = 20;
const IPV6_HEADER_OCTETS = 40;
const MAXIMUM_LENGTH = 0xffff;

/**
 * One whole IPv4 or IPv6 packet.
 * @throws RangeError when the addresses are of different families or the packet would be longer than 65535 octets.
 */
export function encodeIpPacket(source: Endpoint, destination: Endpoint, payload: Uint8Array): Uint8Array {
  if (source.octets.length !== destination.octets.length) {
    throw new RangeError(`${source.address} and ${destination.address} are of different address families`);
  }
  const isIpv4 = source.octets.length === 4;
  const headerOctets = isIpv4 ? IPV4_HEADER_OCTETS : IPV6_HEADER_OCTETS;
  const isEsp = source.port === PORT_OF_ESP && destination.port === PORT_OF_ESP;
  const udpOctets = isEsp ? payload.length : UDP_HEADER_OCTETS + payload.length;
  const limitedOctets = isIpv4 ? headerOctets + udpOctets : udpOctets;
  if (limitedOctets > MAXIMUM_LENGTH)
    throw new RangeError(`${payload.length} octets do not fit into a UDP datagram`);
  const packet = new Uint8Array(headerOctets + udpOctets);
  const view = new DataView(packet.buffer);
  const protocol = isEsp ? ESP : UDP;
  if (isIpv4) putIpv4Header(packet, view, { source, destination, protocol });
  else putIpv6Header(packet, view, { source, destination, protocol });
  if (isEsp) {
    packet.set(payload, headerOctets);
    return packet;
  }
  view.setUint16(headerOctets, source.port);
  view.setUint16(headerOctets + 2, destination.port);
  view.setUint16(headerOctets + 4, udpOctets);
  packet.set(payload, headerOctets + UDP_HEADER_OCTETS);
  const pseudoHeader = sumOf(source.octets) + sumOf(destination.octets) + UDP + udpOctets;
  const checksum = complement(pseudoHeader + sumOf(packet.subarray(headerOctets)));
  // A checksum that comes out as zero is sent as ones; zero means none (RFC 768).
  view.setUint16(headerOctets + 6, checksum === 0 ? 0xffff : checksum);
  return packet;
}

interface IpHeader {
  readonly source: Endpoint;
  readonly destination: Endpoint;
  readonly protocol: number;
}

function putIpv4Header(
  packet: Uint8Array,
  view: DataView,
  { source, destination, protocol }: IpHeader,
): void {
  view.setUint8(0, 0x45);
  view.setUint16(2, packet.length);
  view.setUint16(6, DO_NOT_FRAGMENT);
  view.setUint8(8, HOPS);
  view.setUint8(9, protocol);
  packet.set(source.octets, 12);
  packet.set(destination.octets, 16);
  view.setUint16(10, complement(sumOf(packet.subarray(0, IPV4_HEADER_OCTETS))));
}

function putIpv6Header(
  packet: Uint8Array,
  view: DataView,
  { source, destination, protocol }: IpHeader,
): void {
  view.setUint8(0, 0x60);
  view.setUint16(4, packet.length - IPV6_HEADER_OCTETS);
  view.setUint8(6, protocol);
  view.setUint8(7, HOPS);
  packet.set(source.octets, 8);
  packet.set(destination.octets, 24);
}

/** Sum of 16-bit words, an odd last octet padded with zero; below 2^31 for anything that fits a packet. */
function sumOf(octets: Uint8Array): number {
  let sum = 0;
  for (let at = 0; at < octets.length; at += 2) sum += ((octets[at] ?? 0) << 8) | (octets[at + 1] ?? 0);
  return sum;
}

/** The Internet checksum of a sum: carries folded in, then inverted (RFC 1071). */
function complement(sum: number): number {
  let folded = sum;
  while (folded > 0xffff) folded = (folded & 0xffff) + (folded >>> 16);
  return ~folded & 0xffff;
}
