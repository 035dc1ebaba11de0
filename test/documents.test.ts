/** The papers agree with the code: links lead somewhere, tables are complete, examples are valid. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { EXIT_CODE } from '../src/cli/exit-code.ts';
import { VERDICT_EXIT_CODE } from '../src/cli/verdict-exit-code.ts';
import { runResultSchema } from '../src/measure/result.ts';
import { DROP_REASONS, FAILURE_CAUSES, LIFECYCLE_EVENTS } from '../src/peer/fact.ts';
import { parseScenario } from '../src/scenario/load.ts';
import {
  COUNT_METRICS,
  DURATION_METRICS,
  parseThreshold,
  THROUGHPUT_METRIC,
} from '../src/scenario/threshold.ts';

const ROOT = fileURLToPath(new URL('../', import.meta.url));
const PAPERS = ['.', 'docs', 'docs/decisions', 'results'].flatMap((folder) =>
  readdirSync(join(ROOT, folder))
    .filter((name) => name.endsWith('.md'))
    .map((name) => join(folder, name)),
);

function read(path: string): string {
  return readFileSync(join(ROOT, path), 'utf8');
}

/** Cells of all table rows of a text, head and ruler left out. */
function tableRows(text: string): string[][] {
  return text
    .split('\n')
    .filter((line) => line.startsWith('| ') && !line.startsWith('| ---'))
    .map((line) =>
      line
        .slice(1, -1)
        .split(' | ')
        .map((cell) => cell.trim()),
    );
}

/** Heading of a link target as GitHub names it. */
function anchorsOf(text: string): string[] {
  return [...text.matchAll(/^#+ (.+)$/gm)].map(([, heading = '']) =>
    heading
      .toLowerCase()
      .replace(/[^\w -]/g, '')
      .replaceAll(' ', '-'),
  );
}

function brokenLinks(path: string, text: string): string[] {
  return [...text.matchAll(/\]\(([^)\s]+)\)/g)]
    .map(([, target = '']) => target)
    .filter((target) => !/^https?:/.test(target))
    .filter((target) => {
      const [file = '', anchor] = target.split('#');
      const linked = file === '' ? path : join(dirname(path), file);
      if (!existsSync(join(ROOT, linked))) return true;
      return anchor !== undefined && !anchorsOf(read(linked)).includes(anchor);
    });
}

/** Paths of the repository that a text names in backquotes. */
function missingPaths(text: string): string[] {
  return [...text.matchAll(/`((?:src|test|docs|scenarios|schema)\/[\w./-]+)`/g)]
    .map(([, path = '']) => path)
    .filter((path) => !path.includes('NAME') && !/\/[xy]\.?/.test(path))
    .filter((path) => !existsSync(join(ROOT, path)));
}

describe('papers', () => {
  it.each(PAPERS)('%s leads to what is there', (path) => {
    expect(brokenLinks(path, read(path))).toEqual([]);
    expect(missingPaths(read(path))).toEqual([]);
  });

  it('are found wrong when they lead nowhere', () => {
    expect(brokenLinks('README.md', '[a](docs/nowhere.md) [b](docs/metrics.md#nowhere)')).toHaveLength(2);
    expect(missingPaths('`src/nowhere.ts`')).toEqual(['src/nowhere.ts']);
  });
});

describe('docs/exit-codes.md', () => {
  const rows = tableRows(read('docs/exit-codes.md'));

  it('has every exit code with its name and its words', () => {
    const source = read('src/cli/exit-code.ts');
    const expected = Object.entries(EXIT_CODE).map(([name, code]) => {
      const words = new RegExp(`/\\*\\* (.+) \\*/\\s+${name}: ${code},`).exec(source)?.[1];
      return [String(code), `\`${name}\``, words];
    });
    expect(rows.filter(([code]) => /^\d+$/.test(code ?? ''))).toEqual(expected);
  });

  it('has the exit code of every verdict', () => {
    const found = rows.filter(([name]) => name?.startsWith('`')).map(([name, code]) => [name, Number(code)]);
    const expected = Object.entries(VERDICT_EXIT_CODE).map(([verdict, code]) => [`\`${verdict}\``, code]);
    expect(found.toSorted()).toEqual(expected.toSorted());
  });
});

describe('docs/metrics.md', () => {
  const text = read('docs/metrics.md');

  it('explains every metric, failure cause, drop reason and later event', () => {
    const words = [
      ...DURATION_METRICS,
      ...COUNT_METRICS,
      THROUGHPUT_METRIC,
      ...FAILURE_CAUSES,
      ...DROP_REASONS,
      ...LIFECYCLE_EVENTS,
    ];
    expect(words.filter((word) => !text.includes(`\`${word}\``))).toEqual([]);
  });

  it('shows thresholds that are valid', () => {
    const grammar = text.slice(text.indexOf('## Thresholds'));
    const examples = [...grammar.matchAll(/^ {4}(?!metric).+$/gm)].flatMap(([line]) =>
      line.trim().split(/ {2,}/),
    );
    expect(examples.length).toBeGreaterThan(5);
    for (const example of examples) expect(() => parseThreshold(example), example).not.toThrow();
  });
});

describe('docs/results.md', () => {
  it('explains every field of a result', () => {
    const text = read('docs/results.md');
    const missing = Object.keys(runResultSchema.shape).filter((field) => !text.includes(`\`${field}\``));
    expect(missing).toEqual([]);
  });
});

describe('README.md', () => {
  it('shows a scenario that is valid', () => {
    const yaml = /```yaml\n([\s\S]*?)```/.exec(read('README.md'))?.[1] ?? '';
    expect(parseScenario(yaml, 'README.md').scenario.name).toBe('office');
  });
});
