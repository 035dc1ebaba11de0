/** What a child SA protects: the IDci and IDcr of quick mode as values (RFC 2409 §5.5, RFC 2407 §4.6.2). */
import type { IdentificationPayload } from './wire/message.ts';
import { IdentificationType } from './wire/numbers.ts';

/** A protected network or address of a child SA. */
export interface Selector {
  /** ipv4Subnet, ipv6Subnet, ipv4Address or ipv6Address. */
  readonly idType: number;
  /** Address, or address and mask, as in the ID payload. */
  readonly data: Uint8Array;
}

/** An ID payload of quick mode that selects all protocols and ports. */
export function selectorPayload(selector: Selector): IdentificationPayload {
  return { kind: 'identification', idType: selector.idType, protocolId: 0, port: 0, data: selector.data };
}

interface Range {
  readonly first: Uint8Array;
  readonly last: Uint8Array;
}

/** First and last address of what an ID payload names; undefined for names and malformed data. */
function rangeOf(selector: Selector): Range | undefined {
  const { idType, data } = selector;
  switch (idType) {
    case IdentificationType.ipv4Address:
      return data.length === 4 ? { first: data, last: data } : undefined;
    case IdentificationType.ipv6Address:
      return data.length === 16 ? { first: data, last: data } : undefined;
    case IdentificationType.ipv4Subnet:
      return data.length === 8 ? subnetRange(data) : undefined;
    case IdentificationType.ipv6Subnet:
      return data.length === 32 ? subnetRange(data) : undefined;
    case IdentificationType.ipv4Range:
      return data.length === 8 ? orderedRange(data.subarray(0, 4), data.subarray(4)) : undefined;
    case IdentificationType.ipv6Range:
      return data.length === 32 ? orderedRange(data.subarray(0, 16), data.subarray(16)) : undefined;
    default:
      return undefined;
  }
}

/** Undefined when the addresses are the wrong way round. */
function orderedRange(first: Uint8Array, last: Uint8Array): Range | undefined {
  return isNotAfter(first, last) ? { first, last } : undefined;
}

function subnetRange(data: Uint8Array): Range {
  const half = data.length / 2;
  const first = new Uint8Array(half);
  const last = new Uint8Array(half);
  for (let i = 0; i < half; i++) {
    const address = data[i] as number;
    const mask = data[half + i] as number;
    first[i] = address & mask;
    last[i] = address | (~mask & 0xff);
  }
  return { first, last };
}

function isNotAfter(a: Uint8Array, b: Uint8Array): boolean {
  for (let i = 0; i < a.length; i++) {
    const difference = (a[i] as number) - (b[i] as number);
    if (difference !== 0) return difference < 0;
  }
  return true;
}

/** Whether every address of `inner` is one of `outer`. IKEv1 has no narrowing: a proposal outside is refused whole. */
export function isWithin(inner: Selector, outer: Selector): boolean {
  const a = rangeOf(inner);
  const b = rangeOf(outer);
  if (a === undefined || b === undefined || a.first.length !== b.first.length) return false;
  return isNotAfter(b.first, a.first) && isNotAfter(a.last, b.last);
}

/** Whether an address of 4 or 16 octets is one of the selector's. */
export function includesAddress(selector: Selector, address: Uint8Array): boolean {
  const range = rangeOf(selector);
  if (range === undefined || range.first.length !== address.length) return false;
  return isNotAfter(range.first, address) && isNotAfter(address, range.last);
}

/**
 * An address of the selector for a host to have: the first one, or the second where the first is that
 * of a network. Undefined for names and malformed data, and for all addresses together (0.0.0.0/0, ::/0).
 */
export function firstHostOf(selector: Selector): Uint8Array | undefined {
  const range = rangeOf(selector);
  if (range === undefined) return undefined;
  const { first, last } = range;
  if (first.every((octet) => octet === 0)) return undefined;
  const isNetwork =
    (selector.idType === IdentificationType.ipv4Subnet ||
      selector.idType === IdentificationType.ipv6Subnet) &&
    sizeExceedsTwo(first, last);
  if (!isNetwork) return first;
  const address = first.slice();
  // Host bits of a network are zero, so nothing is carried.
  address[address.length - 1] = (address[address.length - 1] as number) | 1;
  return address;
}

function sizeExceedsTwo(first: Uint8Array, last: Uint8Array): boolean {
  const end = first.length - 1;
  if ((last[end] as number) - (first[end] as number) > 1) return true;
  for (let i = 0; i < end; i++) if (first[i] !== last[i]) return true;
  return false;
}
