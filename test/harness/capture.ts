/** Reads captures of other people for tests: pcap and pcapng, gzipped or not, down to UDP payloads. */
import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { IpReassembler } from './ip-reassembly.ts';

export interface CapturedEndpoint {
  /** IPv4 in dotted form, IPv6 as eight groups without leading zeros. */
  readonly address: string;
  readonly port: number;
}

export interface CapturedDatagram {
  /** Since the first frame of the capture; absent where the capture has no times. */
  readonly timeNs?: number;
  readonly source: CapturedEndpoint;
  readonly destination: CapturedEndpoint;
  /** UDP payload, the non-ESP marker included where there is one; cut where the capture was cut. */
  readonly payload: Uint8Array;
}

interface Frame {
  readonly linkType: number;
  readonly time?: bigint;
  readonly octets: DataView;
}

interface Interface {
  readonly linkType: number;
  readonly snapLength: number;
  readonly unitsPerSecond: bigint;
}

const NS_PER_SECOND = 1_000_000_000n;
const LinkType = {
  null: 0,
  ethernet: 1,
  rawOld: 12,
  raw: 101,
  loop: 108,
  linuxCooked: 113,
  linuxCooked2: 276,
};
const EtherType = { ipv4: 0x0800, ipv6: 0x86dd, vlan: 0x8100, vlanOuter: 0x88a8 };
const UDP = 17;

/**
 * UDP datagrams from or to one of `ports`, in the order of the capture; one in IP fragments where
 * its last fragment came. When fragments lack, what begins it follows at the end. Other frames are
 * left out.
 * @throws Error for a file that is no capture, or a link type that is not known here.
 */
export function readCapture(path: string, ports: readonly number[] = [500, 4500]): CapturedDatagram[] {
  const frames = readFrames(path);
  const datagrams: CapturedDatagram[] = [];
  const reassembler = new IpReassembler();
  let first: bigint | undefined;
  const take = (packet: DataView | undefined, time: bigint | undefined): void => {
    const datagram = readUdp(packet);
    if (datagram === undefined) return;
    if (!ports.includes(datagram.source.port) && !ports.includes(datagram.destination.port)) return;
    if (time === undefined || first === undefined) datagrams.push(datagram);
    else datagrams.push({ timeNs: Number(time - first), ...datagram });
  };
  for (const frame of frames) {
    first ??= frame.time;
    const packet = networkLayer(frame);
    if (packet !== undefined) take(reassembler.add(packet), frame.time);
  }
  for (const packet of reassembler.cutPackets()) take(packet, undefined);
  return datagrams;
}

/**
 * IP packets in the order of the capture, of whatever protocol; a frame's padding stays at the end.
 * @throws Error as `readCapture` does.
 */
export function readIpPackets(path: string): Uint8Array[] {
  return readFrames(path).flatMap((frame) => {
    const packet = networkLayer(frame);
    return packet === undefined ? [] : new Uint8Array(packet.buffer, packet.byteOffset, packet.byteLength);
  });
}

function readFrames(path: string): Frame[] {
  let octets: Uint8Array = readFileSync(path);
  if (octets[0] === 0x1f && octets[1] === 0x8b) octets = gunzipSync(octets);
  const file = new DataView(octets.buffer, octets.byteOffset, octets.byteLength);
  return file.getUint32(0) === 0x0a0d0d0a ? readPcapng(file) : readPcap(file);
}

function readPcap(file: DataView): Frame[] {
  const magic = file.getUint32(0);
  const littleEndian = magic === 0xd4c3b2a1 || magic === 0x4d3cb2a1;
  const unit = magic === 0xa1b2c3d4 || magic === 0xd4c3b2a1 ? 1000n : 1n;
  if (!littleEndian && magic !== 0xa1b2c3d4 && magic !== 0xa1b23c4d)
    throw new Error('no pcap or pcapng file');
  const linkType = file.getUint32(20, littleEndian) & 0xffff;
  const frames: Frame[] = [];
  let offset = 24;
  while (offset + 16 <= file.byteLength) {
    const seconds = BigInt(file.getUint32(offset, littleEndian));
    const fraction = BigInt(file.getUint32(offset + 4, littleEndian));
    const length = file.getUint32(offset + 8, littleEndian);
    frames.push({
      linkType,
      time: seconds * NS_PER_SECOND + fraction * unit,
      octets: part(file, offset + 16, length),
    });
    offset += 16 + length;
  }
  return frames;
}

function readPcapng(file: DataView): Frame[] {
  const frames: Frame[] = [];
  let interfaces: Interface[] = [];
  let littleEndian = false;
  let offset = 0;
  while (offset + 12 <= file.byteLength) {
    const isSection = file.getUint32(offset) === 0x0a0d0d0a;
    if (isSection) {
      littleEndian = file.getUint32(offset + 8) === 0x4d3c2b1a;
      interfaces = [];
    }
    const type = file.getUint32(offset, littleEndian);
    const length = file.getUint32(offset + 4, littleEndian);
    if (length < 12 || length % 4 !== 0) throw new Error(`pcapng block of ${length} octets`);
    const body = part(file, offset + 8, length - 12);
    if (type === 1) interfaces.push(readInterface(body, littleEndian));
    else if (type === 3 || type === 6) frames.push(readPacket(body, littleEndian, type, interfaces));
    offset += length;
  }
  return frames;
}

function readPacket(
  body: DataView,
  littleEndian: boolean,
  type: 3 | 6,
  interfaces: readonly Interface[],
): Frame {
  const from = interfaces[type === 6 ? body.getUint32(0, littleEndian) : 0];
  if (from === undefined) throw new Error('pcapng packet of an interface that was not described');
  const { linkType, snapLength, unitsPerSecond } = from;
  if (type === 3) {
    const original = body.getUint32(0, littleEndian);
    return { linkType, octets: part(body, 4, snapLength === 0 ? original : Math.min(original, snapLength)) };
  }
  const high = BigInt(body.getUint32(4, littleEndian));
  const units = (high << 32n) | BigInt(body.getUint32(8, littleEndian));
  const time = (units * NS_PER_SECOND) / unitsPerSecond;
  return { linkType, time, octets: part(body, 20, body.getUint32(12, littleEndian)) };
}

function readInterface(body: DataView, littleEndian: boolean): Interface {
  let unitsPerSecond = 1_000_000n;
  let offset = 8;
  while (offset + 4 <= body.byteLength) {
    const code = body.getUint16(offset, littleEndian);
    const length = body.getUint16(offset + 2, littleEndian);
    if (code === 0) break;
    if (code === 9) {
      const resolution = body.getUint8(offset + 4);
      unitsPerSecond =
        (resolution & 0x80) !== 0 ? 2n ** BigInt(resolution & 0x7f) : 10n ** BigInt(resolution);
    }
    offset += 4 + Math.ceil(length / 4) * 4;
  }
  return {
    linkType: body.getUint16(0, littleEndian),
    snapLength: body.getUint32(4, littleEndian),
    unitsPerSecond,
  };
}

/** The IP packet in a frame; undefined when there is none. */
function networkLayer({ linkType, octets }: Frame): DataView | undefined {
  switch (linkType) {
    case LinkType.ethernet:
      return afterEtherType(octets, 12);
    case LinkType.linuxCooked:
      return afterEtherType(octets, 14);
    case LinkType.linuxCooked2:
      return octets.byteLength > 20 && isIp(octets.getUint16(0)) ? rest(octets, 20) : undefined;
    case LinkType.null:
    case LinkType.loop:
      return rest(octets, 4);
    case LinkType.raw:
    case LinkType.rawOld:
      return octets;
    default:
      throw new Error(`link type ${linkType} is not known`);
  }
}

function afterEtherType(octets: DataView, at: number): DataView | undefined {
  if (octets.byteLength < at + 2) return undefined;
  const etherType = octets.getUint16(at);
  if (etherType === EtherType.vlan || etherType === EtherType.vlanOuter)
    return afterEtherType(octets, at + 4);
  return isIp(etherType) ? rest(octets, at + 2) : undefined;
}

function isIp(etherType: number): boolean {
  return etherType === EtherType.ipv4 || etherType === EtherType.ipv6;
}

function readUdp(packet: DataView | undefined): Omit<CapturedDatagram, 'timeNs'> | undefined {
  if (packet === undefined || packet.byteLength < 20) return undefined;
  const version = packet.getUint8(0) >> 4;
  if (version === 4) {
    if (packet.getUint8(9) !== UDP) return undefined;
    const headerLength = (packet.getUint8(0) & 0x0f) * 4;
    return udpDatagram(rest(packet, headerLength), ipv4(packet, 12), ipv4(packet, 16));
  }
  if (version !== 6 || packet.byteLength < 40 || packet.getUint8(6) !== UDP) return undefined;
  return udpDatagram(rest(packet, 40), ipv6(packet, 8), ipv6(packet, 24));
}

function udpDatagram(
  segment: DataView,
  source: string,
  destination: string,
): Omit<CapturedDatagram, 'timeNs'> | undefined {
  if (segment.byteLength < 8) return undefined;
  const payload = part(segment, 8, Math.max(0, segment.getUint16(4) - 8));
  return {
    source: { address: source, port: segment.getUint16(0) },
    destination: { address: destination, port: segment.getUint16(2) },
    payload: new Uint8Array(payload.buffer, payload.byteOffset, payload.byteLength),
  };
}

function ipv4(packet: DataView, offset: number): string {
  return [0, 1, 2, 3].map((i) => packet.getUint8(offset + i)).join('.');
}

function ipv6(packet: DataView, offset: number): string {
  return [0, 2, 4, 6, 8, 10, 12, 14].map((i) => packet.getUint16(offset + i).toString(16)).join(':');
}

/** As many of `length` octets as there are. */
function part(view: DataView, offset: number, length: number): DataView {
  const start = Math.min(offset, view.byteLength);
  return new DataView(view.buffer, view.byteOffset + start, Math.min(length, view.byteLength - start));
}

function rest(view: DataView, offset: number): DataView {
  return part(view, offset, view.byteLength);
}
