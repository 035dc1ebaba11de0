/** The JSON schema of scenario files, for completion and checking in editors. */
import { z } from 'zod';
import { scenarioSchema } from './schema.ts';

/**
 * JSON text of the schema, draft 7 (the newest that the YAML language server understands), as kept in
 * `schema/scenario.schema.json`. It cannot say all that loading checks, but refuses nothing that
 * loading accepts.
 */
export function scenarioJsonSchemaText(): string {
  const { $schema, ...schema } = z.toJSONSchema(scenarioSchema, { io: 'input', target: 'draft-07' });
  return `${JSON.stringify({ $schema, title: 'ikestorm scenario', ...schema }, null, 2)}\n`;
}
