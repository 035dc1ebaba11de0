/** Which peers follow which rules of misbehaviour. Every worker computes the same. */
import type { MisbehaviourRule } from '../peer/misbehaviour/rule.ts';
import { MISBEHAVIOURS_MAXIMUM } from '../scenario/limits.ts';
import type { Scenario } from '../scenario/scenario.ts';
import { type FaultTimetableSetup, targetsOf } from './fault-timetable.ts';

/** By place in the list of the peer's group; undefined where the rule is for others. */
export type PeerRules = readonly (MisbehaviourRule | undefined)[];

/** The rules of each peer that has some, by its id. */
export function misbehavingPeers(
  { groups }: Pick<Scenario, 'groups'>,
  setup: Pick<FaultTimetableSetup, 'seed' | 'rangeOf'>,
): ReadonlyMap<number, PeerRules> {
  const all = new Map<number, (MisbehaviourRule | undefined)[]>();
  for (const [place, { name, misbehaviour = [] }] of groups.entries()) {
    for (const [index, { share, rule }] of misbehaviour.entries()) {
      const entity = place * MISBEHAVIOURS_MAXIMUM + index;
      for (const peerId of targetsOf({ groups: [name], share }, entity, setup, 'misbehaving')) {
        let rules = all.get(peerId);
        if (rules === undefined) all.set(peerId, (rules = misbehaviour.map(() => undefined)));
        rules[index] = rule;
      }
    }
  }
  return all;
}
