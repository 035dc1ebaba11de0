/** Writes schema/result.schema.json from the result's zod schema: `npm run schema:result`. A test fails when it has drifted. */
import { writeFileSync } from 'node:fs';
import { resultJsonSchemaText } from '../src/measure/result-json-schema.ts';

writeFileSync(new URL('../schema/result.schema.json', import.meta.url), resultJsonSchemaText());
