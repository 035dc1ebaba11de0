/** Looks into the zod schema: which keys are known at a path, and what a key is for. */
import type { z } from 'zod';
import { scenarioSchema } from './schema.ts';
import type { ScenarioPath } from './scenario-error.ts';

type Schema = z.core.$ZodType;

/** What is allowed at a place of the scenario. */
export type Place =
  /** A section with fixed keys. */
  | { readonly kind: 'section'; readonly keys: readonly string[] }
  /** A mapping with free keys, the groups of `peers`. */
  | { readonly kind: 'record' }
  | { readonly kind: 'list' }
  | { readonly kind: 'value' }
  /** Not in the schema. */
  | { readonly kind: 'unknown' };

/** What may stand at a path, given the scenario's value (it decides which executor's keys are known). */
export function placeAt(path: ScenarioPath, root: unknown): Place {
  const { schema, value } = descend(path, root);
  if (schema === undefined) return { kind: 'unknown' };
  const def = definitionOf(inner(schema, value));
  if (def.type === 'object') return { kind: 'section', keys: Object.keys(def.shape) };
  if (def.type === 'union')
    return { kind: 'section', keys: [...new Set(def.options.flatMap(optionsOf).flatMap(keysOf))] };
  if (def.type === 'record') return { kind: 'record' };
  return { kind: def.type === 'array' ? 'list' : 'value' };
}

/** The description of the key at a path. */
export function descriptionAt(path: ScenarioPath, root: unknown): string | undefined {
  let { schema } = descend(path, root);
  while (schema !== undefined) {
    const description = (schema as z.ZodType).description;
    if (description !== undefined) return description;
    schema = wrapped(schema);
  }
  return undefined;
}

/** What an optional, defaulted or transformed schema is about; undefined for a plain one. */
export function wrapped(schema: Schema): Schema | undefined {
  const def = definitionOf(schema);
  switch (def.type) {
    case 'optional':
    case 'nullable':
    case 'default':
    case 'prefault':
      return def.innerType;
    case 'pipe':
      return def.in;
    default:
      return undefined;
  }
}

/** Definition of a schema as zod's discriminated union. */
export function definitionOf(schema: Schema): z.core.$ZodTypes['_zod']['def'] {
  return (schema as z.core.$ZodTypes)._zod.def;
}

function descend(path: ScenarioPath, root: unknown): { schema: Schema | undefined; value: unknown } {
  let schema: Schema | undefined = scenarioSchema;
  let value = root;
  for (const key of path) {
    const def = definitionOf(inner(schema, value));
    const name = String(key);
    if (def.type === 'object') schema = Object.hasOwn(def.shape, name) ? def.shape[name] : undefined;
    else if (def.type === 'record') schema = def.valueType;
    else if (def.type === 'array') schema = def.element;
    else schema = undefined;
    value = childOf(value, name);
    if (schema === undefined) break;
  }
  return { schema, value };
}

/** Without wrappers; of a union the option that fits the value, or the union itself. */
function inner(schema: Schema, value: unknown): Schema {
  let current = schema;
  for (let next = wrapped(current); next !== undefined; next = wrapped(current)) current = next;
  const def = definitionOf(current);
  if (def.type !== 'union') return current;
  const objects = optionsOf(current).filter((option) => definitionOf(option).type === 'object');
  if (objects.length === 1 && objects[0] !== undefined) return objects[0];
  return objects.find((option) => isChosen(option, value)) ?? current;
}

/** Options of a union, those of unions among them as well. */
function optionsOf(schema: Schema): Schema[] {
  const def = definitionOf(schema);
  return def.type === 'union' ? def.options.flatMap(optionsOf) : [schema];
}

/** Whether a word of the value, such as that of `executor`, is the one that only this option has. */
function isChosen(option: Schema, value: unknown): boolean {
  const def = definitionOf(option);
  if (def.type !== 'object') return false;
  return Object.entries(def.shape).some(([key, member]) => {
    const literal = definitionOf(member);
    return literal.type === 'literal' && literal.values.includes(childOf(value, key) as never);
  });
}

function keysOf(schema: Schema): string[] {
  const def = definitionOf(schema);
  return def.type === 'object' ? Object.keys(def.shape) : [];
}

/** Own member of a mapping or list; undefined when there is none. */
export function childOf(value: unknown, key: string | number): unknown {
  if (typeof value !== 'object' || value === null || !Object.hasOwn(value, key)) return undefined;
  return (value as Record<string | number, unknown>)[key];
}

/** Value at a path; undefined when there is none. */
export function valueAt(root: unknown, path: ScenarioPath): unknown {
  return path.reduce(childOf, root);
}
