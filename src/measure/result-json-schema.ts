/** JSON Schemas of the files that are written, for readers in other languages. */
import { z } from 'zod';
import { capacityResultSchema } from './capacity-result.ts';
import { runResultSchema } from './result.ts';
import { sweepResultSchema } from './sweep-result.ts';

/** Of result.json, as kept in `schema/result.schema.json` (draft 2020-12). */
export function resultJsonSchemaText(): string {
  return schemaText('ikestorm result', runResultSchema);
}

/** Of capacity.json, as kept in `schema/capacity.schema.json`. */
export function capacityJsonSchemaText(): string {
  return schemaText('ikestorm capacity', capacityResultSchema);
}

/** Of sweep.json, as kept in `schema/sweep.schema.json`. */
export function sweepJsonSchemaText(): string {
  return schemaText('ikestorm sweep', sweepResultSchema);
}

function schemaText(title: string, of: z.ZodType): string {
  const { $schema, ...schema } = z.toJSONSchema(of);
  return `${JSON.stringify({ $schema, title, ...schema }, null, 2)}\n`;
}
