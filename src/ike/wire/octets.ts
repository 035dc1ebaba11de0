/** Small operations on octet strings; none of them writes to its arguments. */

const HEX_OF_OCTET: readonly string[] = Array.from({ length: 256 }, (_, octet) =>
  octet.toString(16).padStart(2, '0'),
);

/** The parts one after the other, in fresh memory. */
export function concatOctets(...parts: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(lengthOf(parts));
  fill(whole, parts);
  return whole;
}

/**
 * The parts one after the other for somebody who looks at once and keeps nothing, as a hash does: the
 * next call writes over it.
 */
export function passingOctets(...parts: readonly Uint8Array[]): Uint8Array {
  const length = lengthOf(parts);
  if (length > passing.length) passing = new Uint8Array(2 * length);
  fill(passing, parts);
  return passing.subarray(0, length);
}

let passing = new Uint8Array(1024);

function lengthOf(parts: readonly Uint8Array[]): number {
  let length = 0;
  for (const part of parts) length += part.length;
  return length;
}

function fill(target: Uint8Array, parts: readonly Uint8Array[]): void {
  let offset = 0;
  for (const part of parts) {
    target.set(part, offset);
    offset += part.length;
  }
}

/**
 * Whether both have the same length and contents. Looks at every octet even after a difference,
 * so that comparing a received hash does not tell how much of it was right.
 */
export function equalOctets(a: Uint8Array, b: Uint8Array): boolean {
  if (a.length !== b.length) return false;
  let difference = 0;
  for (let i = 0; i < a.length; i++) difference |= (a[i] as number) ^ (b[i] as number);
  return difference === 0;
}

/** Whether there is no octet but 0 among the first `length`; true for no octets at all. */
export function isZeroOctets(octets: Uint8Array, length = octets.length): boolean {
  let seen = 0;
  for (let i = 0; i < length; i++) seen |= octets[i] as number;
  return seen === 0;
}

/** Order of unsigned octet strings, shorter first when one is a prefix: negative, 0 or positive, as for `sort`. */
export function compareOctets(a: Uint8Array, b: Uint8Array): number {
  const length = a.length < b.length ? a.length : b.length;
  for (let i = 0; i < length; i++) {
    const difference = (a[i] as number) - (b[i] as number);
    if (difference !== 0) return difference;
  }
  return a.length - b.length;
}

/** Lower-case hex, two digits an octet, no separators. */
export function toHex(octets: Uint8Array): string {
  let text = '';
  for (const octet of octets) text += HEX_OF_OCTET[octet] as string;
  return text;
}

/**
 * Octets of a hex text; white space and colons between digits are skipped.
 * @throws RangeError for an odd number of digits or another character.
 */
export function fromHex(text: string): Uint8Array {
  const digits = text.replace(/[\s:]/g, '');
  if (digits.length % 2 !== 0) throw new RangeError(`hex text has an odd number of digits: ${digits.length}`);
  if (/[^0-9a-fA-F]/.test(digits)) throw new RangeError('hex text has a character that is no hex digit');
  const octets = new Uint8Array(digits.length / 2);
  for (let i = 0; i < octets.length; i++) octets[i] = Number.parseInt(digits.slice(2 * i, 2 * i + 2), 16);
  return octets;
}

/**
 * One octet for each character.
 * @throws RangeError for a character beyond ASCII.
 */
export function asciiOctets(text: string): Uint8Array {
  const octets = new Uint8Array(text.length);
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code > 0x7f) throw new RangeError(`character ${i} of the text is not ASCII`);
    octets[i] = code;
  }
  return octets;
}

/** Four octets in network order, as prf inputs want message IDs. `value` is taken modulo 2^32. */
export function uint32Octets(value: number): Uint8Array {
  // `Uint8Array.of` takes several times as long.
  const octets = new Uint8Array(4);
  octets[0] = value >>> 24;
  octets[1] = value >>> 16;
  octets[2] = value >>> 8;
  octets[3] = value;
  return octets;
}

/** The number in the four octets at `offset`, network order. The caller knows that they are there. */
export function uint32At(octets: Uint8Array, offset: number): number {
  return (
    (((octets[offset] as number) << 24) |
      ((octets[offset + 1] as number) << 16) |
      ((octets[offset + 2] as number) << 8) |
      (octets[offset + 3] as number)) >>>
    0
  );
}
