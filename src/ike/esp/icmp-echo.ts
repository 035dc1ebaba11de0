/**
 * Echo request and reply, which a ping is made of (RFC 792, RFC 4443 §4).
 *
 * ```text
 *  0                   1                   2                   3
 *  0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 * +---------------+---------------+-------------------------------+
 * | type          |    code 0     |           checksum            |
 * +---------------+---------------+-------------------------------+
 * |          identifier           |            sequence           |
 * +-------------------------------+-------------------------------+
 * |                       data (variable)                         ~
 * +---------------------------------------------------------------+
 * type: 8 request, 0 reply; ICMPv6 128 request, 129 reply
 * ```
 *
 * The checksum of ICMPv6 covers a pseudo-header with the addresses too (RFC 4443 §2.3), which is why
 * they are asked for in transport mode. There they are the ones that the far end sees.
 */
import { uint32Octets } from '../wire/octets.ts';
import { Reader } from '../wire/reader.ts';
import { Writer } from '../wire/writer.ts';
import { decodeInnerPacket, encodeInnerPacket, isIpv4 } from './inner-packet.ts';
import type { InnerAddresses } from './inner-packet.ts';
import { foldChecksum, sumWords } from './internet-checksum.ts';
import { NextHeader } from './next-header.ts';

const HEADER_LENGTH = 8;
const CHECKSUM_OFFSET = 2;
const IPV4_TYPES = { request: 8, reply: 0 } as const;
const IPV6_TYPES = { request: 128, reply: 129 } as const;

export interface Echo {
  readonly kind: 'request' | 'reply';
  /** 16 bits: whose ping it is. */
  readonly identifier: number;
  /** 16 bits: which of the pings. */
  readonly sequence: number;
  readonly data: Uint8Array;
}

export interface EchoPacket {
  readonly addresses: InnerAddresses;
  readonly echo: Echo;
}

/** The protocol of ICMP between two addresses: the next header of an echo in transport mode. */
export function icmpProtocol(addresses: InnerAddresses): number {
  return isIpv4(addresses) ? NextHeader.icmp : NextHeader.icmpv6;
}

/**
 * The ICMP message alone, for transport mode.
 * @throws RangeError for numbers of more than 16 bits and for addresses of different or no version.
 */
export function encodeEcho(
  { kind, identifier, sequence, data }: Echo,
  addresses: InnerAddresses,
): Uint8Array {
  const writer = new Writer(HEADER_LENGTH + data.length);
  writer.writeUint8((isIpv4(addresses) ? IPV4_TYPES : IPV6_TYPES)[kind]);
  writer.skip(3);
  writer.writeUint16(identifier);
  writer.writeUint16(sequence);
  writer.writeOctets(data);
  const checksum = checksumOf(writer.octets, addresses);
  writer.octets[CHECKSUM_OFFSET] = checksum >>> 8;
  writer.octets[CHECKSUM_OFFSET + 1] = checksum;
  return writer.octets;
}

/** The echo in an ICMP message; undefined for any other message and for a wrong checksum. The data are a view. */
export function decodeEcho(message: Uint8Array, addresses: InnerAddresses): Echo | undefined {
  if (message.length < HEADER_LENGTH || checksumOf(message, addresses) !== 0) return undefined;
  const reader = new Reader(message);
  const type = reader.readUint8('type');
  const code = reader.readUint8('code');
  const types = isIpv4(addresses) ? IPV4_TYPES : IPV6_TYPES;
  const kind = type === types.request ? 'request' : type === types.reply ? 'reply' : undefined;
  if (kind === undefined || code !== 0) return undefined;
  reader.readUint16('checksum');
  const identifier = reader.readUint16('identifier');
  const sequence = reader.readUint16('sequence');
  return { kind, identifier, sequence, data: reader.readRest() };
}

/**
 * A whole IP packet, for tunnel mode; its next header is that of `tunnelNextHeader`.
 * @throws RangeError as `encodeEcho` does, and for more data than an IP packet holds.
 */
export function encodeEchoPacket({ addresses, echo }: EchoPacket): Uint8Array {
  const payload = encodeEcho(echo, addresses);
  return encodeInnerPacket({ addresses, protocol: icmpProtocol(addresses), payload });
}

/** The echo in an IP packet; undefined for any other packet, a damaged one, or a fragment. */
export function decodeEchoPacket(packet: Uint8Array): EchoPacket | undefined {
  const inner = decodeInnerPacket(packet);
  if (inner === undefined || inner.protocol !== icmpProtocol(inner.addresses)) return undefined;
  const echo = decodeEcho(inner.payload, inner.addresses);
  return echo && { addresses: inner.addresses, echo };
}

/**
 * The reply to an echo request of one host to one host, as an IP packet with the same data;
 * undefined for every other packet. The caller knows that the destination is its own.
 */
export function answerEcho(packet: Uint8Array): Uint8Array | undefined {
  const request = decodeEchoPacket(packet);
  const reply = request && replyTo(request);
  return reply && encodeEchoPacket(reply);
}

/** What answers a request from one host to one host, with the same data; undefined for anything else. */
export function replyTo({ addresses, echo }: EchoPacket): EchoPacket | undefined {
  const { source, destination } = addresses;
  if (echo.kind !== 'request' || !isUnicast(source) || !isUnicast(destination)) return undefined;
  return { addresses: { source: destination, destination: source }, echo: { ...echo, kind: 'reply' } };
}

/**
 * The same for transport mode: ICMP message in, ICMP message out.
 * @param addresses Those of the request.
 */
export function answerTransportEcho(message: Uint8Array, addresses: InnerAddresses): Uint8Array | undefined {
  const request = decodeEcho(message, addresses);
  if (request === undefined || request.kind !== 'request') return undefined;
  const { source, destination } = addresses;
  return encodeEcho({ ...request, kind: 'reply' }, { source: destination, destination: source });
}

function checksumOf(message: Uint8Array, addresses: InnerAddresses): number {
  if (isIpv4(addresses)) return foldChecksum(sumWords(message));
  const pseudoHeader = [addresses.source, addresses.destination, uint32Octets(message.length)];
  const sum = pseudoHeader.reduce((total, octets) => sumWords(octets, total), NextHeader.icmpv6 as number);
  return foldChecksum(sumWords(message, sum));
}

/** Whether an address can be that of one host: not unspecified, not multicast, not broadcast (RFC 1122 §3.2.2.6). */
function isUnicast(address: Uint8Array): boolean {
  const [first = 0] = address;
  if (address.every((octet) => octet === 0)) return false;
  return address.length === 4 ? first < 224 : first !== 0xff;
}
