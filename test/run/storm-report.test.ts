import { describe, expect, it } from 'vitest';
import { parseScenario } from '../../src/scenario/load.ts';
import { runScenarioBuilt } from '../harness/built-run.ts';

/**
 * A message takes 500 us, and computing no time: main and quick mode end 4 ms after they began. Hosts begin at 0, 1, 2 and 3 s.
 * Each asks 2 s after it last heard something, with the answer 1 ms later: 2.004 s, 4.005 s, 6.006 s, ... after its start.
 *
 * The gateway is down from 10 s to 15 s. Hosts give it up 3 s after the question that it did not answer, begin 10 ms later, and send
 * their first message again every 1.5 s:
 *
 *     host  asks, in vain from  begins  sends again     connected
 *     1     10.008              13.018  14.518, 16.018  16.022
 *     2     11.008              14.018  15.518          15.522
 *     3     10.007              13.017  14.517, 16.017  16.021
 *     4     11.007              14.017  15.517          15.521
 */
const SCENARIO = `
name: tiny-storm
clock: virtual
seed: 1
peers:
  hosts:
    count: 4
    role: host
    addresses: 10.0.0.0/8
    psk: secret
    rekey: none
    dpd: { delay: 2s, retry: 1s, timeout: 3s }
    retransmit: { first: 1500ms, factor: 1, tries: 9 }
    retry: immediate
  gateway: { role: gateway, addresses: 192.0.2.1, rekey: none }
connections: [{ from: hosts, to: gateway }]
load: { executor: storm, spread: 4s, measure: 17s }
faults:
  - { fault: crash, peers: gateway, at: 10s, for: 5s }
`;

describe('the report of a storm', () => {
  it('says what can be worked out by hand', async () => {
    const { recovery, simulation, comeBack, negotiations } = await runScenarioBuilt(
      parseScenario(SCENARIO, 'tiny-storm.yaml', []),
      { workers: 2 },
    );
    expect(negotiations).toMatchObject({ started: 8, succeeded: 8, retried: 4 });
    expect(comeBack).toEqual({ tunnelsLost: 4, begun: 4, tried: 4, back: 4, gaveUp: 0 });
    expect(recovery).toMatchObject({ outcome: 'recovered', peers: 4, connected: 4, gaveUp: 0, trying: 0 });
    expect(recovery!.disturbance).toEqual({ kind: 'crash', startNs: 10e9, endNs: 15e9 });
    // Histograms keep a thousandth.
    expect(recovery!.t50Ns! / 1e9).toBeCloseTo(0.522, 3);
    expect(recovery).toMatchObject({ t95Ns: 1.022e9, t99Ns: 1.022e9, t100Ns: 1.022e9 });
    const setUp = 8 * 9;
    const answeredQuestions = 2 * (4 + 4 + 3 + 3);
    const questionsInVain = 4 * 3;
    const sentAgain = 2 + 1 + 2 + 1;
    const datagrams = setUp + answeredQuestions + questionsInVain + sentAgain;
    expect(simulation!.datagrams).toBe(datagrams);
    expect(recovery!.messagesPerSuccess).toBe(datagrams / 8);
    expect(recovery!.retransmissionsPerSuccess).toBe(sentAgain / 8);
    expect(recovery!.wastedCpuShare).toBeNull();
  }, 60_000);
});
