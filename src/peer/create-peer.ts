/** Makes peers. */
import { startDirectChart } from './interpreter/direct.ts';
import type { StartChart } from './chart.ts';
import { IkePeer } from './ike-peer.ts';
import type { Peer, PeerSetup } from './peer.ts';
import { StaticPeer } from './static-peer.ts';

/** A host or gateway, its charts run by `startChart` (by default the direct interpreter), or a peer with static keys, which has none. */
export function createPeer(setup: PeerSetup, startChart: StartChart = startDirectChart): Peer {
  const { staticKeying } = setup;
  return staticKeying === undefined ? createIkePeer(setup, startChart) : new StaticPeer(setup, staticKeying);
}

/** The same of one that has no static keys. */
export function createIkePeer(setup: PeerSetup, startChart: StartChart = startDirectChart): IkePeer {
  return new IkePeer(setup, startChart);
}
