/** What a sweep varies, and the points that this makes. */
import { PlanError } from '../plan.ts';

export interface Variation {
  /** As given, before the equals sign. */
  readonly name: string;
  /** Paths that all get the same value. */
  readonly paths: readonly string[];
  readonly values: readonly string[];
}

/** One value of each variation. */
export interface GridPoint {
  readonly values: readonly string[];
  /** As for `--set`. */
  readonly settings: readonly string[];
}

/**
 * Reads `path=a,b,c`, or `path+other.path=a,b,c` for paths that change together. Commas inside brackets, braces and
 * quotes belong to a value.
 * @throws PlanError for anything else.
 */
export function parseVariation(text: string): Variation {
  const equals = text.indexOf('=');
  const name = text.slice(0, Math.max(0, equals)).trim();
  const paths = name.split('+').map((path) => path.trim());
  const values = splitValues(text.slice(equals + 1));
  if (equals < 0 || paths.some((path) => path === '') || values.some((value) => value === '')) {
    throw new PlanError(
      `"${text}" is nothing to vary`,
      'write path=value,value, such as peers.gateways.count=2,4,8',
    );
  }
  const repeated = values.find((value, index) => values.indexOf(value) !== index);
  if (repeated !== undefined) throw new PlanError(`${name} has the value ${repeated} twice`);
  return { name, paths, values };
}

/**
 * All points, the last variation changing fastest.
 * @throws PlanError when there are too many, or two variations of one path.
 */
export function gridOf(variations: readonly Variation[]): GridPoint[] {
  const paths = variations.flatMap((variation) => variation.paths);
  const repeated = paths.find((path, index) => paths.indexOf(path) !== index);
  if (repeated !== undefined) throw new PlanError(`${repeated} is varied twice`);
  const count = variations.reduce((product, { values }) => product * values.length, 1);
  if (count > POINTS_MAXIMUM) {
    throw new PlanError(`${count} points are too many; at most ${POINTS_MAXIMUM}`, 'vary less at a time');
  }
  let points: GridPoint[] = [{ values: [], settings: [] }];
  for (const variation of variations) {
    points = points.flatMap((point) =>
      variation.values.map((value) => ({
        values: [...point.values, value],
        settings: [...point.settings, ...variation.paths.map((path) => `${path}=${value}`)],
      })),
    );
  }
  return points;
}

function splitValues(text: string): string[] {
  const values: string[] = [];
  let depth = 0;
  let quote = '';
  let value = '';
  for (const letter of text) {
    if (quote !== '') {
      if (letter === quote) quote = '';
    } else if (letter === '"' || letter === "'") {
      quote = letter;
    } else if ('[{'.includes(letter)) {
      depth++;
    } else if (']}'.includes(letter)) {
      depth--;
    }
    if (letter === ',' && depth === 0 && quote === '') {
      values.push(value.trim());
      value = '';
    } else {
      value += letter;
    }
  }
  return [...values, value.trim()];
}

const POINTS_MAXIMUM = 10_000;
