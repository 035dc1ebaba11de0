/** What goes wrong by plan in a scenario that was checked: faults at a time, and what peers do wrong on purpose. */
import type { MisbehaviourRule } from '../peer/misbehaviour/rule.ts';
import type { Ns } from '../peer/timer.ts';

/** Peers that a fault happens to: so many of the groups, drawn from the seed. */
export interface FaultTargets {
  readonly groups: readonly string[];
  readonly share: number;
}

/** Something that goes wrong at a time; times are from the beginning of the run. */
export type Fault =
  | (FaultTargets & {
      readonly type: 'crash';
      readonly atNs: Ns;
      /** Absent: for ever. */
      readonly forNs?: Ns;
      /** From one peer to the next; 0: all at once. */
      readonly everyNs: Ns;
      readonly keepsState: boolean;
    })
  | (FaultTargets & { readonly type: 'clock-step'; readonly atNs: Ns; readonly byNs: Ns })
  | (FaultTargets & {
      readonly type: 'slow-server';
      readonly atNs: Ns;
      readonly forNs: Ns;
      readonly factor: number;
    })
  | { readonly type: 'outage'; readonly link: string; readonly atNs: Ns; readonly forNs: Ns };

/** Something that peers of a group do wrong on purpose: so many of them, drawn from the seed. */
export interface Misbehaviour {
  readonly share: number;
  readonly rule: MisbehaviourRule;
}
