/** IPv4 and IPv6 addresses, networks and pools of addresses: text, octets and arithmetic. */
import { equalOctets, uint32Octets } from '../ike/wire/octets.ts';
import type { AddressPool } from './scenario.ts';

/** A text that names no address, network or pool. */
export class AddressError extends Error {
  override readonly name = 'AddressError';
  readonly hint: string | undefined;

  constructor(message: string, hint?: string) {
    super(message);
    this.hint = hint;
  }
}

/** An address block, `10.1.0.0/16`. */
export interface Network {
  /** 4 or 16 octets, host bits zero. */
  readonly octets: Uint8Array;
  readonly prefixLength: number;
}

/**
 * Octets of an address in network order: 4 of a dotted one, 16 of an IPv6 one (RFC 4291 §2.2, also
 * with a dotted tail). Undefined when the text is neither; no zone, no octal, no short forms.
 */
export function parseAddress(text: string): Uint8Array | undefined {
  return text.includes(':') ? parseIpv6(text) : parseIpv4(text);
}

/** Text of 4 or 16 octets; IPv6 as RFC 5952 wants it. */
export function formatAddress(octets: Uint8Array): string {
  if (octets.length === 4) return `${octets[0]}.${octets[1]}.${octets[2]}.${octets[3]}`;
  const words: number[] = [];
  for (let i = 0; i < 16; i += 2) words.push((octets[i] as number) * 256 + (octets[i + 1] as number));
  let start = -1;
  let longest = 1;
  for (let i = 0; i < 8; i++) {
    let end = i;
    while (end < 8 && words[end] === 0) end++;
    if (end - i > longest) {
      start = i;
      longest = end - i;
    }
  }
  const hex = (part: number[]): string => part.map((word) => word.toString(16)).join(':');
  return start < 0 ? hex(words) : `${hex(words.slice(0, start))}::${hex(words.slice(start + longest))}`;
}

/**
 * `10.1.0.0/16`, or a single address as a network of its own.
 * @throws AddressError for anything else, and when bits after the prefix are set.
 */
export function parseNetwork(text: string): Network {
  const [addressText, prefixText, ...more] = text.split('/');
  const octets = parseAddress(addressText ?? '');
  if (octets === undefined || more.length > 0) {
    throw new AddressError(`"${text}" is not a network`, 'write 10.1.0.0/16, fd00::/64 or an address');
  }
  const bits = octets.length * 8;
  if (prefixText === undefined) return { octets, prefixLength: bits };
  const prefixLength = /^\d{1,3}$/.test(prefixText) ? Number(prefixText) : Number.NaN;
  if (!(prefixLength <= bits)) {
    throw new AddressError(
      `"${text}" has no valid prefix length`,
      `write a number from 0 to ${bits} after the slash`,
    );
  }
  const masked = maskOctets(octets, prefixLength);
  if (!equalOctets(masked, octets)) {
    throw new AddressError(
      `"${text}" has bits set after its first ${prefixLength}`,
      `the network is ${formatAddress(masked)}/${prefixLength}`,
    );
  }
  return { octets, prefixLength };
}

/**
 * A pool as written: a CIDR block (without network and IPv4 broadcast address, when it has more than
 * two), a range `first-last`, or one address. Pools larger than 2^32 are cut to that.
 * @throws AddressError for anything else.
 */
export function parseAddressPool(text: string): AddressPool {
  const [firstText, lastText, ...more] = text.split('-').map((part) => part.trim());
  if (lastText !== undefined && more.length === 0) {
    const first = parseAddress(firstText ?? '');
    const last = parseAddress(lastText);
    if (first === undefined || last === undefined || first.length !== last.length) {
      throw new AddressError(`"${text}" is not a range of addresses`, 'write 127.1.0.1-127.1.0.200');
    }
    const size = valueOf(last) - valueOf(first) + 1n;
    if (size <= 0n) throw new AddressError(`range "${text}" ends before it begins`);
    return { text, first: formatAddress(first), size: cutSize(size) };
  }
  const { octets, prefixLength } = poolNetwork(text);
  const hostBits = octets.length * 8 - prefixLength;
  const total = 1n << BigInt(hostBits);
  if (hostBits <= 1) return { text, first: formatAddress(octets), size: Number(total) };
  const reserved = octets.length === 4 ? 2n : 1n;
  const first = octetsOfValue(valueOf(octets) + 1n, octets.length);
  return { text, first: formatAddress(first), size: cutSize(total - reserved) };
}

/**
 * Address number `index` (from 0) of a pool, as text.
 * @throws RangeError when the pool has no such address.
 */
export function addressAt(pool: AddressPool, index: number): string {
  return formatAddress(addressOctetsAt(pool, index));
}

/** The same as octets, 4 or 16. */
export function addressOctetsAt(pool: AddressPool, index: number): Uint8Array {
  if (!Number.isInteger(index) || index < 0 || index >= pool.size) {
    throw new RangeError(`pool ${pool.text} has no address number ${index}`);
  }
  const first = firstOctetsOf(pool);
  if (first.length === 4) return octetsOfIpv4(ipv4Value(first) + index);
  return octetsOfValue(valueOf(first) + BigInt(index), 16);
}

/** Read once a pool: every peer asks. */
function firstOctetsOf(pool: AddressPool): Uint8Array {
  let octets = firstOctets.get(pool);
  if (octets === undefined) firstOctets.set(pool, (octets = parseAddress(pool.first) as Uint8Array));
  return octets;
}

const firstOctets = new WeakMap<AddressPool, Uint8Array>();

/** Number of an address in a pool, from 0; undefined when it is not in it or is no address. */
export function indexOfAddress(pool: AddressPool, address: string): number | undefined {
  const octets = parseAddress(address);
  return octets === undefined ? undefined : indexOfOctets(pool, octets);
}

/** The same for an address given as octets. */
export function indexOfOctets(pool: AddressPool, octets: Uint8Array): number | undefined {
  const first = firstOctetsOf(pool);
  if (first.length !== octets.length) return undefined;
  const index =
    first.length === 4 ? ipv4Value(octets) - ipv4Value(first) : Number(valueOf(octets) - valueOf(first)); // exact where it matters: the size is at most 2^32
  return index >= 0 && index < pool.size ? index : undefined;
}

/** Whether the first `countA` addresses of one pool and the first `countB` of another have one in common. */
export function poolsOverlap(a: AddressPool, countA: number, b: AddressPool, countB: number): boolean {
  const firstA = parseAddress(a.first) as Uint8Array;
  const firstB = parseAddress(b.first) as Uint8Array;
  if (firstA.length !== firstB.length) return false;
  const startA = valueOf(firstA);
  const startB = valueOf(firstB);
  return startA < startB + BigInt(countB) && startB < startA + BigInt(countA);
}

/** Mask of a prefix: `length` octets with the first `prefixLength` bits set. */
export function prefixMask(length: number, prefixLength: number): Uint8Array {
  return maskOctets(new Uint8Array(length).fill(0xff), prefixLength);
}

function poolNetwork(text: string): Network {
  try {
    return parseNetwork(text.trim());
  } catch (error) {
    if (error instanceof AddressError && !text.includes('/')) {
      throw new AddressError(
        `"${text}" names no addresses`,
        'write a block 10.1.0.0/16, a range 127.1.0.1-127.1.0.200 or one address',
      );
    }
    throw error;
  }
}

function parseIpv4(text: string): Uint8Array | undefined {
  let address = 0;
  let value = -1;
  let dots = 0;
  // By hand: every peer of a simulation has an address, and pieces and patterns of text take several times as long.
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code === DOT) {
      if (value < 0 || ++dots > 3) return undefined;
      address = address * 256 + value;
      value = -1;
      continue;
    }
    const digit = code - DIGIT_0;
    // Nothing goes on after a 0: it would look octal.
    if (digit < 0 || digit > 9 || value === 0) return undefined;
    value = value < 0 ? digit : value * 10 + digit;
    if (value > 255) return undefined;
  }
  return value < 0 || dots !== 3 ? undefined : uint32Octets(address * 256 + value);
}

function parseIpv6(text: string): Uint8Array | undefined {
  const halves = text.split('::');
  if (halves.length > 2) return undefined;
  const head = wordsOf(halves[0] as string, halves.length === 1);
  const tail = halves.length === 2 ? wordsOf(halves[1] as string, true) : [];
  if (head === undefined || tail === undefined) return undefined;
  const zeros = 8 - head.length - tail.length;
  if (halves.length === 2 ? zeros < 1 : zeros !== 0) return undefined;
  const octets = new Uint8Array(16);
  const words = [...head, ...Array.from({ length: zeros }, () => 0), ...tail];
  words.forEach((word, i) => octets.set([word >> 8, word & 0xff], 2 * i));
  return octets;
}

/** 16-bit words between colons; the last may be a dotted IPv4 address, which makes two. */
function wordsOf(text: string, mayEndDotted: boolean): number[] | undefined {
  if (text === '') return [];
  const words: number[] = [];
  const parts = text.split(':');
  for (const [i, part] of parts.entries()) {
    if (mayEndDotted && i === parts.length - 1 && part.includes('.')) {
      const dotted = parseIpv4(part);
      if (dotted === undefined) return undefined;
      words.push((dotted[0]! << 8) | dotted[1]!, (dotted[2]! << 8) | dotted[3]!);
    } else {
      if (!/^[0-9a-fA-F]{1,4}$/.test(part)) return undefined;
      words.push(Number.parseInt(part, 16));
    }
  }
  return words;
}

function maskOctets(octets: Uint8Array, prefixLength: number): Uint8Array {
  return octets.map((octet, i) => {
    const bits = Math.min(8, Math.max(0, prefixLength - 8 * i));
    return octet & (0xff00 >> bits);
  });
}

function cutSize(size: bigint): number {
  return size > POOL_SIZE_MAXIMUM ? Number(POOL_SIZE_MAXIMUM) : Number(size);
}

function ipv4Value(octets: Uint8Array): number {
  return octets[0]! * 0x1000000 + octets[1]! * 0x10000 + octets[2]! * 0x100 + octets[3]!;
}

function octetsOfIpv4(value: number): Uint8Array {
  return uint32Octets(value);
}

function valueOf(octets: Uint8Array): bigint {
  let value = 0n;
  for (const octet of octets) value = (value << 8n) | BigInt(octet);
  return value;
}

function octetsOfValue(value: bigint, length: number): Uint8Array {
  const octets = new Uint8Array(length);
  for (let i = length - 1, rest = value; i >= 0; i--, rest >>= 8n) octets[i] = Number(rest & 0xffn);
  return octets;
}

const POOL_SIZE_MAXIMUM = 1n << 32n;
const DOT = 0x2e;
const DIGIT_0 = 0x30;
