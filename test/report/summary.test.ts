import { describe, expect, it } from 'vitest';
import type { RunResult } from '../../src/measure/result.ts';
import type { Painter } from '../../src/report/painter.ts';
import { summaryMarkdown } from '../../src/report/summary-markdown.ts';
import { summaryText } from '../../src/report/summary-text.ts';
import { expectGolden } from './golden.ts';
import { emptyResult, failedResult, passedResult, saturatedResult } from './sample-results.ts';

const RESULTS = {
  passed: passedResult,
  failed: failedResult,
  saturated: saturatedResult,
  empty: emptyResult,
};

const S = 1_000_000_000;

const MARKS: Painter = {
  good: (text) => `<good>${text}</good>`,
  bad: (text) => `<bad>${text}</bad>`,
  warning: (text) => `<warning>${text}</warning>`,
  strong: (text) => `<strong>${text}</strong>`,
  faint: (text) => `<faint>${text}</faint>`,
};

describe.each(Object.entries(RESULTS))('the summary of a result that is %s', (name, create) => {
  it('is this text', () => {
    expectGolden(`${name}.txt`, summaryText(create()));
  });

  it('is this Markdown', () => {
    expectGolden(`${name}.md.txt`, summaryMarkdown(create()));
  });

  it('fits 80 columns and is plain ASCII', () => {
    for (const line of summaryText(create()).split('\n')) expect(line).toMatch(/^[ -~]{0,80}$/);
  });

  it('says the same with colours as without', () => {
    const painted = summaryText(create(), MARKS).replaceAll(/<\/?(?:good|bad|warning|strong|faint)>/g, '');
    expect(painted).toBe(summaryText(create()));
  });

  it('begins with the verdict', () => {
    const word = summaryText(create()).split(' ')[0];
    expect(summaryMarkdown(create()).startsWith(`# ${word}: office\n`)).toBe(true);
  });
});

describe('summaryText', () => {
  it('paints a pass as good, a failure as bad, a saturated generator as a warning', () => {
    expect(summaryText(passedResult(), MARKS)).toMatch(/^<good><strong>PASS/);
    expect(summaryText(failedResult(), MARKS)).toMatch(/^<bad><strong>FAIL/);
    expect(summaryText(saturatedResult(), MARKS)).toMatch(/^<warning><strong>SATURATED/);
  });

  it('gives the throughput of a saturated generator as a lower bound', () => {
    expect(summaryText(saturatedResult())).toContain('at least');
    expect(summaryText(passedResult())).not.toContain('at least');
  });
});

describe('a summary with long and extreme values', () => {
  const extreme = (): RunResult => {
    const result = passedResult();
    const { whole } = result.latency;
    const long = { ...whole!, count: 12_345_678, p50Ns: 51.5 * S, p90Ns: 205 * S, p99Ns: 3599 * S };
    const summary = { ...long, p999Ns: 359_999 * S, maxNs: 3_600_000 * S };
    const group = result.groups['hosts']!;
    const flow = {
      sent: 123_456_789,
      delivered: 100_000_000,
      duplicated: 1_000_000,
      dropped: { 'link-loss': 12_345_678, 'queue-full': 11_111_111, 'too-long': 1_000_000 },
    };
    return {
      ...result,
      windows: { ...result.windows, drain: { startNs: 86_400 * S, endNs: 172_800.123 * S } },
      latency: { ...result.latency, whole: summary, comeBack: summary },
      groups: {
        'remote-workers-of-the-north': { ...group, latency: { ...group.latency, whole: summary } },
        b: { ...group, negotiations: { ...group.negotiations, started: 1_234_567_890 } },
      },
      network: { links: { 'radio-of-the-far-north': { up: flow, down: flow } }, nats: {}, firewalls: {} },
    };
  };

  it('keeps numbers apart', () => {
    const text = summaryText(extreme());
    expect(text).toMatch(
      / {2}loss or failure to ba~ +12,345,678 +51\.5 s +3m 25s +59m 59s +99h 59m +1000h 0m\n/,
    );
    expect(text).toMatch(/ {2}remote-workers-of-\S* +75 +75 +0 +7\.50 \/s +51\.5 s +59m 59s\n/);
    expect(text).toContain('1,234,567,890 ');
    expect(text).toMatch(/123,456,789 +100,000,000 +1,000,000 +24,456,789\n {14}link-loss 12,345,678, /);
  });

  it('fits 80 columns', () => {
    for (const line of summaryText(extreme()).split('\n')) expect(line).toMatch(/^[ -~]{0,80}$/);
  });

  it('never parts a number from its unit', () => {
    for (const line of summaryText(extreme()).split('\n'))
      expect(line).not.toMatch(/^ *(?:s|ms|us|min|%|\/s)\b/);
  });
});

describe('summaryMarkdown', () => {
  it('shows text from outside as text', () => {
    const result = failedResult();
    result.scenario = '<img src=x> | `a` [b](c)';
    const [title] = summaryMarkdown(result).split('\n');
    expect(title).toBe(String.raw`# FAIL: \<img src=x\> \| \`a\` \[b\](c)`);
  });
});
