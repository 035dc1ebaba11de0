import { describe, expect, it } from 'vitest';
import type { RunResult } from '../../src/measure/result.ts';
import { summaryMarkdown } from '../../src/report/summary-markdown.ts';
import { summaryText } from '../../src/report/summary-text.ts';
import { passedResult } from './sample-results.ts';

const S = 1_000_000_000;
const result: RunResult = {
  ...passedResult(),
  recovery: {
    outcome: 'metastable',
    reason: 'the load is back where it was',
    disturbance: { kind: 'outage', startNs: 10 * S, endNs: 40 * S },
    peers: 5000,
    connected: 4800,
    gaveUp: 150,
    trying: 50,
    t50Ns: 2.5 * S,
    t95Ns: 30 * S,
    t99Ns: null,
    t100Ns: null,
    messagesPerSuccess: 31.44,
    retransmissionsPerSuccess: 12.1,
    wastedCpuShare: 0.625,
    rates: { offeredBeforeHz: 100, goodputBeforeHz: 100, offeredAfterHz: 100, goodputAfterHz: 20 },
  },
};

describe('recovery in a report', () => {
  it('is told in words with its numbers, in text and Markdown', () => {
    const text = summaryText(result).replaceAll(/\s+/g, ' ');
    const markdown = summaryMarkdown(result);
    for (const words of [
      'METASTABLE: it does not recover by itself: the load is back where it was',
      'connected from the end of the outage at 40 s on: 50 % after 2.50 s, 95 % 30.0 s, 99 % -, all -',
      '4,800 of 5,000 peers, 150 gave up, 50 still try',
      '31.4 messages and 12.10 retransmissions for each success, 62.5 % of the work wasted',
      '100 /s of 100 /s succeeded before, 20.0 /s of 100 /s succeeded after',
    ]) {
      expect(text).toContain(words);
      expect(markdown).toContain(words);
    }
    expect(markdown).toContain('## Recovery, whole run');
  });

  it('is not there where nothing disturbed', () => {
    expect(summaryText(passedResult())).not.toContain('recovery');
    expect(summaryMarkdown(passedResult())).not.toContain('## Recovery');
  });
});
