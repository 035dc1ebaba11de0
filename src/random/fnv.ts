/** FNV-1a with 64 bits (draft-eastlake-fnv), in 32-bit arithmetic: turns names into keys of streams. */

const OFFSET_BASIS_HIGH = 0xcbf29ce4;
const OFFSET_BASIS_LOW = 0x84222325;
/** The prime is 2^40 + 0x1b3. */
const PRIME_LOW = 0x1b3;

const encoder = new TextEncoder();

export interface Hash64 {
  /** Upper and lower 32 bits, unsigned. */
  readonly high: number;
  readonly low: number;
}

/** FNV-1a of a text's UTF-8 octets. */
export function fnv1a64(text: string): Hash64 {
  let high = OFFSET_BASIS_HIGH;
  let low = OFFSET_BASIS_LOW;
  for (const octet of encoder.encode(text)) {
    low = (low ^ octet) >>> 0;
    const product = low * PRIME_LOW;
    const carry = Math.floor(product / 0x1_0000_0000);
    high = (Math.imul(high, PRIME_LOW) + (low << 8) + carry) >>> 0;
    low = product >>> 0;
  }
  return { high, low };
}
