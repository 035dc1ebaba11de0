/** What peers did wrong on purpose, in the words of a result. */
import type { MisbehaviourRule } from '../peer/misbehaviour/rule.ts';
import { peersMeant } from '../scenario/peers-meant.ts';
import type { Scenario } from '../scenario/scenario.ts';
import { formatDurationNs } from '../scenario/unit.ts';
import type { MisbehaviourResult } from './result.ts';
import type { RecorderSnapshot } from './snapshot.ts';

/** In the order of the scenario. */
export function misbehaviourResults(
  { groups }: Scenario,
  { groups: measured }: Pick<RecorderSnapshot, 'groups'>,
): MisbehaviourResult[] {
  return groups.flatMap(({ name, count, misbehaviour = [] }) => {
    const misdeeds = Object.hasOwn(measured, name) ? (measured[name]?.misdeeds ?? []) : [];
    return misbehaviour.map(({ share, rule }, index) => ({
      group: name,
      text: misdeedText(rule),
      peers: peersMeant(count, share),
      times: misdeeds[index] ?? 0,
    }));
  });
}

/** `wrong-payload hash of quick-1, 10% of the time, 10s to 1m`. */
export function misdeedText({ misdeed, messages, fromNs, forNs, chance }: MisbehaviourRule): string {
  const what = 'payload' in misdeed ? `${misdeed.type} ${misdeed.payload}` : misdeed.type;
  const late = 'afterNs' in misdeed ? ` after ${formatDurationNs(misdeed.afterNs)}` : '';
  const which = messages === undefined ? 'every message' : messages.join(', ');
  const often = chance < 1 ? `, ${Number((chance * 100).toPrecision(6))}% of the time` : '';
  const since = fromNs > 0 || forNs !== undefined ? `, from ${formatDurationNs(fromNs)}` : '';
  const until = forNs === undefined ? '' : ` to ${formatDurationNs(fromNs + forNs)}`;
  return `${what} of ${which}${late}${often}${since}${until}`;
}
