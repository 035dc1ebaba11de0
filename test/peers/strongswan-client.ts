/** What a strongSwan client of `ikestorm serve` is unless a test says otherwise. */
import type { Served } from './ikestorm.ts';
import {
  type ClientSettings,
  GATEWAY_IDENTITY,
  GATEWAY_NETWORK,
  PRE_SHARED_KEY,
} from './strongswan-config.ts';

/** Line of `charon { }` for a client that is not answered: it gives up after three seconds instead of 24. */
export const GIVES_UP_EARLY = 'retransmit_timeout = 1\n  retransmit_base = 1';

/** Main mode with a pre-shared key, for a network of 10.79.0.0/16 behind it. */
export function clientAt(
  served: Pick<Served, 'address' | 'port'>,
  settings: Partial<ClientSettings> = {},
): ClientSettings {
  return {
    gatewayAddress: served.address,
    gatewayPort: served.port,
    gatewayIdentity: GATEWAY_IDENTITY,
    address: '127.20.0.1',
    isAggressive: false,
    identity: 'swan.client.test',
    ike: 'aes128-sha256-modp2048',
    esp: 'aes128-sha256',
    localNetwork: '10.79.3.0/24',
    remoteNetwork: GATEWAY_NETWORK,
    preSharedKey: PRE_SHARED_KEY,
    ...settings,
  };
}
