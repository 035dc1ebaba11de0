/** Writes the schemas of results, capacity searches and sweeps from their zod schemas: `npm run schema:result`. A test fails when they have drifted. */
import { writeFileSync } from 'node:fs';
import {
  capacityJsonSchemaText,
  resultJsonSchemaText,
  sweepJsonSchemaText,
} from '../src/measure/result-json-schema.ts';

writeFileSync(new URL('../schema/result.schema.json', import.meta.url), resultJsonSchemaText());
writeFileSync(new URL('../schema/capacity.schema.json', import.meta.url), capacityJsonSchemaText());
writeFileSync(new URL('../schema/sweep.schema.json', import.meta.url), sweepJsonSchemaText());
