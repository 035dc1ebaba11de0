import { describe, expect, it } from 'vitest';
import { CoreOverhead } from '../../src/cpu/core-overhead.ts';

describe('CoreOverhead', () => {
  it('is nothing where the computer has neither', () => {
    const overhead = new CoreOverhead({ cores: 2 });
    overhead.freed(10);
    expect(overhead.take(100, true, 20)).toBe(0);
  });

  it('uses the core first that was given back last', () => {
    const overhead = new CoreOverhead({ cores: 2, wakeNs: 5 });
    expect([overhead.take(10, true, 0), overhead.take(10, true, 0)]).toEqual([5, 5]);
    overhead.freed(10);
    overhead.freed(12);
    expect([overhead.take(10, true, 12), overhead.take(10, true, 12)]).toEqual([0, 5]);
    expect(overhead.take(10, false, 13)).toBe(0);
  });

  it('collects as often as the work asks for, and begins anew after a reset', () => {
    const overhead = new CoreOverhead({ cores: 1, garbage: { everyNs: 100, pauseNs: 7 } });
    expect([99, 1, 250, 49, 1].map((workNs) => overhead.take(workNs, true, 0))).toEqual([0, 7, 14, 0, 7]);
    overhead.take(99, true, 0);
    overhead.reset();
    expect(overhead.take(1, true, 0)).toBe(0);
  });
});
