/** The JSON Schema of result.json, for readers in other languages. */
import { z } from 'zod';
import { runResultSchema } from './result.ts';

/** JSON text of the schema (draft 2020-12), as kept in `schema/result.schema.json`. */
export function resultJsonSchemaText(): string {
  const { $schema, ...schema } = z.toJSONSchema(runResultSchema);
  return `${JSON.stringify({ $schema, title: 'ikestorm result', ...schema }, null, 2)}\n`;
}
