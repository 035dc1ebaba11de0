import { describe, expect, it } from 'vitest';
import type { RunResult } from '../../src/measure/result.ts';
import { compareDigests, comparisonText, partingPeers } from '../../src/report/comparison.ts';
import { replayCommand } from '../../src/report/replay.ts';
import { summaryMarkdown } from '../../src/report/summary-markdown.ts';
import { summaryText } from '../../src/report/summary-text.ts';
import { failedResult, passedResult } from './sample-results.ts';

const S = 1_000_000_000;

function simulated(digest: string | null, digests: readonly string[], intervalNs = S): RunResult {
  const result = passedResult();
  return {
    ...result,
    manifest: { ...result.manifest, clock: 'virtual' },
    simulation: {
      digest,
      coversOctets: true,
      checkpoints: { intervalNs, digests: [...digests] },
      events: 1,
      datagrams: 1,
      windows: 1,
      lookaheadNs: null,
      simulatedNs: 3 * S,
      wallNs: S,
      speed: 3,
      eventsHz: 1,
      negotiationsHz: 1,
    },
  };
}

describe('a comparison', () => {
  it('says when two simulations did the same', () => {
    const [a, b] = [simulated('aa', ['1']), simulated('aa', ['1'])];
    expect(compareDigests(a, b)).toEqual({ type: 'same', digest: 'aa' });
    expect(comparisonText(a, b)).toContain('digest      the same: aa');
  });

  it('names the first interval in which they part, and how to look closer', () => {
    const [a, b] = [simulated('aa', ['1', '2', '3']), simulated('bb', ['1', 'x', 'y'])];
    expect(compareDigests(a, b)).toEqual({ type: 'different', startNs: S, endNs: 2 * S });
    const text = comparisonText(a, b);
    expect(text).toContain('they part between 1 s and 2 s');
    expect(text).toContain('--seed 42 --workers 2 --digest-checkpoints 10 --digest-peers 2000');
    expect(text).not.toContain('peers  ');
  });

  it('names the peers that part, the earliest first', () => {
    const trace = (digest: string, latestNs: number) => ({ digest, latestNs, latestEvent: 'timer.fired' });
    const withPeers = (digest: string, traces: Record<string, ReturnType<typeof trace>>, timeNs = 2 * S) => {
      const result = simulated(digest, [digest]);
      return { ...result, simulation: { ...result.simulation!, peers: { timeNs, traces } } };
    };
    const same = { 'workers-1': trace('1', S) };
    const a = withPeers('aa', { ...same, 'workers-2': trace('2', 1.9 * S), 'workers-17': trace('3', S) });
    const b = withPeers('bb', {
      ...same,
      'workers-2': trace('x', 1.8 * S),
      'workers-17': trace('y', 1.25 * S),
      new: trace('z', 1.5 * S),
    });
    expect(partingPeers(a, b)?.map(({ peer }) => peer)).toEqual(['workers-17', 'new', 'workers-2']);
    const text = comparisonText(a, b);
    expect(text).toContain('peers       3 had not done the same by 2 s, and did last:');
    expect(text).toContain('workers-17: timer.fired at 1 s  ->  timer.fired at 1.25 s');
    expect(text).toContain('new: nothing  ->  timer.fired at 1.5 s');
    expect(comparisonText(a, withPeers('bb', a.simulation.peers.traces))).toContain(
      'all had done the same by 2 s',
    );
    expect(partingPeers(a, withPeers('bb', {}, S))).toBeUndefined();
    const many = Object.fromEntries(
      Array.from({ length: 12 }, (_, index) => [`w-${index}`, trace('1', index)]),
    );
    expect(comparisonText(withPeers('aa', many), withPeers('bb', {}))).toContain('and 2 more');
  });

  it('knows when they part after the last checkpoint that both have', () => {
    const late = compareDigests(simulated('aa', ['1', '2']), simulated('bb', ['1', '2', '3']));
    expect(late).toEqual({ type: 'different', startNs: 2 * S, endNs: null });
  });

  it('does not compare what cannot be compared', () => {
    expect(compareDigests(passedResult(), simulated('aa', [])).type).toBe('unknown');
    expect(compareDigests(simulated(null, []), simulated('aa', [])).type).toBe('unknown');
    expect(compareDigests(simulated('aa', ['1']), simulated('bb', ['1'], 2 * S))).toMatchObject({
      why: expect.stringContaining('1 s and 2 s apart'),
    });
  });

  it('shows numbers side by side with their change', () => {
    const before = passedResult();
    const after = { ...before, rates: { ...before.rates, succeededHz: before.rates.succeededHz! * 1.5 } };
    expect(comparisonText(before, after)).toMatch(/throughput +\S+ \/s +\S+ \/s +\+50\.0 %/);
  });
});

describe('the command that repeats a run', () => {
  it('has settings, seed and workers, quoted for a shell', () => {
    const facts = { scenarioFile: 'my storm.yaml', settings: ["peers.a.psk='x'", 'load.rate=5/s'], seed: 3 };
    expect(replayCommand(facts)).toBe(
      String.raw`ikestorm run 'my storm.yaml' --set 'peers.a.psk='\''x'\''' --set load.rate=5/s --seed 3`,
    );
    const commandLine = [
      'node',
      'main.js',
      'run',
      'a.yaml',
      '--crypto',
      'noble',
      '--target=10.0.0.1',
      '--json',
    ];
    expect(replayCommand({ scenarioFile: 'a.yaml', settings: [], seed: 1, workers: 2, commandLine })).toBe(
      'ikestorm run a.yaml --crypto noble --target 10.0.0.1 --seed 1 --workers 2',
    );
  });

  it('can be copied from the table of a summary, whatever the settings', () => {
    const passed = passedResult();
    const manifest = { ...passed.manifest, clock: 'virtual' as const };
    const lines = (setting: string): string =>
      summaryMarkdown({ ...passed, manifest: { ...manifest, settings: [setting] } });
    expect(lines('peers.a.ike=[aes128-sha256-*]')).toContain(
      "`ikestorm run office.yaml --set 'peers.a.ike=[aes128-sha256-*]' ",
    );
    expect(lines('peers.a.psk=a|b')).toContain(String.raw`--set 'peers.a.psk=a\|b' `);
    expect(lines('peers.a.psk=a`b')).toContain("| `` ikestorm run office.yaml --set 'peers.a.psk=a`b' ");
  });

  it('stands under every run that failed, and in every summary, and says what it can repeat', () => {
    const failed = failedResult();
    const virtual: RunResult = { ...failed, manifest: { ...failed.manifest, clock: 'virtual' } };
    const command = 'ikestorm run office.yaml --set load.measure=10s --seed 42 --workers 2';
    expect(summaryText(virtual)).toContain(`the same again, to the nanosecond:\n  ${command}\n`);
    expect(summaryMarkdown(virtual)).toContain(command);
    expect(summaryText(failed)).toContain(`the same starts and peers again:\n  ${command}\n`);
    expect(summaryMarkdown(failed)).toContain(`same starts again | \`${command}\` |`);
    expect(summaryText(simulated('aa', []))).not.toContain(command);
  });
});
