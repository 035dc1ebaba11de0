import { describe, expect, it } from 'vitest';
import { parseScenario } from '../../src/scenario/load.ts';
import { summaryMarkdown } from '../../src/report/summary-markdown.ts';
import { summaryText } from '../../src/report/summary-text.ts';
import { runScenarioBuilt } from '../harness/built-run.ts';
import { SMALL_SCENARIO } from './small-scenario.ts';

const DPD =
  'dpd: { delay: 200ms, retry: 100ms, timeout: 300ms }\n    retransmit: { first: 300ms, factor: 1, tries: 9 }';
const text = (clock: string, faults: string, retry = 'retry: immediate') =>
  `clock: ${clock}\n${SMALL_SCENARIO.replace('role: host', `role: host\n    ${DPD}\n    ${retry}`)}` +
  `load: { executor: storm, spread: 100ms, measure: 6s, drain: 5s }\nfaults:\n${faults}`;
const run = (scenario: string) => runScenarioBuilt(parseScenario(scenario, 'small.yaml', []), { workers: 2 });

const CRASH =
  '  - { fault: crash, peers: gateways, at: 2500ms, for: 1s }\n' +
  '  - { fault: clock-step, peers: workers, share: 25%, at: 1s, by: 1h }\n';

describe('faults in real time', () => {
  it('make tunnels lost, and hosts come back', async () => {
    const { comeBack, lifecycle, faults } = await run(text('real', CRASH));
    expect(faults!.map(({ peers }) => peers)).toEqual([2, 3]);
    expect(lifecycle).toMatchObject({ crashed: 2, restarted: 2 });
    // How many had a tunnel in time, and how many lost more than one, depends on what else the machine does.
    expect(comeBack!.begun).toBeGreaterThan(0);
    expect(comeBack!.back).toBeGreaterThan(0);
  }, 60_000);
});

describe('faults in virtual time', () => {
  it('make tunnels lost, and hosts come back', async () => {
    const result = await run(text('virtual', CRASH));
    expect(result.comeBack).toMatchObject({ tunnelsLost: 12, begun: 12, back: 12, gaveUp: 0 });
    expect(result.lifecycle).toMatchObject({ crashed: 2, restarted: 2, 'peer-dead': 12 });
    expect(result.faults).toEqual([
      { text: 'crash of gateways, state lost', type: 'crash', startNs: 25e8, endNs: 35e8, peers: 2 },
      {
        text: 'clock of 25% of workers set forward by 1h',
        type: 'clock-step',
        startNs: 1e9,
        endNs: 1e9,
        peers: 3,
      },
    ]);
    expect(result.latency.comeBack?.count).toBe(12);
    expect(result.recovery).toMatchObject({
      outcome: 'recovered',
      disturbance: { kind: 'crash', startNs: 25e8, endNs: 35e8 },
      peers: 12,
      connected: 12,
    });
    for (const summary of [summaryMarkdown(result), summaryText(result)]) {
      const words = summary.replaceAll(/\s+/g, ' ');
      expect(words).toContain('crash of gateways, state lost');
      expect(words).toContain('12 tunnels lost, 12 of 12 came back (100 %)');
    }
  }, 60_000);

  it('leave tunnels of gateways that keep their state', async () => {
    const faults = '  - { fault: crash, peers: gateways, at: 2s, for: 50ms, every: 300ms, state: kept }\n';
    const result = await run(text('virtual', faults));
    expect(result.comeBack).toBeUndefined();
    expect(result.lifecycle).toMatchObject({ crashed: 2, restarted: 2 });
  }, 60_000);

  it('make those give up who have tried often enough', async () => {
    const faults = '  - { fault: crash, peers: gateways, at: 1s }\n';
    const retry = 'retry: { wait: 50ms, tries: 2, patience: 300ms }';
    const result = await run(text('virtual', faults, retry));
    expect(result.comeBack).toMatchObject({ begun: 12, tried: 24, back: 0, gaveUp: 12 });
    expect(result.failures).toEqual({ impatient: 24 });
  }, 60_000);
});
