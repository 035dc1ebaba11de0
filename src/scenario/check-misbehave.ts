/** What cannot be true of `misbehave`. */
import type { MessageName } from '../ike/v1/message-name.ts';
import type { Finding } from './finding.ts';
import { messagesOf } from './resolve-misbehave.ts';
import { runEndNsOf } from './resolve.ts';
import type { MisdeedSettings, ScenarioSettings } from './schema.ts';
import { formatDurationNs } from './unit.ts';

/** Findings about misdeeds that no peer could ever do. */
export function* checkMisbehaviour(settings: ScenarioSettings): Generator<Finding> {
  for (const [name, group] of Object.entries(settings.peers)) {
    if (group.misbehave.length === 0) continue;
    const path = ['peers', name, 'misbehave'];
    if (group.role === 'server' || group['static-keys'] !== undefined) {
      const why = group.role === 'server' ? 'is a server' : 'has static keys';
      yield { path, message: `"${name}" ${why}, and has no messages of IKE to misuse`, hint: 'remove it' };
      continue;
    }
    for (const [index, misdeed] of group.misbehave.entries()) {
      yield* checkMisdeed(settings, misdeed, [...path, index]);
    }
  }
}

function* checkMisdeed(
  { load }: ScenarioSettings,
  misdeed: MisdeedSettings,
  path: readonly (string | number)[],
): Generator<Finding> {
  const endNs = runEndNsOf(load);
  if (misdeed.from >= endNs) {
    yield {
      path: [...path, 'from'],
      message: `the run ends at ${formatDurationNs(endNs)} at the latest, before this begins`,
      hint: 'let it begin earlier',
    };
  }
  if (!('payload' in misdeed) || misdeed.message === undefined) return;
  const possible = MESSAGES_WITH[misdeed.payload];
  if (possible === undefined) return;
  const wanted = messagesOf([misdeed.message].flat());
  if (possible.some((message) => wanted.includes(message))) return;
  yield {
    path: [...path, 'payload'],
    message: `there is no ${misdeed.payload} payload in ${wanted.join(', ')}`,
    hint: `it is in ${possible.join(', ')}`,
  };
}

const PROVEN: readonly MessageName[] = ['main-5', 'main-6', 'aggressive-2', 'aggressive-3'];
/** Messages that a payload can be in; payloads that are left out here can be in any. */
const MESSAGES_WITH: Readonly<Partial<Record<string, readonly MessageName[]>>> = {
  'security-association': ['main-1', 'main-2', 'aggressive-1', 'aggressive-2', 'quick-1', 'quick-2'],
  'key-exchange': ['main-3', 'main-4', 'aggressive-1', 'aggressive-2', 'quick-1', 'quick-2'],
  nonce: ['main-3', 'main-4', 'aggressive-1', 'aggressive-2', 'quick-1', 'quick-2'],
  signature: PROVEN,
  delete: ['delete'],
  attributes: ['transaction-1', 'transaction-2'],
};
