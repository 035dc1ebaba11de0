/**
 * IP packets inside a tunnel (RFC 791, RFC 8200), as far as test traffic needs them: no options, no
 * extension headers, no fragments.
 *
 * ```text
 * IPv4   45 00 | length (2) | 0000 4000 (do not fragment) | 40 (hops) | protocol | checksum (2)
 *        source (4) | destination (4) | payload
 * IPv6   60 00 00 00 | payload length (2) | protocol | 40 (hops)
 *        source (16) | destination (16) | payload
 * ```
 */
import { Writer } from '../wire/writer.ts';
import { foldChecksum, sumWords } from './internet-checksum.ts';

const IPV4_HEADER_LENGTH = 20;
const IPV4_CHECKSUM_OFFSET = 10;
const IPV6_HEADER_LENGTH = 40;
const HOPS = 0x40;
const DO_NOT_FRAGMENT = 0x4000;
/** More fragments, and the offset of this one. */
const FRAGMENT_MASK = 0x3fff;

/** Octets in network order, 4 or 16 in both. */
export interface InnerAddresses {
  readonly source: Uint8Array;
  readonly destination: Uint8Array;
}

export interface InnerPacket {
  readonly addresses: InnerAddresses;
  /** Of the payload, by the numbers of `NextHeader`. */
  readonly protocol: number;
  readonly payload: Uint8Array;
}

/**
 * A whole IP packet, of the version that the addresses have.
 * @throws RangeError for addresses of different or no version, and when the packet would be too long.
 */
export function encodeInnerPacket({ addresses, protocol, payload }: InnerPacket): Uint8Array {
  const { source, destination } = addresses;
  if (isIpv4(addresses)) {
    const writer = new Writer(IPV4_HEADER_LENGTH + payload.length);
    writer.writeUint16(0x4500);
    writer.writeUint16(writer.octets.length);
    writer.writeUint16(0);
    writer.writeUint16(DO_NOT_FRAGMENT);
    writer.writeUint8(HOPS);
    writer.writeUint8(protocol);
    writer.skip(2);
    writer.writeOctets(source);
    writer.writeOctets(destination);
    const checksum = foldChecksum(sumWords(writer.octets.subarray(0, IPV4_HEADER_LENGTH)));
    writer.octets[IPV4_CHECKSUM_OFFSET] = checksum >>> 8;
    writer.octets[IPV4_CHECKSUM_OFFSET + 1] = checksum;
    writer.writeOctets(payload);
    return writer.octets;
  }
  const writer = new Writer(IPV6_HEADER_LENGTH + payload.length);
  writer.writeUint32(0x6000_0000);
  writer.writeUint16(payload.length);
  writer.writeUint8(protocol);
  writer.writeUint8(HOPS);
  writer.writeOctets(source);
  writer.writeOctets(destination);
  writer.writeOctets(payload);
  return writer.octets;
}

/**
 * Addresses, protocol and payload as views of the octets. Octets after the end of the packet, which
 * padding against traffic analysis adds, are left out. undefined for anything that is no whole IP
 * packet: cut, a fragment, of another version, with a wrong header checksum. Behind extension
 * headers of IPv6 it does not look: `protocol` is the number of the first.
 */
export function decodeInnerPacket(octets: Uint8Array): InnerPacket | undefined {
  switch ((octets[0] ?? 0) >>> 4) {
    case 4:
      return decodeIpv4(octets);
    case 6:
      return decodeIpv6(octets);
    default:
      return undefined;
  }
}

/**
 * Whether the addresses are of IPv4, else of IPv6.
 * @throws RangeError when they are of different or no version.
 */
export function isIpv4({ source, destination }: InnerAddresses): boolean {
  if (source.length !== destination.length || (source.length !== 4 && source.length !== 16)) {
    throw new RangeError(
      `addresses of ${source.length} and ${destination.length} octets, not both of 4 or both of 16`,
    );
  }
  return source.length === 4;
}

function decodeIpv4(octets: Uint8Array): InnerPacket | undefined {
  if (octets.length < IPV4_HEADER_LENGTH) return undefined;
  const headerLength = ((octets[0] as number) & 0x0f) * 4;
  const length = uint16At(octets, 2);
  if (headerLength < IPV4_HEADER_LENGTH || length < headerLength || length > octets.length) return undefined;
  if (foldChecksum(sumWords(octets.subarray(0, headerLength))) !== 0) return undefined;
  if ((uint16At(octets, 6) & FRAGMENT_MASK) !== 0) return undefined;
  return {
    addresses: { source: octets.subarray(12, 16), destination: octets.subarray(16, 20) },
    protocol: octets[9] as number,
    payload: octets.subarray(headerLength, length),
  };
}

function decodeIpv6(octets: Uint8Array): InnerPacket | undefined {
  if (octets.length < IPV6_HEADER_LENGTH) return undefined;
  const end = IPV6_HEADER_LENGTH + uint16At(octets, 4);
  if (end > octets.length) return undefined;
  return {
    addresses: { source: octets.subarray(8, 24), destination: octets.subarray(24, 40) },
    protocol: octets[6] as number,
    payload: octets.subarray(IPV6_HEADER_LENGTH, end),
  };
}

function uint16At(octets: Uint8Array, offset: number): number {
  return ((octets[offset] as number) << 8) | (octets[offset + 1] as number);
}
