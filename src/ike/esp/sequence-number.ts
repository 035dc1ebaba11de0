/**
 * Sequence numbers of ESP: 32 bits, or 64 of which a packet carries the low half (RFC 4303 §2.2.1).
 * Both are kept as two halves, because a JavaScript number is exact to 53 bits only.
 */

const HALF = 0x1_0000_0000;
const HALF_MAXIMUM = 0xffff_ffff;

export interface SequenceNumber {
  /** Upper 32 bits; always 0 without extended sequence numbers. */
  readonly high: number;
  readonly low: number;
}

/** Before the first packet, which has the number 1 (RFC 4303 §3.3.3). */
export const SEQUENCE_NONE: SequenceNumber = { high: 0, low: 0 };

/** The number after the given one; undefined after the last of 32 or, with `esn`, 64 bits. */
export function nextSequence({ high, low }: SequenceNumber, esn: boolean): SequenceNumber | undefined {
  if (low < HALF_MAXIMUM) return { high, low: low + 1 };
  return esn && high < HALF_MAXIMUM ? { high: high + 1, low: 0 } : undefined;
}

/**
 * How far `a` is after `b`, negative when before. Exact up to 2^53; beyond, of the right sign and
 * still larger than any window.
 */
export function sequenceDistance(a: SequenceNumber, b: SequenceNumber): number {
  return (a.high - b.high) * HALF + (a.low - b.low);
}

/**
 * The number whose low half a packet carries, by the rule of RFC 4303 Appendix A2: the one in the
 * window, or else the first after it. The ICV tells whether the guess is right.
 *
 * ```text
 * case A, top.low >= window - 1          case B: the window reaches into the half before
 *   low >= bottom    same high half        low >= bottom + 2^32   high half before
 *   low <  bottom    next high half        otherwise              same high half
 * ```
 *
 * @param top The highest number that was authentic.
 * @param windowSize At least 1.
 * @returns undefined for a number before 0 or after 2^64 - 1, which no sender has.
 */
export function inferSequence(
  low: number,
  top: SequenceNumber,
  windowSize: number,
): SequenceNumber | undefined {
  const bottom = top.low - windowSize + 1;
  let { high } = top;
  if (bottom >= 0) {
    if (low < bottom) high += 1;
  } else if (low >= bottom + HALF) high -= 1;
  return high < 0 || high > HALF_MAXIMUM ? undefined : { high, low };
}
