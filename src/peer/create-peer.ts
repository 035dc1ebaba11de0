/** Makes peers. */
import { startDirectChart } from './interpreter/direct.ts';
import type { StartChart } from './chart.ts';
import { IkePeer } from './ike-peer.ts';
import type { Peer, PeerSetup } from './peer.ts';

/** A host or gateway, its charts run by `startChart` (by default the direct interpreter). */
export function createPeer(setup: PeerSetup, startChart: StartChart = startDirectChart): Peer {
  return new IkePeer(setup, startChart);
}
