import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createCoreShare } from '../../src/cpu/core-share.ts';
import type { CorePlan } from '../../src/cpu/core-share.ts';
import type { Ns } from '../../src/peer/timer.ts';

interface Arrival {
  readonly atNs: Ns;
  readonly workNs: Ns;
}

/** Ends as `time thread`, in their order; the thread is the number of the arrival. */
function endsOf(plan: CorePlan, arrivals: readonly Arrival[]): string[] {
  const cores = createCoreShare(plan);
  const ends: string[] = [];
  const goOn = (untilNs: Ns): void => {
    for (let dueNs = cores.nextEndNs(); dueNs !== undefined && dueNs <= untilNs; dueNs = cores.nextEndNs()) {
      const thread = cores.popDone(dueNs);
      if (thread !== undefined) ends.push(`${dueNs} ${thread}`);
    }
  };
  for (const [thread, { atNs, workNs }] of arrivals.entries()) {
    goOn(atNs);
    cores.begin(thread, workNs, atNs);
  }
  goOn(Infinity);
  return ends;
}

function slices(sliceNs: Ns, cores = 1): CorePlan {
  return { discipline: 'time-slices', sliceNs, cores };
}

describe('time slices', () => {
  it('take turns: a short job waits for a slice of each long one before it', () => {
    const arrivals = [
      { atNs: 0, workNs: 30 },
      { atNs: 0, workNs: 20 },
      { atNs: 1, workNs: 3 },
    ];
    expect(endsOf(slices(10), arrivals)).toEqual(['23 2', '43 1', '53 0']);
  });

  it('take a core away at once from whoever has had it for longer than a slice, and not before', () => {
    const long = { atNs: 0, workNs: 100 };
    expect(endsOf(slices(10), [long, { atNs: 55, workNs: 3 }])).toEqual(['58 1', '103 0']);
    expect(endsOf(slices(10), [long, { atNs: 4, workNs: 3 }])).toEqual(['13 1', '103 0']);
  });

  it('take a core away from one of two that have had theirs for long', () => {
    const arrivals = [
      { atNs: 0, workNs: 100 },
      { atNs: 0, workNs: 100 },
      { atNs: 50, workNs: 4 },
    ];
    expect(endsOf(slices(10, 2), arrivals)[0]).toBe('54 2');
  });

  it('do not take turns with nobody', () => {
    expect(endsOf(slices(1), [{ atNs: 3, workNs: 1_000 }])).toEqual(['1003 0']);
    const share = createCoreShare(slices(1));
    share.begin(0, 1_000, 3);
    expect(share.nextEndNs()).toBe(1_003);
  });

  it('refuse to be of no length', () => {
    expect(() => createCoreShare(slices(0))).toThrow(RangeError);
  });

  const arrivals = fc
    .array(fc.record({ gapNs: fc.nat(20), workNs: fc.nat(50) }), { maxLength: 30 })
    .map((each) => {
      let atNs = 0;
      return each.map(({ gapNs, workNs }) => ({ atNs: (atNs += gapNs), workNs }));
    });

  it('are first come, first served where a slice is longer than all work', () => {
    fc.assert(
      fc.property(arrivals, fc.integer({ min: 1, max: 3 }), (each, cores) => {
        const wanted = endsOf({ discipline: 'run-to-completion', cores }, each);
        expect(endsOf(slices(51, cores), each).toSorted()).toEqual(wanted.toSorted());
      }),
    );
  });

  it('leave no core idle and do no work twice: the last end of a busy time is that of any other discipline', () => {
    fc.assert(
      fc.property(arrivals, fc.integer({ min: 1, max: 20 }), (each, sliceNs) => {
        const wanted = endsOf({ discipline: 'run-to-completion', cores: 1 }, each);
        const ends = endsOf(slices(sliceNs), each);
        expect(ends).toHaveLength(each.length);
        expect(ends.at(-1)?.split(' ')[0]).toEqual(wanted.at(-1)?.split(' ')[0]);
      }),
    );
  });

  it('know at any time how much has been done', () => {
    fc.assert(
      fc.property(arrivals, fc.integer({ min: 1, max: 20 }), (each, sliceNs) => {
        const cores = createCoreShare(slices(sliceNs));
        for (const [thread, { workNs }] of each.entries()) cores.begin(thread, workNs, 0);
        let doneNs = 0;
        const allNs = each.reduce((sum, { workNs }) => sum + workNs, 0);
        for (let nowNs = 0; nowNs < allNs; nowNs++) {
          for (let done = cores.popDone(nowNs); done !== undefined; done = cores.popDone(nowNs)) {
            doneNs += each[done]!.workNs;
          }
          expect(doneNs + cores.unfinishedWorkNs(nowNs)).toBe(nowNs);
        }
      }),
    );
  });
});
