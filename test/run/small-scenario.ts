/** A scenario in memory that is small enough for a unit test; the load is what varies. */
import { parseScenario } from '../../src/scenario/load.ts';
import type { LoadedScenario } from '../../src/scenario/scenario.ts';

export const SMALL_SCENARIO = `
name: small
runtime: memory
seed: 7
peers:
  workers:
    role: host
    count: 12
    addresses: 10.1.0.0/16
    identity: worker-{number}.example.test
    psk: secret of worker {number}
    mode: { main: 1, aggressive: 1 }
    ike: [aes128-sha256-x25519]
    esp: [aes128-sha256]
  gateways:
    role: gateway
    count: 2
    addresses: 192.0.2.0/29
    identity: gateway-{number}.example.test
    ike: [aes128-sha256-x25519]
    esp: [aes128-sha256]
connections:
  - { from: workers, to: gateways }
`;

export const STORM = 'load: { executor: storm, spread: 100ms }\n';

export function smallScenario(load: string, ...settings: readonly string[]): LoadedScenario {
  return parseScenario(`${SMALL_SCENARIO}${load}`, 'small.yaml', settings);
}
