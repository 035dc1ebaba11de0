/** Writes schema/result.schema.json and schema/capacity.schema.json from their zod schemas: `npm run schema:result`. A test fails when they have drifted. */
import { writeFileSync } from 'node:fs';
import { capacityJsonSchemaText, resultJsonSchemaText } from '../src/measure/result-json-schema.ts';

writeFileSync(new URL('../schema/result.schema.json', import.meta.url), resultJsonSchemaText());
writeFileSync(new URL('../schema/capacity.schema.json', import.meta.url), capacityJsonSchemaText());
