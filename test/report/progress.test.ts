import { describe, expect, it } from 'vitest';
import { createLiveBuffer, LiveCounters, readLiveCounters } from '../../src/measure/live-counters.ts';
import { advanceProgress, progressFrame, progressLine, type Progress } from '../../src/report/progress.ts';
import { expectGolden } from './golden.ts';

const MS = 1_000_000;
const SECOND = 1_000_000_000;
const PLAN = {
  scenario: 'office',
  measureStartNs: 3 * SECOND,
  measureEndNs: 20 * SECOND,
  endNs: 25 * SECOND,
};

/** Twelve readings, a second apart, of a load that grows by one success a second. */
function progressAt(seconds: number): Progress {
  const buffer = createLiveBuffer();
  const live = new LiveCounters(buffer);
  let progress: Progress | undefined;
  for (let second = 0; second <= seconds; second++) {
    for (let index = 0; index < second; index++) {
      live.started(true);
      live.succeeded((10 + index) * MS, true, true);
    }
    live.started(true);
    live.lagged(second * 10_000);
    if (second === 5) live.failed('timeout-phase1', true);
    progress = advanceProgress(progress, readLiveCounters([buffer]), second * SECOND);
  }
  if (!progress) throw new Error('no reading');
  return progress;
}

describe('progress', () => {
  it('is this frame on a terminal', () => {
    expectGolden('progress-frame.txt', `${progressFrame(PLAN, progressAt(12), 80).join('\n')}\n`);
  });

  it('is this line in a log', () => {
    expect(progressLine(PLAN, progressAt(12))).toBe(
      '12 s measuring: 91 started, 78 succeeded (12.0 /s), 1 failed, 12 in flight, p99 22.5 ms',
    );
  });

  it('has no rates and no latencies at first', () => {
    const [head, ...rest] = progressFrame(PLAN, progressAt(0), 80);
    expect(head).toBe('office  warming up  [........................]  0 s of 25 s at most');
    expect(rest.join('\n')).toContain('p50 -  p90 -  p99 -');
    expect(rest.join('\n')).toContain('1  -');
  });

  it('never makes a line longer than the terminal, nor more or fewer lines', () => {
    for (const columns of [10, 40, 80]) {
      const frame = progressFrame({ ...PLAN, scenario: 'x'.repeat(100) }, progressAt(8), columns);
      expect(frame).toHaveLength(progressFrame(PLAN, progressAt(0), columns).length);
      for (const line of frame) expect(line.length).toBeLessThanOrEqual(columns);
    }
  });

  it('keeps as much history as fits, and rates when the clock stands still', () => {
    const late = progressAt(100);
    expect(late.history).toHaveLength(48);
    expect(late.history.at(-1)).toBe(100);
    expect(advanceProgress(late, late.counters, late.elapsedNs)).toEqual(late);
  });

  it('fills the bar at the end and not beyond', () => {
    const { counters } = progressAt(1);
    const over = advanceProgress(undefined, counters, 30 * SECOND);
    expect(progressFrame(PLAN, over, 80)[0]).toContain('draining');
    expect(progressFrame(PLAN, over, 80)[0]).toContain(`[${'#'.repeat(24)}]`);
  });
});
