import { describe, expect, it } from 'vitest';
import { summaryMarkdown } from '../../src/report/summary-markdown.ts';
import { summaryText } from '../../src/report/summary-text.ts';
import { parseScenario } from '../../src/scenario/load.ts';
import { runScenarioBuilt } from '../harness/built-run.ts';

const scenario = (runtime: string): string => `
name: bad-company
seed: 5
${runtime}
peers:
  good: { count: 10, addresses: 127.11.0.0/24, port: 0, psk: secret, ike: [aes128-sha256-x25519] }
  bad:
    count: 10
    addresses: 127.11.1.0/24
    port: 0
    psk: secret
    ike: [aes128-sha256-x25519]
    retransmit: { first: 2s, factor: 1, tries: 1 }
    misbehave:
      - { what: wrong-payload, payload: hash, message: main-5, share: 30% }
      - { what: duplicate, message: main-1, times: 1 }
      - { what: drop, message: main-3, from: 1h }
  gates: { role: gateway, addresses: 127.11.2.1, ike: [aes128-sha256-x25519] }
connections: [{ from: good, to: gates }, { from: bad, to: gates }]
load: { executor: storm, spread: 200ms, measure: 2h, drain: 5s }
`;
const run = (runtime: string) =>
  runScenarioBuilt(
    parseScenario(
      scenario(runtime).replaceAll('port: 0, ', '').replaceAll('    port: 0\n', ''),
      'bad.yaml',
      [],
    ),
    { workers: 2 },
  );

describe.each(['clock: virtual', 'clock: real'])('misbehaviour in memory, %s', (runtime) => {
  it('is done by so many peers, counted, and says why they failed', async () => {
    const result = await run(runtime);
    expect(result.misbehaviour).toEqual([
      { group: 'bad', text: 'wrong-payload hash of main-5', peers: 3, times: 3 },
      { group: 'bad', text: 'duplicate of main-1', peers: 10, times: 10 },
      { group: 'bad', text: 'drop of main-3, from 1h', peers: 10, times: 0 },
    ]);
    expect(result.groups['good']?.failures).toEqual({});
    expect(result.groups['bad']?.failures).toEqual({ 'authentication-failed': 3 });
    expect(result.groups['gates']?.drops).toMatchObject({ duplicate: expect.any(Number) as number });
    for (const summary of [summaryMarkdown(result), summaryText(result)]) {
      expect(summary.replaceAll(/\s+/g, ' ')).toContain(
        'bad: wrong-payload hash of main-5, 3 peers, 3 times',
      );
    }
  }, 60_000);
});
