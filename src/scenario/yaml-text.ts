/** YAML (and JSON, which it includes) with places: text to values, and paths of values back to lines and columns. */
import {
  isAlias,
  isMap,
  isPair,
  isScalar,
  isSeq,
  LineCounter,
  parseDocument,
  visit,
  type Document,
  type Pair,
} from 'yaml';
import { ALIASES_MAXIMUM } from './limits.ts';
import type { Position, ScenarioPath, ScenarioProblem } from './scenario-error.ts';
import { suggestionForSyntax } from './yaml-hint.ts';

export interface YamlText {
  readonly value: unknown;
  /** Syntax errors and repeated keys; the value is worth nothing when there are any. */
  readonly problems: readonly ScenarioProblem[];
  /** Where a path's value or key stands; of a missing one the nearest key above it. */
  locate(path: ScenarioPath, at: 'key' | 'value'): Position;
  /** Whether the text itself has a value at the path. */
  has(path: ScenarioPath): boolean;
}

/** Reads a text; never throws for what is in it. `file` is the name in messages. */
export function readYaml(text: string, file: string): YamlText {
  const lineCounter = new LineCounter();
  const document = parseDocument(text, {
    lineCounter,
    merge: true,
    prettyErrors: false,
    uniqueKeys: true,
    customTags: [],
  });
  const positionAt = (offset: number): Position => {
    const { line, col } = lineCounter.linePos(Math.min(offset, text.length));
    const start = lineCounter.lineStarts[line - 1] ?? 0;
    const excerpt = text.slice(start).split('\n', 1)[0] ?? '';
    return { file, line: Math.max(1, line), column: Math.max(1, col), excerpt: excerpt.replace(/\r$/, '') };
  };
  const problems: ScenarioProblem[] = [...document.errors, ...document.warnings].map((error) => ({
    ...positionAt(error.pos[0]),
    path: '',
    ...suggestionForSyntax(
      error.code,
      error.message,
      text.slice(error.pos[0], error.pos[0] + KEY_SHOWN_MAXIMUM),
    ),
  }));
  visit(document, {
    Alias(_, alias) {
      if (alias.resolve(document) !== undefined) return;
      problems.push({
        ...positionAt(startOf(alias)),
        path: '',
        message: `there is no anchor &${alias.source} before this alias`,
      });
    },
  });
  let value: unknown;
  if (problems.length === 0) {
    try {
      value = document.toJS({ maxAliasCount: ALIASES_MAXIMUM });
    } catch (error) {
      if (!(error instanceof ReferenceError)) throw error;
      problems.push({ file, path: '', message: `aliases of this file expand to too much: ${error.message}` });
    }
  }
  return {
    value,
    problems,
    locate: (path, at) => positionAt(offsetOf(document, path, at)),
    has: (path) => path.length === 0 || nodePath(document, path).length === path.length,
  };
}

interface Step {
  readonly keyOffset: number;
  readonly valueOffset: number;
}

function offsetOf(document: Document, path: ScenarioPath, at: 'key' | 'value'): number {
  const steps = nodePath(document, path);
  const last = steps.at(-1);
  if (last === undefined) return startOf(document.contents);
  return steps.length === path.length && at === 'value' ? last.valueOffset : last.keyOffset;
}

/** Places of the keys of a path as far as the text has them. */
function nodePath(document: Document, path: ScenarioPath): Step[] {
  const steps: Step[] = [];
  let node: unknown = document.contents;
  for (const key of path) {
    const target: unknown = isAlias(node) ? node.resolve(document) : node;
    if (isSeq(target)) {
      const item: unknown = typeof key === 'number' ? target.items[key] : undefined;
      if (item === undefined) break;
      steps.push({ keyOffset: startOf(item), valueOffset: startOf(item) });
      node = item;
    } else if (isMap(target)) {
      const pair = pairOf(document, target.items, String(key));
      if (pair === undefined) break;
      const keyOffset = startOf(pair.key);
      // A key without a value has a node of no length, or none, somewhere behind it.
      const isEmpty =
        !pair.value || (isScalar(pair.value) && pair.value.value === null && !pair.value.source);
      steps.push({ keyOffset, valueOffset: isEmpty ? keyOffset : startOf(pair.value) });
      node = pair.value;
    } else {
      break;
    }
  }
  return steps;
}

/** The pair of a key, also through merge keys (`<<: *defaults`). */
function pairOf(document: Document, items: readonly unknown[], key: string): Pair | undefined {
  const pairs = items.filter((item) => isPair(item));
  const direct = pairs.find((pair) => isScalar(pair.key) && String(pair.key.value) === key);
  if (direct !== undefined) return direct;
  for (const pair of pairs) {
    if (!isScalar(pair.key) || pair.key.source !== '<<') continue;
    for (const source of isSeq(pair.value) ? pair.value.items : [pair.value]) {
      const map: unknown = isAlias(source) ? source.resolve(document) : source;
      const found = isMap(map) ? pairOf(document, map.items, key) : undefined;
      if (found !== undefined) return found;
    }
  }
  return undefined;
}

function startOf(node: unknown): number {
  const range = (node as { range?: readonly [number, number, number] | null } | null)?.range;
  return range?.[0] ?? 0;
}

const KEY_SHOWN_MAXIMUM = 80;
