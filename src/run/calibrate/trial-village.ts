/** A host and a gateway that negotiate in plain function calls, for measuring what is no cryptography. */
import type { CryptoSuite } from '../../ike/suite.ts';
import type { Effect } from '../../peer/effect.ts';
import type { PeerEvent } from '../../peer/event.ts';
import type { Peer } from '../../peer/peer.ts';
import { createPopulation } from '../../scenario/expand.ts';
import { parseScenario } from '../../scenario/load.ts';
import { CertificateBook } from '../../worker/certificates.ts';
import { LocalPeers, endpointOf } from '../../worker/local-peers.ts';

const SCENARIO = `name: trial
peers:
  hosts: { addresses: 10.1.0.1, psk: trial }
  gateway: { role: gateway, addresses: 10.2.0.1, psk: trial }
connections: [{ from: hosts, to: gateway }]
load: { executor: storm }
`;
const HOST = 0;
const GATEWAY = 1;
const SEED = 1;

export interface TrialVillage {
  /** Main mode and quick mode; replaces the tunnel of the time before. Returns how many events the two handled. */
  negotiate(): number;
  /** Datagrams of the latest negotiation, in order, sent by either. */
  readonly datagrams: readonly Uint8Array[];
}

/** @throws Error when the first negotiation fails, which would be a mistake of ours. */
export function createTrialVillage(suite: CryptoSuite): TrialVillage {
  const { scenario } = parseScenario(SCENARIO, 'trial');
  const population = createPopulation(scenario, SEED);
  const peers = new LocalPeers({
    population,
    suite,
    seed: SEED,
    keySeed: SEED,
    epochMs: 0,
    certificates: new CertificateBook(new Map()),
    isLocal: () => true,
  });
  const datagrams: Uint8Array[] = [];
  const negotiate = (): number => {
    const waiting: { readonly to: Peer; readonly event: PeerEvent }[] = [];
    const effects: Effect[] = [];
    let hasSucceeded = false;
    datagrams.length = 0;
    waiting.push({
      to: peers.at(HOST)!,
      event: { type: 'connect', negotiation: 0, plannedNs: 0, to: endpointOf(population, GATEWAY) },
    });
    for (const { to, event } of waiting) {
      to.handle(event, 0, effects);
      for (const effect of effects) {
        if (effect.type === 'record' && effect.fact.type === 'negotiation.succeeded') hasSucceeded = true;
        if (effect.type !== 'send') continue;
        datagrams.push(effect.octets);
        const { from, octets } = effect;
        const other = peers.at(to.id === HOST ? GATEWAY : HOST)!;
        waiting.push({ to: other, event: { type: 'datagram.received', from, to: effect.to, octets } });
      }
      effects.length = 0;
    }
    if (!hasSucceeded) throw new Error('the trial negotiation failed');
    return waiting.length;
  };
  negotiate();
  return { negotiate, datagrams };
}
