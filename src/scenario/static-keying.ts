/** SAs that both ends of a pair have by hand, as the scenario says. */
import type { StaticKeying } from '../peer/data/static-tunnel.ts';
import type { PeerPolicy } from '../peer/policy.ts';
import { createRandomStream } from '../random/stream.ts';
import type { PeerGroup } from './scenario.ts';
import { expandTemplate, type TemplateValues } from './template.ts';

/** Those of an initiator; undefined for a group with IKE. `pair` is its id. */
export function staticKeyingAt(
  { staticKeys, esp, encapsulation }: PeerGroup,
  { localSelector, remoteSelector }: PeerPolicy,
  { pair, values, seed }: { readonly pair: number; readonly values: TemplateValues; readonly seed: number },
): StaticKeying | undefined {
  const [transform] = esp;
  if (staticKeys === undefined || transform === undefined) return undefined;
  const common = {
    pair,
    isInitiator: true,
    transform,
    encapsulation,
    ...(localSelector !== undefined && { localSelector }),
    ...(remoteSelector !== undefined && { remoteSelector }),
  };
  if (staticKeys.type === 'given') return { ...common, keys: staticKeys, skewNs: 0 };
  const { secret, changeEveryNs, skewNs } = staticKeys;
  const share = skewNs === 0 ? 0 : createRandomStream({ seed, entity: pair, purpose: 'key-change' }).unit();
  return {
    ...common,
    keys: { type: 'derived', secret: new TextEncoder().encode(expandTemplate(secret, values)) },
    ...(changeEveryNs !== undefined && { changeEveryNs }),
    skewNs: Math.round(skewNs * share),
  };
}

/** The same at the other end, which changes keys on time. */
export function otherEndOf({ localSelector, remoteSelector, ...keying }: StaticKeying): StaticKeying {
  return {
    ...keying,
    isInitiator: false,
    ...(remoteSelector !== undefined && { localSelector: remoteSelector }),
    ...(localSelector !== undefined && { remoteSelector: localSelector }),
    skewNs: 0,
  };
}
