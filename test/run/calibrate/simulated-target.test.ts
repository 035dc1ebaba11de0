import { describe, expect, it } from 'vitest';
import { PlanError } from '../../../src/run/plan.ts';
import { datagramsInTurn, worksOfNegotiation } from '../../../src/run/calibrate/simulated-target.ts';
import { parseScenario } from '../../../src/scenario/load.ts';

function scenario(mode: string, gatewayEsp = 'aes128-sha256'): ReturnType<typeof parseScenario> {
  return parseScenario(
    `name: real
runtime: udp
workers: 1
peers:
  hosts: {count: 8, addresses: 127.10.0.0/16, port: 0, psk: secret, mode: ${mode}, ike: [aes128-sha256-x25519], esp: [aes128-sha256]}
  gateway: {role: gateway, addresses: 127.0.0.1, ike: [aes128-sha256-x25519], esp: [${gatewayEsp}], accept-modes: [main, aggressive]}
connections: [{from: hosts, to: gateway}]
load: {executor: constant-peers, measure: 5s}
`,
    'real.yaml',
  );
}

describe('a scenario for a real gateway', () => {
  it('tells without it what both ends do for a negotiation', async () => {
    const { gateway: work, host } = await worksOfNegotiation(scenario('main'));
    expect(work['generate:31']).toEqual({ calls: 1, octets: 0 });
    expect(work['agree:31']?.calls).toBe(1);
    // Three messages of main mode, two of quick mode, and deletes of the tunnel before.
    expect(work['receive']?.calls).toBeGreaterThanOrEqual(6);
    expect(work['send']?.calls).toBe(4);
    expect(host).toMatchObject({
      'generate:31': { calls: 1 },
      'agree:31': { calls: 1 },
      receive: { calls: 4 },
    });
    expect(host['send']!.calls).toBe(work['receive']!.calls);
  });

  it('tells how many datagrams a negotiation waits for', async () => {
    expect(await datagramsInTurn(scenario('main'))).toBe(8);
    expect(await datagramsInTurn(scenario('aggressive'))).toBe(4);
  });

  it('is refused when its hosts cannot connect to what it says of the gateway', async () => {
    await expect(worksOfNegotiation(scenario('main', 'aes256-sha512'))).rejects.toThrow(PlanError);
  });
});
