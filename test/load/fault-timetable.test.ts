import { describe, expect, it } from 'vitest';
import { peersThatCrash, planFaults, targetsOf } from '../../src/load/fault-timetable.ts';
import type { Fault } from '../../src/scenario/fault.ts';

const RANGES: Readonly<Record<string, { first: number; count: number }>> = {
  hosts: { first: 0, count: 1000 },
  gates: { first: 1000, count: 3 },
};
const setup = (faults: readonly Fault[], seed = 1) => ({
  faults,
  seed,
  rangeOf: (group: string) => RANGES[group],
});
const crash = (changes: Partial<Fault & { type: 'crash' }> = {}): Fault => ({
  type: 'crash',
  groups: ['gates'],
  share: 1,
  atNs: 100,
  forNs: 30,
  everyNs: 0,
  keepsState: false,
  ...changes,
});

describe('the timetable of faults', () => {
  it('has a crash and a restart of each gateway, in order of time', () => {
    expect(
      planFaults(setup([crash()])).map(({ timeNs, peerId, event, begins }) => [
        timeNs,
        peerId,
        event.type,
        begins,
      ]),
    ).toEqual([
      [100, 1000, 'crash', true],
      [100, 1001, 'crash', true],
      [100, 1002, 'crash', true],
      [130, 1000, 'restart', false],
      [130, 1001, 'restart', false],
      [130, 1002, 'restart', false],
    ]);
  });

  it('rolls, overlaps, and may have no end', () => {
    const rolling = planFaults(setup([crash({ everyNs: 20 })]));
    expect(rolling.map(({ timeNs, peerId }) => [timeNs, peerId])).toEqual([
      [100, 1000],
      [120, 1001],
      [130, 1000],
      [140, 1002],
      [150, 1001],
      [170, 1002],
    ]);
    const { forNs: _forNs, ...endless } = crash() as Fault & { type: 'crash' };
    expect(planFaults(setup([endless])).map(({ event }) => event.type)).toEqual(['crash', 'crash', 'crash']);
  });

  it('draws exactly the share, from the seed and the place of the fault', () => {
    const third = { groups: ['hosts'], share: 0.333 };
    const chosen = targetsOf(third, 0, setup([]));
    expect([chosen.length, new Set(chosen).size, chosen.every((id) => id >= 0 && id < 1000)]).toEqual([
      333,
      333,
      true,
    ]);
    expect(targetsOf(third, 0, setup([]))).toEqual(chosen);
    expect(targetsOf(third, 1, setup([]))).not.toEqual(chosen);
    expect(targetsOf(third, 0, setup([], 2))).not.toEqual(chosen);
    expect(targetsOf({ groups: ['gates'], share: 0.01 }, 0, setup([]))).toHaveLength(1);
    expect(targetsOf({ groups: ['hosts', 'gates'], share: 1 }, 0, setup([]))).toHaveLength(1003);
  });

  it('knows who may crash, and sets clocks of those that do not', () => {
    const step: Fault = { type: 'clock-step', groups: ['hosts'], share: 1, atNs: 5, byNs: -2_000_000_000 };
    const faults = [step, crash(), { type: 'outage', link: 'home', atNs: 1, forNs: 2 } as const];
    expect([...peersThatCrash(setup(faults))]).toEqual([1000, 1001, 1002]);
    expect(planFaults(setup(faults))[0]).toEqual({
      timeNs: 5,
      peerId: 0,
      fault: 0,
      event: { type: 'clock.stepped', byMs: -2000 },
      begins: true,
    });
  });
});
