/** From `retry` as written to the policy of an initiator. */
import { NS_PER_S } from '../peer/timer.ts';
import type { Retry, RetryWait } from './scenario.ts';
import type { GroupSettings } from './schema.ts';

type RetrySettings = GroupSettings['retry'];
type WrittenWait = Exclude<RetrySettings, string>['wait'];

const FOREVER: Pick<Retry, 'jitter' | 'giveUpChance'> = { jitter: 0, giveUpChance: 0 };

/** What the words mean; docs/faults.md says where that is known from. */
const BY_WORD: Readonly<Record<Extract<RetrySettings, string>, Retry | undefined>> = {
  none: undefined,
  immediate: { ...FOREVER, wait: { type: 'uniform', leastNs: 0, mostNs: 0 } },
  // REVIVE_CONN_DELAY and REVIVE_CONN_DELAY_MAX of pluto_constants.h; keyingtries is %forever.
  libreswan: {
    ...FOREVER,
    wait: { type: 'growing', firstNs: 0, factor: 1, stepNs: 5 * NS_PER_S, maximumNs: 300 * NS_PER_S },
  },
  people: {
    wait: { type: 'uniform', leastNs: 2 * NS_PER_S, mostNs: 20 * NS_PER_S },
    jitter: 0,
    giveUpChance: 0.1,
    patienceNs: 30 * NS_PER_S,
  },
};

/** Undefined for `none`. */
export function resolveRetry(retry: RetrySettings): Retry | undefined {
  if (typeof retry === 'string') return BY_WORD[retry];
  const { tries, 'give-up-after': giveUpAfterNs, patience: patienceNs } = retry;
  return {
    wait: resolveWait(retry.wait),
    jitter: retry.jitter,
    giveUpChance: retry['give-up-chance'],
    ...(tries !== undefined && { tries }),
    ...(giveUpAfterNs !== undefined && { giveUpAfterNs }),
    ...(patienceNs !== undefined && { patienceNs }),
  };
}

function resolveWait(wait: WrittenWait): RetryWait {
  if (typeof wait === 'number') return { type: 'uniform', leastNs: wait, mostNs: wait };
  if ('least' in wait) return { type: 'uniform', leastNs: wait.least, mostNs: wait.most };
  const { first, factor, step, max } = wait;
  return { type: 'growing', firstNs: first, factor, stepNs: step, maximumNs: max };
}
