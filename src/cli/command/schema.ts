/** `ikestorm schema`: prints the JSON Schema of scenarios, results, capacity searches or sweeps, for editors and other tools. */
import { Argument, Command } from '@commander-js/extra-typings';
import {
  capacityJsonSchemaText,
  resultJsonSchemaText,
  sweepJsonSchemaText,
} from '../../measure/result-json-schema.ts';
import { scenarioJsonSchemaText } from '../../scenario/json-schema.ts';
import type { Conclude } from '../conclude.ts';
import { EXIT_CODE } from '../exit-code.ts';

export function createSchemaCommand(conclude: Conclude) {
  return new Command('schema')
    .description('print the JSON Schema of scenarios, results, capacity searches or sweeps')
    .addArgument(
      new Argument('[kind]', 'which one')
        .choices(['scenario', 'result', 'capacity', 'sweep'] as const)
        .default('scenario' as const),
    )
    .addHelpText(
      'before',
      'Examples:\n  $ ikestorm schema > scenario.schema.json\n  $ ikestorm schema result > result.schema.json\n',
    )
    .action((kind) => {
      process.stdout.write(TEXTS[kind]());
      conclude(EXIT_CODE.pass);
    });
}

const TEXTS = {
  scenario: scenarioJsonSchemaText,
  result: resultJsonSchemaText,
  capacity: capacityJsonSchemaText,
  sweep: sweepJsonSchemaText,
} as const;
