import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { scenarioJsonSchemaText } from '../../src/scenario/json-schema.ts';
import { profileReferenceText } from '../../src/scenario/profile-reference.ts';
import { EXECUTOR_EXAMPLES } from '../../src/scenario/reference-examples.ts';
import { scenarioReferenceText } from '../../src/scenario/reference.ts';
import { SAMPLE, scenarioOf } from './sample.ts';

const committed = (path: string): Promise<string> =>
  readFile(new URL(`../../${path}`, import.meta.url), 'utf8');

describe('generated files are as `npm run schema` writes them', () => {
  it('schema/scenario.schema.json', async () => {
    expect(await committed('schema/scenario.schema.json')).toBe(scenarioJsonSchemaText());
  });

  it('docs/scenario-reference.md', async () => {
    expect(await committed('docs/scenario-reference.md')).toBe(scenarioReferenceText());
  });

  it('docs/profiles.md', async () => {
    expect(await committed('docs/profiles.md')).toBe(profileReferenceText());
  });
});

interface Schema {
  readonly description?: string;
  readonly const?: unknown;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly oneOf?: readonly Schema[];
  readonly [key: string]: unknown;
}

describe('the JSON schema', () => {
  const schema = JSON.parse(scenarioJsonSchemaText()) as Schema;

  it('is of draft 7 and forbids unknown keys everywhere', () => {
    expect(schema['$schema']).toBe('http://json-schema.org/draft-07/schema#');
    for (const section of sectionsOf(schema)) expect(section['additionalProperties']).toBe(false);
  });

  it('describes every key', () => {
    const silent = sectionsOf(schema).flatMap((section) =>
      Object.entries(section.properties ?? {}).filter(
        ([, value]) => value.description === undefined && value.const === undefined,
      ),
    );
    expect(silent.map(([key]) => key)).toEqual([]);
  });
});

describe('the reference', () => {
  it('has a working example of every executor', () => {
    const load = (JSON.parse(scenarioJsonSchemaText()) as Schema).properties?.['load'];
    const executors = load?.oneOf?.map((option) => option.properties?.['executor']?.const);
    expect(Object.keys(EXECUTOR_EXAMPLES)).toEqual(executors);
    for (const [name, example] of Object.entries(EXECUTOR_EXAMPLES)) {
      const base = SAMPLE.replace('count: 4', 'count: 200').slice(0, SAMPLE.indexOf('load:') + 2);
      expect(scenarioOf(`${base}${example}`).load.executor.type).toBe(name);
    }
  });
});

/** All sections with fixed keys, however deep. */
function sectionsOf(schema: Schema): Schema[] {
  const own = schema.properties === undefined ? [] : [schema];
  const below = Object.entries(schema).flatMap(([key, value]) => {
    if (typeof value !== 'object' || value === null || key === 'default') return [];
    return Object.values({
      ...value,
      self: key === 'items' || key === 'additionalProperties' ? value : undefined,
    });
  });
  return [
    ...own,
    ...below
      .filter((value) => typeof value === 'object' && value !== null)
      .flatMap((value) => sectionsOf(value as Schema)),
  ];
}
