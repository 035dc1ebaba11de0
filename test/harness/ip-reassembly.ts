/** Puts IP fragments of a capture together: certificates make messages longer than a link's MTU. */
import { concatOctets, toHex } from '../../src/ike/wire/octets.ts';

interface Fragment {
  /** Of the packet; the same for all of its fragments. */
  readonly key: string;
  /** As a packet that is no fragment would have it, but for its length. */
  readonly header: Uint8Array;
  readonly offset: number;
  readonly isLast: boolean;
  readonly data: Uint8Array;
}

const IPV4_HEADER_LENGTH = 20;
const IPV6_HEADER_LENGTH = 40;
const FRAGMENT_HEADER_LENGTH = 8;
const FRAGMENT_HEADER = 44;

export class IpReassembler {
  readonly #incomplete = new Map<string, Fragment[]>();

  /** A whole packet: the given one when it is no fragment, all of it when this was the last that lacked. */
  add(packet: DataView): DataView | undefined {
    const fragment = readFragment(packet);
    if (fragment === undefined) return packet;
    const fragments = [...(this.#incomplete.get(fragment.key) ?? []), fragment];
    const { joined, isWhole } = join(fragments);
    if (isWhole) this.#incomplete.delete(fragment.key);
    else this.#incomplete.set(fragment.key, fragments);
    return isWhole ? joined : undefined;
  }

  /** The beginnings of packets whose other fragments did not come. */
  cutPackets(): DataView[] {
    return [...this.#incomplete.values()].flatMap((fragments) => join(fragments).joined ?? []);
  }
}

/** As much as there is without a gap from the beginning on. */
function join(fragments: readonly Fragment[]): { joined?: DataView; isWhole: boolean } {
  const parts: Uint8Array[] = [];
  let end = 0;
  let isWhole = false;
  for (const { offset, data, isLast } of fragments.toSorted((a, b) => a.offset - b.offset)) {
    if (offset > end) break;
    const fresh = data.subarray(end - offset);
    parts.push(fresh);
    end += fresh.length;
    isWhole ||= isLast;
  }
  const header = fragments.find(({ offset }) => offset === 0)?.header;
  if (header === undefined) return { isWhole: false };
  const octets = concatOctets(header, ...parts);
  return { joined: new DataView(octets.buffer), isWhole };
}

function readFragment(packet: DataView): Fragment | undefined {
  if (packet.byteLength < IPV4_HEADER_LENGTH) return undefined;
  return packet.getUint8(0) >> 4 === 4 ? readIpv4(packet) : readIpv6(packet);
}

function octetsOf(packet: DataView, start: number, end: number): Uint8Array {
  return new Uint8Array(packet.buffer, packet.byteOffset, packet.byteLength).subarray(start, end);
}

/** RFC 791 §3.1. */
function readIpv4(packet: DataView): Fragment | undefined {
  const field = packet.getUint16(6);
  const offset = (field & 0x1fff) * 8;
  const hasMore = (field & 0x2000) !== 0;
  if (offset === 0 && !hasMore) return undefined;
  const headerLength = (packet.getUint8(0) & 0x0f) * 4;
  const header = octetsOf(packet, 0, headerLength).slice();
  header.fill(0, 6, 8);
  const key = [octetsOf(packet, 4, 6), octetsOf(packet, 9, 10), octetsOf(packet, 12, 20)].map(toHex).join();
  // A link may have filled the frame up after the packet.
  const data = octetsOf(packet, headerLength, packet.getUint16(2));
  return { key, header, offset, isLast: !hasMore, data };
}

/** RFC 8200 §4.5; a fragment header after other extension headers is not looked for. */
function readIpv6(packet: DataView): Fragment | undefined {
  const start = IPV6_HEADER_LENGTH + FRAGMENT_HEADER_LENGTH;
  if (packet.byteLength < start || packet.getUint8(6) !== FRAGMENT_HEADER) return undefined;
  const field = packet.getUint16(IPV6_HEADER_LENGTH + 2);
  const header = octetsOf(packet, 0, IPV6_HEADER_LENGTH).slice();
  header[6] = packet.getUint8(IPV6_HEADER_LENGTH);
  const key = [octetsOf(packet, 8, 40), octetsOf(packet, 44, 48)].map(toHex).join();
  const data = octetsOf(packet, start, IPV6_HEADER_LENGTH + packet.getUint16(4));
  return { key, header, offset: field & 0xfff8, isLast: (field & 1) === 0, data };
}
