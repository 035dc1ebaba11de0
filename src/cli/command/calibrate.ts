/** `ikestorm calibrate`: what operations cost on this machine, as a card for simulations. */
import { Command, Option } from '@commander-js/extra-typings';
import { calibrateMachine } from '../../run/calibrate/calibrate-machine.ts';
import { cardTable } from '../../report/card-table.ts';
import { writeCard } from '../../run/calibrate/card-output.ts';
import type { Conclude } from '../conclude.ts';
import { EXIT_CODE } from '../exit-code.ts';

export function createCalibrateCommand(conclude: Conclude) {
  return new Command('calibrate')
    .description('measure what operations cost on this machine, for gateways in virtual time')
    .option('--out <file>', 'write the card there; without it the table alone is printed')
    .option('--name <text>', 'name of the card; default: the processor and the cryptography')
    .addOption(
      new Option('--crypto <backend>', 'whose cryptography')
        .choices(['fastest', 'native', 'noble'] as const)
        .default('fastest' as const),
    )
    .option('--json', 'print the card as JSON, and nothing else, on standard output')
    .addHelpText('before', 'Examples:\n  $ ikestorm calibrate\n  $ ikestorm calibrate --out card.json\n')
    .action(async (flags) => {
      const { crypto, name } = flags;
      const card = await calibrateMachine({
        crypto,
        ...(name !== undefined && { name }),
        onOperation: (operation) => process.stderr.write(`measuring ${operation}\n`),
      });
      if (flags.out !== undefined) await writeCard(flags.out, card);
      process.stdout.write(flags.json === true ? `${JSON.stringify(card, null, 2)}\n` : cardTable(card));
      conclude(EXIT_CODE.pass);
    });
}
