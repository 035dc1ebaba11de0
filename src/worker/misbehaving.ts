/** Makes a peer with what it does wrong on purpose. */
import type { PeerRules } from '../load/misbehaving-peers.ts';
import { createPeer } from '../peer/create-peer.ts';
import { MisbehavingPeer } from '../peer/misbehaving-peer.ts';
import { Mischief } from '../peer/misbehaviour/mischief.ts';
import type { Peer, PeerSetup } from '../peer/peer.ts';
import type { Ns } from '../peer/timer.ts';
import { createRandomStream } from '../random/stream.ts';

export interface MisbehavingSetup {
  readonly setup: PeerSetup;
  /** Absent: the peer behaves. */
  readonly rules: PeerRules | undefined;
  readonly seed: number;
  beginningNs(): Ns;
}

/** Makes the peer, with its wall clock as given, as often as its machine is started; its misdeeds go on where they were. */
export function createMisbehaving({
  setup,
  rules,
  seed,
  beginningNs,
}: MisbehavingSetup): (epochMs: number) => Peer {
  if (rules === undefined) return (epochMs) => createPeer({ ...setup, epochMs });
  const random = createRandomStream({ seed, entity: setup.id, purpose: 'misbehaviour' });
  const misbehaviour = new Mischief({ rules, random, beginningNs });
  return (epochMs) => new MisbehavingPeer(createPeer({ ...setup, epochMs, misbehaviour }), misbehaviour);
}
