import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { inferSequence, nextSequence, sequenceDistance } from '../../../src/ike/esp/sequence-number.ts';
import type { SequenceNumber } from '../../../src/ike/esp/sequence-number.ts';

const HALF = 1n << 32n;
const LAST = (1n << 64n) - 1n;

function sequenceOf(value: bigint): SequenceNumber {
  return { high: Number(value >> 32n), low: Number(value % HALF) };
}

describe('nextSequence', () => {
  it('counts 32 bits, or 64 when extended, and ends', () => {
    expect(nextSequence({ high: 0, low: 0 }, false)).toEqual({ high: 0, low: 1 });
    expect(nextSequence({ high: 0, low: 0xffff_ffff }, false)).toBeUndefined();
    expect(nextSequence({ high: 0, low: 0xffff_ffff }, true)).toEqual({ high: 1, low: 0 });
    expect(nextSequence(sequenceOf(LAST), true)).toBeUndefined();
  });
});

describe('sequenceDistance', () => {
  it('is exact for near numbers and of the right sign for far ones', () => {
    expect(sequenceDistance({ high: 1, low: 2 }, { high: 0, low: 0xffff_fffe })).toBe(4);
    expect(sequenceDistance({ high: 0, low: 0xffff_fffe }, { high: 1, low: 2 })).toBe(-4);
    expect(sequenceDistance(sequenceOf(LAST), sequenceOf(0n))).toBeGreaterThan(2 ** 63);
    expect(sequenceDistance(sequenceOf(0n), sequenceOf(LAST))).toBeLessThan(-(2 ** 63));
  });
});

describe('inferSequence', () => {
  const windows = fc.constantFrom(1, 32, 64, 1024, 65_536);
  const tops = fc.oneof(
    fc.bigInt({ min: 0n, max: LAST }),
    fc.bigInt({ min: 0n, max: 70_000n }).map((near) => 5n * HALF + near - 35_000n),
  );

  it('finds every number of the window and nearly 2^32 after it', () => {
    const ahead = fc.oneof(fc.bigInt({ min: 0n, max: HALF }), fc.bigInt({ min: 0n, max: 100n }));
    fc.assert(
      fc.property(windows, tops, ahead, (size, top, offset) => {
        const bottom = top - BigInt(size) + 1n;
        const value = bottom + (offset % HALF);
        const inferred = inferSequence(Number(BigInt.asUintN(32, value)), sequenceOf(top), size);
        expect(inferred).toEqual(value < 0n || value > LAST ? undefined : sequenceOf(value));
      }),
      { numRuns: 1000 },
    );
  });

  it.each([
    ['in the window', 100, { high: 3, low: 120 }, { high: 3, low: 100 }],
    ['ahead', 0xffff_0000, { high: 3, low: 120 }, { high: 3, low: 0xffff_0000 }],
    ['below the window, so after the change', 56, { high: 3, low: 120 }, { high: 4, low: 56 }],
    ['in the half before', 0xffff_fffe, { high: 3, low: 10 }, { high: 2, low: 0xffff_fffe }],
    ['before the first of all', 0xffff_fffe, { high: 0, low: 10 }, undefined],
    ['after the last of all', 5, { high: 0xffff_ffff, low: 0xffff_ffff }, undefined],
  ] as const)('RFC 4303 Appendix A2: %s', (_, low, top, inferred) => {
    expect(inferSequence(low, top, 64)).toEqual(inferred);
  });
});
