import { describe, expect, it } from 'vitest';
import type { RunResult } from '../../src/measure/result.ts';
import { summaryMarkdown } from '../../src/report/summary-markdown.ts';
import { summaryText } from '../../src/report/summary-text.ts';
import { passedResult } from './sample-results.ts';

const flow = (sent: number, dropped: Record<string, number> = {}) => {
  const lost = Object.values(dropped).reduce((sum, count) => sum + count, 0);
  return { sent, delivered: sent + 1 - lost, duplicated: 1, dropped };
};
const result: RunResult = {
  ...passedResult(),
  network: {
    links: { home: { up: flow(1000, { 'link-loss': 7, 'link-down': 3 }), down: flow(900) } },
    nats: { box: { out: flow(1000), in: flow(900), mappings: 20, rebindings: 4 } },
    firewalls: { edge: { out: flow(900), in: flow(991, { 'firewall-denied': 2 }) } },
  },
};

describe('the network in a report', () => {
  it('is a table of its parts, with what each dropped and why', () => {
    const text = summaryText(result);
    expect(text).toMatch(/link home up +1,000 +991 +1 +10\n +link-loss 7, link-down 3/);
    expect(text).toMatch(/firewall edge in +991 +990 +1 +2\n +firewall-denied 2/);
    expect(text).toMatch(/new ports +box 4/);
    const markdown = summaryMarkdown(result);
    expect(markdown).toContain('## Network, whole run');
    expect(markdown).toContain('| link home up | 1,000 | 991 | 1 | 10 | link-loss 7, link-down 3 |');
    expect(markdown).toContain('another port: box 4.');
  });

  it('is not there where the scenario has none', () => {
    expect(summaryText(passedResult())).not.toContain('network');
    expect(summaryMarkdown(passedResult())).not.toContain('## Network');
  });
});
