/** One negotiation after the other between a host and a gateway in plain function calls: no runtime, no workers. */
import type { Endpoint } from '../src/ike/endpoint.ts';
import type { Identity } from '../src/ike/identity.ts';
import type { CryptoSuite, RandomOctets } from '../src/ike/suite.ts';
import type { CertificateSetting } from '../src/ike/v1/isakmp-sa.ts';
import { Group, IdentificationType } from '../src/ike/wire/numbers.ts';
import type { Effect } from '../src/peer/effect.ts';
import { createIkePeer, createPeer } from '../src/peer/create-peer.ts';
import { RecordArena } from '../src/peer/parking/record-arena.ts';
import { RestingPeer, type RestingHome } from '../src/peer/parking/resting-peer.ts';
import type { Peer, PeerSetup } from '../src/peer/peer.ts';
import type { PeerPolicy } from '../src/peer/policy.ts';
import { NS_PER_S } from '../src/peer/timer.ts';
import { createRandomStream } from '../src/random/stream.ts';

const SECRET = new TextEncoder().encode('correct horse battery staple');

/** Main mode with pre-shared keys, X25519, AES-128 and SHA-256; the changes on top. */
export function benchPolicy(changes: Partial<PeerPolicy> = {}): PeerPolicy {
  return {
    identity: { idType: IdentificationType.fqdn, data: new TextEncoder().encode('peer.example') },
    ike: [{ cipher: 'aes-cbc', keyBits: 128, hash: 'sha256', group: Group.x25519 }],
    esp: [{ encryption: 'aes-cbc', keyBits: 128, integrity: 'sha256' }],
    encapsulation: 'tunnel',
    authentication: 'pre-shared-key',
    acceptedAuthentications: ['pre-shared-key'],
    mode: 'main',
    acceptedModes: ['main', 'aggressive'],
    children: 1,
    ikeLifetimeS: 28_800,
    espLifetimeS: 3_600,
    retransmit: { firstNs: 4 * NS_PER_S, factor: 1.8, maximumNs: Infinity, tries: 5 },
    halfOpenTimeoutNs: 30 * NS_PER_S,
    initialContact: false,
    natTraversal: 'auto',
    natPort: 4500,
    alwaysMarker: false,
    natKeepaliveNs: 0,
    fragmentOctets: 1280,
    limits: { halfOpen: 100_000, exchangesPerSa: 4, established: 1_000_000 },
    reportKeys: false,
    ...changes,
  };
}

function endpointAt(index: number): Endpoint {
  const octets = Uint8Array.of(10, index >>> 16, (index >>> 8) & 0xff, index & 0xff);
  return { address: octets.join('.'), port: 500, octets };
}

/** As in runs, everybody is somebody else. */
function identityOf(id: number): Identity {
  return { idType: IdentificationType.fqdn, data: new TextEncoder().encode(`host-${id}.example`) };
}

export interface Village {
  readonly gateway: Peer;
  readonly hosts: readonly Peer[];
}

export interface VillagePlan {
  readonly policy: PeerPolicy;
  readonly hostCount: number;
  /** What is at rest is parked, as in runs. */
  readonly parks?: boolean;
  /** Of the host or gateway with this number (0: the gateway), where the policy has signatures. */
  readonly certificatesOf?: (id: number) => CertificateSetting;
}

/** A gateway and its hosts, none of them connected. */
export function createVillage(suite: CryptoSuite, plan: VillagePlan): Village {
  const { policy, hostCount, certificatesOf, parks } = plan;
  const arena = new RecordArena();
  const randomOf = (id: number, position: number) =>
    createRandomStream({ seed: 1, entity: id, purpose: 'bench' }, position);
  const setupOf = (id: number, role: 'host' | 'gateway', random: RandomOctets): PeerSetup => ({
    id,
    role,
    endpoint: endpointAt(id + 1),
    policy: role === 'host' ? { ...policy, identity: identityOf(id) } : policy,
    preSharedKey: () => SECRET,
    suite,
    random,
    ...(parks === true && { arena }),
    ...(certificatesOf !== undefined && { certificates: certificatesOf(id), epochMs: Date.now() }),
  });
  const home: RestingHome = {
    arena,
    endpointOf: (id) => endpointAt(id + 1),
    randomOf,
    create: (id, _endpoint, random) => createIkePeer(setupOf(id, 'host', random)),
  };
  const hosts = Array.from({ length: hostCount }, (_, i) =>
    parks === true
      ? new RestingPeer(home, i + 1)
      : createPeer(setupOf(i + 1, 'host', randomOf(i + 1, 0).octets)),
  );
  return { gateway: createPeer(setupOf(0, 'gateway', randomOf(0, 0).octets)), hosts };
}

export interface NegotiationCost {
  readonly hasSucceeded: boolean;
  readonly messages: number;
  /** Of UDP payloads. */
  readonly octets: number;
}

/** Lets a host connect, which replaces its tunnel if it has one. */
export function negotiate(gateway: Peer, host: Peer): NegotiationCost {
  const waiting: { readonly to: Peer; readonly from: Peer; readonly octets: Uint8Array }[] = [];
  const effects: Effect[] = [];
  let hasSucceeded = false;
  let octets = 0;
  const carryOut = (from: Peer, to: Peer) => {
    for (const effect of effects) {
      if (effect.type === 'send') {
        octets += effect.octets.length;
        waiting.push({ to, from, octets: effect.octets });
      } else if (effect.type === 'record' && effect.fact.type === 'negotiation.succeeded')
        hasSucceeded = true;
    }
    effects.length = 0;
  };
  host.handle({ type: 'connect', negotiation: 0, plannedNs: 0, to: gateway.endpoint }, 0, effects);
  carryOut(host, gateway);
  for (const { to, from, octets: datagram } of waiting) {
    to.handle(
      { type: 'datagram.received', from: from.endpoint, to: to.endpoint, octets: datagram },
      0,
      effects,
    );
    carryOut(to, from);
  }
  return { hasSucceeded, messages: waiting.length, octets };
}
