/** Zod's issues in our words: what was expected, what was found, what may have been meant. */
import type { z } from 'zod';
import type { Finding } from './finding.ts';
import { nearestWord, suggestion } from './nearest-word.ts';
import type { ScenarioPath } from './scenario-error.ts';
import { descriptionAt, placeAt, valueAt } from './schema-walk.ts';
import { listOf } from './schema-value.ts';

type Issue = z.core.$ZodIssue;

/** Findings for an issue of `scenarioSchema` about the value `root`. */
export function findingsOfIssue(issue: Issue, root: unknown, base: ScenarioPath = []): Finding[] {
  const path = [...base, ...issue.path.map((key) => (typeof key === 'number' ? key : String(key)))];
  switch (issue.code) {
    case 'unrecognized_keys':
      return issue.keys.map((key) => unknownKey(path, key, root));
    case 'invalid_union':
      return findingsOfUnion(issue, path, root);
    case 'invalid_key':
      return [{ path, at: 'key', message: issue.issues[0]?.message ?? issue.message }];
    case 'custom':
      return [{ path, message: issue.message, hint: hintOf(issue.params) }];
    default:
      return [valueFinding(path, issue.message, root, issue.code === 'invalid_value' ? issue.values : [])];
  }
}

/** What a value looks like in a message: texts in quotes and cut, lists and mappings by kind. */
export function shownValue(value: unknown): string {
  if (value === undefined || value === null) return 'nothing';
  if (Array.isArray(value)) return value.length === 0 ? 'an empty list' : 'a list';
  if (typeof value === 'object') return 'a mapping';
  if (typeof value !== 'string') return String(value);
  return value.length > SHOWN_MAXIMUM ? `"${value.slice(0, SHOWN_MAXIMUM)}..."` : `"${value}"`;
}

function unknownKey(path: ScenarioPath, key: string, root: unknown): Finding {
  const place = placeAt(path, root);
  const keys = place.kind === 'section' ? place.keys : [];
  const free = keys.filter((known) => valueAt(root, [...path, known]) === undefined);
  const hint =
    suggestion(key, free) ??
    suggestion(key, keys) ??
    (keys.length > 0 ? `known: ${keys.join(', ')}` : undefined);
  return { path: [...path, key], at: 'key', message: `unknown key "${key}"`, hint };
}

function valueFinding(
  path: ScenarioPath,
  message: string,
  root: unknown,
  words: readonly unknown[],
): Finding {
  const value = valueAt(root, path);
  if (value === undefined && path.length > 0) {
    return { path, message: `missing key "${path.at(-1)}"`, hint: descriptionAt(path, root) };
  }
  const near = typeof value === 'string' ? nearestWord(value, words.map(String)) : undefined;
  return {
    path,
    message: `${ownWords(message)}, found ${shownValue(value)}`,
    hint: near === undefined ? undefined : `did you mean "${near}"?`,
  };
}

/** A union's own issue says nothing; the branch that has the value's kind does. */
function findingsOfUnion(issue: z.core.$ZodIssueInvalidUnion, path: ScenarioPath, root: unknown): Finding[] {
  if (issue.errors.length === 0 && 'options' in issue) {
    const words = (issue.options as readonly unknown[]).map(String);
    return [valueFinding(path, `expected ${listOf(words)}`, root, words)];
  }
  const nested = issue.errors.find((branch) => !branch.some((each) => isWrongKind(each)));
  if (nested !== undefined) return nested.flatMap((each) => findingsOfIssue(each, root, path));
  const value = valueAt(root, path);
  const words = issue.errors.flatMap((branch) => branch.flatMap((each) => wordsOf(each)));
  if (!issue.message.startsWith('Invalid input')) return [valueFinding(path, issue.message, root, words)];
  if (words.length > 0)
    return [valueFinding(path, `expected ${listOf([...words, 'a mapping'])}`, root, words)];
  return [{ path, message: `expected a text or a mapping, found ${shownValue(value)}` }];
}

/** Whether the issue says that the branch was meant for another kind of value. */
function isWrongKind(issue: Issue): boolean {
  return issue.path.length === 0 && (issue.code === 'invalid_type' || issue.code === 'invalid_value');
}

function wordsOf(issue: Issue): string[] {
  return issue.code === 'invalid_value' ? issue.values.map(String) : [];
}

function hintOf(params: Readonly<Record<string, unknown>> | undefined): string | undefined {
  const hint = params?.['hint'];
  return typeof hint === 'string' ? hint : undefined;
}

/** Zod's standard text for mappings, where a schema has no words of its own. */
function ownWords(message: string): string {
  return message.startsWith('Invalid input') ? 'expected a mapping of keys and values' : message;
}

const SHOWN_MAXIMUM = 60;
