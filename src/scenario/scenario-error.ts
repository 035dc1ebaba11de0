/** What is wrong with a scenario file: all of it at once, each with place, text and remedy. */
import { PROBLEMS_MAXIMUM } from './limits.ts';

/** Keys and list numbers from the top of the file to a value. */
export type ScenarioPath = readonly (string | number)[];

/** A place in the scenario's text. Lines and columns count from 1. */
export interface Position {
  /** The scenario's file, or `--set` for a setting of the command line (line: which one). */
  readonly file: string;
  readonly line: number;
  readonly column: number;
  /** The line itself. */
  readonly excerpt: string;
}

export interface ScenarioProblem {
  readonly file: string;
  /** Absent, with column and excerpt, when there is no text to point to: TypeScript scenarios and unreadable files. */
  readonly line?: number;
  readonly column?: number;
  /** `peers.remote-workers.count`; empty for the file as a whole. */
  readonly path: string;
  readonly message: string;
  readonly excerpt?: string;
  readonly hint?: string;
}

/** The scenario cannot be run as it is. */
export class ScenarioError extends Error {
  override readonly name = 'ScenarioError';
  /** In order of the file. */
  readonly problems: readonly ScenarioProblem[];

  /** True when the scenario is code, and the code threw an error. */
  readonly hasThrown: boolean;

  constructor(problems: readonly ScenarioProblem[], hasThrown = false) {
    super(problems.map((problem) => headline(problem)).join('\n'));
    this.problems = problems;
    this.hasThrown = hasThrown;
  }
}

/** The report for people: every problem with the offending line, a caret below it, and a hint. */
export function formatScenarioError(error: ScenarioError): string {
  const shown = error.problems.slice(0, PROBLEMS_MAXIMUM).map((problem) => formatProblem(problem));
  const hidden = error.problems.length - shown.length;
  if (hidden > 0) shown.push(`... and ${hidden} more`);
  return shown.join('\n');
}

/** `peers.remote-workers.count`, `connections.0.to`. */
export function formatPath(path: ScenarioPath): string {
  return path.join('.');
}

function formatProblem(problem: ScenarioProblem): string {
  const lines = [headline(problem)];
  if (problem.excerpt !== undefined && problem.line !== undefined && problem.column !== undefined) {
    const margin = problem.file === SETTING_FILE ? '' : String(problem.line);
    const { text, column } = window(problem.excerpt, problem.column);
    lines.push(`  ${margin} | ${text}`, `  ${' '.repeat(margin.length)} | ${' '.repeat(column - 1)}^`);
  }
  if (problem.hint !== undefined) lines.push(`  hint: ${problem.hint}`);
  return lines.join('\n');
}

function headline(problem: ScenarioProblem): string {
  let place = problem.file;
  if (problem.line !== undefined && problem.file !== SETTING_FILE)
    place += `:${problem.line}:${problem.column}`;
  return `${place}: ${problem.path === '' ? '' : `${problem.path}: `}${problem.message}`;
}

/** Part of a long line around the column; control characters (tabs too) become single blanks. */
function window(line: string, column: number): { text: string; column: number } {
  const clean = Array.from(line, (character) => (character < ' ' ? ' ' : character)).join('');
  if (clean.length <= EXCERPT_WIDTH) return { text: clean, column };
  const start = Math.max(0, Math.min(column - 1 - EXCERPT_WIDTH / 2, clean.length - EXCERPT_WIDTH));
  return { text: clean.slice(start, start + EXCERPT_WIDTH), column: column - start };
}

/** Stands for the file name when a setting of the command line is wrong. */
export const SETTING_FILE = '--set';
const EXCERPT_WIDTH = 100;
