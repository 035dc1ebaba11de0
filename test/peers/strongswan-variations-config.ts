/** One strongSwan for many variations at once: as a gateway it tells them apart by the addresses of the hosts. */
import type { Authentication } from '../../src/ike/authentication.ts';
import {
  clientSections,
  GATEWAY_IDENTITY,
  GATEWAY_NETWORK,
  gatewaySections,
  PRE_SHARED_KEY,
  type Proof,
  secrets,
} from './strongswan-config.ts';
import { identityOf, type Variation, VARIATION_POOL, VARIATION_USER } from './variation.ts';
import type { CredentialsByKey } from './variation-scenario.ts';

/** Where the hosts of variation number `index` are. */
export function variationNetwork(index: number): string {
  return `127.10.${index}.0/24`;
}

const PROOF_OF: Readonly<Partial<Record<Authentication, Proof>>> = {
  'pre-shared-key': 'psk',
  'rsa-signature': 'pubkey',
  'ecdsa-256': 'pubkey',
  'ecdsa-384': 'pubkey',
  'ecdsa-521': 'pubkey',
  'xauth-pre-shared-key': 'xauth-psk',
  'xauth-rsa-signature': 'xauth-pubkey',
  'hybrid-rsa-signature': 'hybrid',
};

function proofOf({ authentication }: Variation): Proof {
  const proof = PROOF_OF[authentication];
  if (proof === undefined) throw new Error(`strongSwan does not have ${authentication}`);
  return proof;
}

/** A responder with a connection `v0`, `v1`, ... for each variation, which has the child `c0`, `c1`, ... */
export function variationsGatewayConf(
  variations: readonly Variation[],
  credentials: CredentialsByKey,
): string {
  const connections = variations.map((variation, index) => {
    const { mode, ike, esp, configuration, key } = variation;
    const own = key === undefined ? undefined : credentials[key];
    return `  v${index} {
    version = 1
    aggressive = ${mode === 'aggressive' ? 'yes' : 'no'}
    remote_addrs = ${variationNetwork(index)}
    proposals = ${ike}
    unique = never
    send_cert = always
    ${configuration === undefined ? '' : 'pools = lent'}
    ${configuration === 'push' ? 'pull = no' : ''}
${gatewaySections(proofOf(variation), own && { own: own.gateway, trusted: [own.authority] })}
    children {
      c${index} {
        local_ts = ${GATEWAY_NETWORK}
        remote_ts = ${configuration === undefined ? `10.79.${index}.0/24` : 'dynamic'}
        esp_proposals = ${esp}
      }
    }
  }`;
  });
  return `connections {
${connections.join('\n')}
}
pools {
  lent { addrs = ${VARIATION_POOL} }
}
${secrets(PRE_SHARED_KEY, [VARIATION_USER])}`;
}

/**
 * An initiator with a connection `v0`, `v1`, ... for each variation, from an address of its network. Its children
 * are `c0`, and `c0-1`, `c0-2`, ... for further ones.
 */
export function variationsClientConf(
  variations: readonly Variation[],
  credentials: CredentialsByKey,
  gatewayAddressOf: (variation: Variation) => string,
): string {
  const connections = variations.map((variation, index) => {
    const { mode, ike, esp, configuration, key, children = 1 } = variation;
    const own = key === undefined ? undefined : credentials[key];
    const sections = clientSections({
      identity: identityOf(variation),
      gatewayIdentity: GATEWAY_IDENTITY,
      proof: proofOf(variation),
      user: VARIATION_USER,
      ...(own !== undefined && { certificates: { own: own.client, trusted: [own.authority] } }),
    });
    const child = (name: string): string => `      ${name} {
        local_ts = ${configuration === undefined ? `10.79.${index}.0/24` : 'dynamic'}
        remote_ts = ${GATEWAY_NETWORK}
        esp_proposals = ${esp}
      }`;
    return `  v${index} {
    version = 1
    aggressive = ${mode === 'aggressive' ? 'yes' : 'no'}
    local_addrs = 127.10.${index}.1
    remote_addrs = ${gatewayAddressOf(variation)}
    proposals = ${ike}
    keyingtries = 1
    send_cert = always
    ${configuration === undefined ? '' : 'vips = 0.0.0.0'}
    ${configuration === 'push' ? 'pull = no' : ''}
${sections}
    children {
${childNames(index, children).map(child).join('\n')}
    }
  }`;
  });
  return `connections {
${connections.join('\n')}
}
${secrets(PRE_SHARED_KEY, [VARIATION_USER])}`;
}

/** Names of the children of variation number `index`. */
export function childNames(index: number, children: number): string[] {
  return Array.from({ length: children }, (_, number) =>
    number === 0 ? `c${index}` : `c${index}-${number}`,
  );
}
