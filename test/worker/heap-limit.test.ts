import { totalmem } from 'node:os';
import { getHeapStatistics } from 'node:v8';
import { describe, expect, it } from 'vitest';
import { heapLimitMb } from '../../src/worker/heap-limit.ts';

const ownMb = getHeapStatistics().heap_size_limit / 1_048_576;
const machineMb = totalmem() / 1_048_576;

describe('the heap limit of a worker', () => {
  it('is never less than what V8 would allow', () => {
    expect(heapLimitMb(10_000)).toBe(Math.floor(ownMb));
  });

  it('is a share of the memory of the machine where that is more', () => {
    expect(heapLimitMb(1)).toBeGreaterThanOrEqual(Math.floor(machineMb * 0.8));
  });
});
