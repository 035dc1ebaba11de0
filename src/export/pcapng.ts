/**
 * Writes pcapng files (draft-ietf-opsawg-pcapng) that hold UDP datagrams, with IP and UDP headers made for
 * them, since peers see payloads only. Link type RAW: packets begin with the IP header.
 *
 *    block:  type (4) | length (4) | body, padded to 4 octets | length (4)
 *    file:   Section Header, Interface Description, then one Enhanced Packet block each datagram
 *
 * Blocks are little-endian, which the byte-order magic says.
 */
import type { Endpoint } from '../ike/endpoint.ts';
import { encodeIpPacket } from './ip-packet.ts';

const BLOCK = {
  sectionHeader: 0x0a0d0d0a,
  interfaceDescription: 0x00000001,
  enhancedPacket: 0x00000006,
} as const;
const BYTE_ORDER_MAGIC = 0x1a2b3c4d;
/** LINKTYPE_RAW: IPv4 or IPv6 without a link layer. */
const LINK_TYPE_RAW = 101;
const OPTION = { end: 0, userApplication: 4, timeResolution: 9 } as const;
/** Time stamps are in units of 10^-9 s. */
const NANOSECONDS = 9;
const BLOCK_OVERHEAD = 12;
const PACKET_FIELDS = 20;

/** One UDP datagram of a capture. */
export interface CapturedDatagram {
  /** Nanoseconds since 1970-01-01 UTC. */
  readonly epochNs: bigint;
  readonly source: Endpoint;
  readonly destination: Endpoint;
  /** UDP payload. */
  readonly payload: Uint8Array;
}

export interface PcapngWriter {
  /**
   * Appends a datagram.
   * @throws RangeError when source and destination are of different families or the payload is too long for UDP.
   */
  write(datagram: CapturedDatagram): void;
}

/** Starts a file: the headers go to `sink` at once, every datagram as one block. The sink may keep the octets. */
export function createPcapngWriter(sink: (octets: Uint8Array) => void): PcapngWriter {
  sink(encodeSectionHeader());
  sink(encodeInterfaceDescription());
  return { write: (datagram) => sink(encodeEnhancedPacket(datagram)) };
}

function encodeBlock(
  type: number,
  bodyLength: number,
  fill: (view: DataView, body: Uint8Array) => void,
): Uint8Array {
  const length = padded(bodyLength) + BLOCK_OVERHEAD;
  const octets = new Uint8Array(length);
  const view = new DataView(octets.buffer);
  view.setUint32(0, type, true);
  view.setUint32(4, length, true);
  view.setUint32(length - 4, length, true);
  const body = octets.subarray(8, length - 4);
  fill(new DataView(body.buffer, body.byteOffset, body.byteLength), body);
  return octets;
}

function padded(length: number): number {
  return (length + 3) & ~3;
}

function putOption(view: DataView, body: Uint8Array, offset: number, code: number, value: Uint8Array): void {
  view.setUint16(offset, code, true);
  view.setUint16(offset + 2, value.length, true);
  body.set(value, offset + 4);
}

function encodeSectionHeader(): Uint8Array {
  const application = new TextEncoder().encode('ikestorm');
  const optionLength = 4 + padded(application.length);
  return encodeBlock(BLOCK.sectionHeader, 16 + optionLength + 4, (view, body) => {
    view.setUint32(0, BYTE_ORDER_MAGIC, true);
    view.setUint16(4, 1, true);
    view.setUint16(6, 0, true);
    // Length of the section: not known.
    view.setBigInt64(8, -1n, true);
    putOption(view, body, 16, OPTION.userApplication, application);
    putOption(view, body, 16 + optionLength, OPTION.end, new Uint8Array());
  });
}

function encodeInterfaceDescription(): Uint8Array {
  return encodeBlock(BLOCK.interfaceDescription, 20, (view, body) => {
    view.setUint16(0, LINK_TYPE_RAW, true);
    // Snapshot length 0: packets are never cut.
    view.setUint32(4, 0, true);
    putOption(view, body, 8, OPTION.timeResolution, Uint8Array.of(NANOSECONDS));
    putOption(view, body, 16, OPTION.end, new Uint8Array());
  });
}

function encodeEnhancedPacket({ epochNs, source, destination, payload }: CapturedDatagram): Uint8Array {
  const packet = encodeIpPacket(source, destination, payload);
  return encodeBlock(BLOCK.enhancedPacket, PACKET_FIELDS + packet.length, (view, body) => {
    view.setUint32(0, 0, true);
    view.setUint32(4, Number(epochNs >> 32n), true);
    view.setUint32(8, Number(epochNs & 0xffffffffn), true);
    view.setUint32(12, packet.length, true);
    view.setUint32(16, packet.length, true);
    body.set(packet, PACKET_FIELDS);
  });
}
