import { describe, expect, it } from 'vitest';
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

describe('summaryMarkdown', () => {
  it('shows text from outside as text', () => {
    const result = failedResult();
    result.scenario = '<img src=x> | `a` [b](c)';
    const [title] = summaryMarkdown(result).split('\n');
    expect(title).toBe(String.raw`# FAIL: \<img src=x\> \| \`a\` \[b\](c)`);
  });
});
