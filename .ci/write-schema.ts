/** Writes schema/scenario.schema.json and docs/scenario-reference.md from the scenario's zod schema, and docs/profiles.md from the profiles: `npm run schema`. A test fails when they have drifted. */
import { writeFileSync } from 'node:fs';
import { scenarioJsonSchemaText } from '../src/scenario/json-schema.ts';
import { profileReferenceText } from '../src/scenario/profile-reference.ts';
import { scenarioReferenceText } from '../src/scenario/reference.ts';

writeFileSync(new URL('../schema/scenario.schema.json', import.meta.url), scenarioJsonSchemaText());
writeFileSync(new URL('../docs/scenario-reference.md', import.meta.url), scenarioReferenceText());
writeFileSync(new URL('../docs/profiles.md', import.meta.url), profileReferenceText());
