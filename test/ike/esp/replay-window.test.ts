import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { REPLAY_WINDOW_MAXIMUM, ReplayWindow } from '../../../src/ike/esp/replay-window.ts';
import type { ReplayVerdict } from '../../../src/ike/esp/replay-window.ts';
import type { SequenceNumber } from '../../../src/ike/esp/sequence-number.ts';

function sequenceOf(value: bigint): SequenceNumber {
  return { high: Number(value >> 32n), low: Number(value & 0xffff_ffffn) };
}

/** The window as the RFC tells it: a set of numbers and the highest of them. */
class ModelWindow {
  readonly #size: bigint;
  readonly #seen: Set<bigint>;
  #top: bigint;

  constructor(size: number, top: bigint) {
    this.#size = BigInt(size);
    this.#top = top;
    this.#seen = new Set([top]);
  }

  take(value: bigint): ReplayVerdict {
    if (value <= this.#top - this.#size) return 'too-old';
    if (this.#seen.has(value)) return 'replayed';
    this.#seen.add(value);
    if (value > this.#top) this.#top = value;
    return 'new';
  }

  get top(): bigint {
    return this.#top;
  }
}

function take(window: ReplayWindow, sequence: SequenceNumber): ReplayVerdict {
  const verdict = window.check(sequence);
  if (verdict === 'new') window.record(sequence);
  return verdict;
}

const sizes = fc.oneof(fc.constantFrom(1, 31, 32, 33, 64, 128, 1024), fc.integer({ min: 1, max: 300 }));
/** Steps from the top: mostly near it, at times far ahead or behind. */
const steps = fc.array(
  fc.oneof(
    { weight: 6, arbitrary: fc.integer({ min: -80, max: 80 }) },
    { weight: 2, arbitrary: fc.integer({ min: -1200, max: 1200 }) },
    { weight: 1, arbitrary: fc.constantFrom(31, 32, 33, 63, 64, 65, 4096, 0x1_0000_0000, -0x1_0000_0000) },
  ),
  { maxLength: 200 },
);
const tops = fc.oneof(
  fc.constantFrom(0n, 1n, 31n, 0xffff_fff0n, 0xffff_ffffn, 0x1_0000_0000n, 0x7fff_ffff_ffff_fff0n),
  fc.bigInt({ min: 0n, max: 0xffff_ffff_0000_0000n }),
);

describe('ReplayWindow', () => {
  it('says what a set of all numbers says, in any order, over the change of the high half', () => {
    fc.assert(
      fc.property(sizes, tops, steps, (size, start, moves) => {
        const window = new ReplayWindow(size, sequenceOf(start));
        const model = new ModelWindow(size, start);
        for (const move of moves) {
          const value = model.top + BigInt(move);
          if (value < 0n || value >= 1n << 64n) continue;
          expect(take(window, sequenceOf(value))).toBe(model.take(value));
          expect(window.top).toEqual(sequenceOf(model.top));
        }
      }),
      { numRuns: 500 },
    );
  });

  it('knows every number of the window after any jump', () => {
    for (const size of [1, 32, 64, 100]) {
      for (let jump = 1; jump < 300; jump++) {
        const window = new ReplayWindow(size);
        for (let low = 1; low <= 70; low++) window.record({ high: 0, low });
        window.record({ high: 0, low: 70 + jump });
        const top = 70 + jump;
        const verdicts = Array.from({ length: top + 1 }, (_, low) => window.check({ high: 0, low }));
        const expected = verdicts.map((_, low) => {
          if (low <= top - size) return 'too-old';
          return low <= 70 || low === top ? 'replayed' : 'new';
        });
        expect(verdicts, `${size} ${jump}`).toEqual(expected);
      }
    }
  });

  it('is not changed by asking', () => {
    const window = new ReplayWindow(64);
    for (let i = 0; i < 3; i++) expect(window.check({ high: 0, low: 1000 })).toBe('new');
    expect(window.check({ high: 0, low: 1 })).toBe('new');
    expect(window.top).toEqual({ high: 0, low: 0 });
  });

  it('never takes the number 0', () => {
    expect(new ReplayWindow(64).check({ high: 0, low: 0 })).toBe('replayed');
  });

  it('takes sizes up to its maximum and no others', () => {
    for (const size of [0, -1, 1.5, Number.NaN, REPLAY_WINDOW_MAXIMUM + 1]) {
      expect(() => new ReplayWindow(size)).toThrow(RangeError);
    }
    expect(new ReplayWindow(REPLAY_WINDOW_MAXIMUM).size).toBe(REPLAY_WINDOW_MAXIMUM);
  });
});
