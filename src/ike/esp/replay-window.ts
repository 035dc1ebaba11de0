/** The anti-replay window of a receiving SA (RFC 4303 §3.4.3), as the ring of words of RFC 6479. */
import { SEQUENCE_NONE, sequenceDistance } from './sequence-number.ts';
import type { SequenceNumber } from './sequence-number.ts';

/** Packets. Linux goes to 4096; more than this is memory without use. */
export const REPLAY_WINDOW_MAXIMUM = 65_536;

const WORD_BITS = 32;

export type ReplayVerdict = 'new' | 'replayed' | 'too-old';

/**
 * Which of the last `size` sequence numbers were received.
 *
 * ```text
 *             top - size + 1                       top
 * too-old ...........|x.xxx...xxxxxxx.xxx.xxxxxxxxxx|........... new
 * ```
 *
 * The bit of a number is at its value modulo the ring. The ring has at least one word more than the
 * window, so that moving on clears whole words and shifts nothing. Ask first, verify the ICV, and
 * only then record: numbers of forged packets must leave no trace.
 */
export class ReplayWindow {
  readonly size: number;
  readonly #words: Uint32Array;
  #top: SequenceNumber;

  /**
   * `top` counts as received; the default is 0, which no packet has.
   * @throws RangeError for a size below 1 or above the maximum.
   */
  constructor(size: number, top: SequenceNumber = SEQUENCE_NONE) {
    if (!Number.isInteger(size) || size < 1 || size > REPLAY_WINDOW_MAXIMUM) {
      throw new RangeError(`a replay window has 1 to ${REPLAY_WINDOW_MAXIMUM} numbers, not ${size}`);
    }
    this.size = size;
    this.#words = new Uint32Array(ringLength(size));
    this.#top = top;
    this.#mark(top.low);
  }

  /** The highest number that was recorded; another object for every higher one. */
  get top(): SequenceNumber {
    return this.#top;
  }

  /** Changes nothing. */
  check(sequence: SequenceNumber): ReplayVerdict {
    const behind = sequenceDistance(this.#top, sequence);
    if (behind < 0) return 'new';
    if (behind >= this.size) return 'too-old';
    return this.#isMarked(sequence.low) ? 'replayed' : 'new';
  }

  /** Takes the number of an authentic packet, one that `check` calls new. */
  record(sequence: SequenceNumber): void {
    const ahead = sequenceDistance(sequence, this.#top);
    if (ahead > 0) {
      this.#clearWords(ahead);
      this.#top = sequence;
    }
    this.#mark(sequence.low);
  }

  /** Empties the words after that of the top, up to the one that is `ahead` numbers further. */
  #clearWords(ahead: number): void {
    const words = this.#words;
    const count = Math.floor(((this.#top.low % WORD_BITS) + ahead) / WORD_BITS);
    if (count >= words.length) {
      words.fill(0);
      return;
    }
    const start = this.#top.low >>> 5;
    for (let i = 1; i <= count; i++) words[(start + i) & (words.length - 1)] = 0;
  }

  #mark(low: number): void {
    const index = this.#indexOf(low);
    this.#words[index] = (this.#words[index] as number) | (1 << (low & (WORD_BITS - 1)));
  }

  #isMarked(low: number): boolean {
    return ((this.#words[this.#indexOf(low)] as number) & (1 << (low & (WORD_BITS - 1)))) !== 0;
  }

  /** The low half is enough: its range is a multiple of the ring. */
  #indexOf(low: number): number {
    return (low >>> 5) & (this.#words.length - 1);
  }
}

/** Words of the ring: a power of two, with one to spare beyond the window. */
function ringLength(size: number): number {
  const needed = Math.ceil(size / WORD_BITS) + 1;
  let length = 1;
  while (length < needed) length *= 2;
  return length;
}
