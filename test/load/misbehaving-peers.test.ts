import { describe, expect, it } from 'vitest';
import { misbehavingPeers } from '../../src/load/misbehaving-peers.ts';
import { parseScenario } from '../../src/scenario/load.ts';

const RANGES: Readonly<Record<string, { first: number; count: number }>> = {
  hosts: { first: 0, count: 200 },
  gates: { first: 200, count: 1 },
};

function peersOf(misbehave: string, seed = 1) {
  const { scenario } = parseScenario(
    `name: some\npeers:\n  hosts: { count: 200, addresses: 10.1.0.0/16, psk: secret, misbehave: ${misbehave} }\n` +
      '  gates: { role: gateway, addresses: 192.0.2.1, misbehave: [{ what: duplicate, share: 1% }] }\n' +
      'connections: [{ from: hosts, to: gates }]\nload: { executor: storm }\n',
    'some.yaml',
    [],
  );
  return misbehavingPeers(scenario, { seed, rangeOf: (group) => RANGES[group] });
}

describe('peers that misbehave', () => {
  it('are exactly the share of each rule, each drawn for itself, and at least one', () => {
    const peers = peersOf('[{ what: drop, share: 10% }, { what: corrupt, share: 25% }]');
    const following = (index: number): number[] =>
      [...peers].flatMap(([peerId, rules]) => (peerId < 200 && rules[index] !== undefined ? [peerId] : []));
    expect([following(0).length, following(1).length]).toEqual([20, 50]);
    expect(following(0).every((peerId) => following(1).includes(peerId))).toBe(false);
    expect(peers.get(200)?.[0]?.misdeed).toEqual({ type: 'duplicate' });
  });

  it('are the same for a seed, and others for another one', () => {
    const ids = (seed: number): number[] => [...peersOf('[{ what: drop, share: 10% }]', seed).keys()];
    expect(ids(7)).toEqual(ids(7));
    expect(ids(7)).not.toEqual(ids(8));
  });

  it('are none where nobody is told to', () => {
    expect([...peersOf('[]').keys()]).toEqual([200]);
  });
});
