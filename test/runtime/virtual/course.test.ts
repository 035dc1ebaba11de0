import { describe, expect, it } from 'vitest';
import { Course } from '../../../src/runtime/virtual/course.ts';
import type { Leg } from '../../../src/runtime/virtual/course.ts';
import { createStanding } from '../../../src/runtime/virtual/meeting.ts';
import type { Standing } from '../../../src/runtime/virtual/meeting.ts';

const MS = 1_000_000;
const SETTLE_NS = 200 * MS;

/** A course, and what it says when all stand as given (else with nothing to do). */
function courseOf(lookaheadNs: number) {
  const setup = { lookaheadNs, startsEndNs: 1000 * MS, drainNs: 500 * MS, stopDrainNs: 100 * MS };
  const course = new Course(setup);
  return (standing: Partial<Standing>): Leg => course.next({ ...createStanding(), ...standing });
}

describe('the course of a run', () => {
  it('goes in windows of the least latency from the earliest event, over idle time in one step', () => {
    const next = courseOf(5 * MS);
    expect(next({ leastNs: 0, hasPlanned: true })).toEqual({ type: 'window', endNs: 5 * MS });
    expect(next({ leastNs: 700 * MS, hasPlanned: true })).toEqual({ type: 'window', endNs: 705 * MS });
  });

  it('waits for what did not fit into a ring', () => {
    expect(courseOf(5 * MS)({ leastNs: 0, hasPlanned: true, unsent: 3 })).toEqual({ type: 'exchange' });
  });

  it.each([1, 7, 50, Infinity])('is over at the same time whatever the windows (%d ms)', (lookaheadMs) => {
    const next = courseOf(lookaheadMs * MS);
    next({ leastNs: 0, hasPlanned: true });
    next({ leastNs: 60 * MS, inFlight: 1, lastStartNs: 50 * MS });
    const ended = { lastStartNs: 50 * MS, lastEndNs: 62 * MS };
    expect(next({ ...ended, leastNs: 63 * MS })).toMatchObject({ type: 'window' });
    expect(next({ ...ended, leastNs: 62 * MS + SETTLE_NS + 1 })).toEqual({
      type: 'over',
      nowNs: 62 * MS + SETTLE_NS,
    });
  });

  it('gives up on what is in flight when the drain time is over', () => {
    const next = courseOf(5 * MS);
    const stuck = { inFlight: 1, lastStartNs: 50 * MS };
    expect(next({ ...stuck, leastNs: 550 * MS })).toMatchObject({ type: 'window' });
    expect(next({ ...stuck, leastNs: 5000 * MS })).toEqual({ type: 'over', nowNs: 550 * MS + SETTLE_NS });
  });

  it('ends closed loads with their measure window, and looks at that very time', () => {
    const next = courseOf(5 * MS);
    const busy = { mayPlanMore: true, lastStartNs: 900 * MS, lastEndNs: 950 * MS, lastFreedNs: 950 * MS };
    expect(next({ ...busy, leastNs: 998 * MS })).toEqual({ type: 'window', endNs: 1000 * MS });
    expect(next({ ...busy, leastNs: 1300 * MS })).toEqual({ type: 'over', nowNs: 1000 * MS + SETTLE_NS });
  });

  it('stops for all when one was asked to stop, with a short drain', () => {
    const next = courseOf(5 * MS);
    next({ leastNs: 100 * MS, hasPlanned: true, isStopping: true, inFlight: 2, lastStartNs: 90 * MS });
    expect(next({ leastNs: 900 * MS, inFlight: 2, lastStartNs: 90 * MS })).toEqual({
      type: 'over',
      nowNs: 200 * MS + SETTLE_NS,
    });
  });
});
