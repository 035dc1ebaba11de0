/** Policies, endpoints and keys for tests, with a default for everything. */
import type { Endpoint } from '../../src/ike/endpoint.ts';
import { IdentificationType, Group } from '../../src/ike/wire/numbers.ts';
import { asciiOctets } from '../../src/ike/wire/octets.ts';
import type { EspTransform, IkeTransform, PeerPolicy, Selector } from '../../src/peer/policy.ts';
import { NS_PER_S } from '../../src/peer/timer.ts';

export function endpoint(address: string, port = 500): Endpoint {
  return { address, port, octets: Uint8Array.from(address.split('.').map(Number)) };
}

export function subnet(text: string): Selector {
  const [address = '', length = '32'] = text.split('/');
  const mask = length === '0' ? 0 : (0xffffffff << (32 - Number(length))) >>> 0;
  const maskOctets = [mask >>> 24, (mask >>> 16) & 0xff, (mask >>> 8) & 0xff, mask & 0xff];
  const data = Uint8Array.from([...address.split('.').map(Number), ...maskOctets]);
  return { idType: IdentificationType.ipv4Subnet, data };
}

export const aes128Sha256X25519: IkeTransform = {
  cipher: 'aes-cbc',
  keyBits: 128,
  hash: 'sha256',
  group: Group.x25519,
};
export const espAes128Sha256: EspTransform = { encryption: 'aes-cbc', keyBits: 128, integrity: 'sha256' };

export function policy(changes: Partial<PeerPolicy> = {}): PeerPolicy {
  return {
    identity: { idType: IdentificationType.fqdn, data: asciiOctets('peer.example') },
    ike: [aes128Sha256X25519],
    esp: [espAes128Sha256],
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
    limits: { halfOpen: 1000, exchangesPerSa: 4, established: 100_000 },
    reportKeys: true,
    ...changes,
  };
}
