import { once } from 'node:events';
import type { Worker } from 'node:worker_threads';
import { describe, expect, it } from 'vitest';
import { createClock, takeClockOrigin } from '../../src/runtime/clock.ts';
import { startTypeScriptWorker } from '../harness/typescript-worker.ts';

describe('the clock of a run', () => {
  it('counts whole nanoseconds from its origin and never goes back', () => {
    const clock = createClock(takeClockOrigin());
    let lastNs = clock();
    expect(lastNs).toBeGreaterThanOrEqual(0);
    for (let reading = 0; reading < 10_000; reading++) {
      const nowNs = clock();
      expect(Number.isSafeInteger(nowNs) && nowNs >= lastNs).toBe(true);
      lastNs = nowNs;
    }
  });

  it('is the same in all threads: a reading there lies between two readings here', async () => {
    const origin = takeClockOrigin();
    const clock = createClock(origin);
    const worker: Worker = startTypeScriptWorker(new URL('./clock-worker.ts', import.meta.url), origin);
    await once(worker, 'message');
    const beforeNs = clock();
    worker.postMessage('read');
    const [thereNs] = (await once(worker, 'message')) as [number];
    const afterNs = clock();
    await worker.terminate();
    // Both offsets are measured, to within a few microseconds.
    expect(thereNs).toBeGreaterThan(beforeNs - TOLERANCE_NS);
    expect(thereNs).toBeLessThan(afterNs + TOLERANCE_NS);
  });
});

const TOLERANCE_NS = 50_000;
