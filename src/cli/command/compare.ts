/** `ikestorm compare`: two results side by side, and where two simulations part. */
import { Command } from '@commander-js/extra-typings';
import { compareDigests, comparisonText } from '../../report/comparison.ts';
import { readResult } from '../../run/read-result.ts';
import type { Conclude } from '../conclude.ts';
import { EXIT_CODE } from '../exit-code.ts';

export function createCompareCommand(conclude: Conclude) {
  return new Command('compare')
    .description('show two results side by side, and when two simulations part')
    .argument('<result>', 'result.json, or the folder of a run')
    .argument('<other>', 'the one to compare it with')
    .option('--same', 'demand that both did the same: without equal digests the exit code is 99')
    .addHelpText(
      'before',
      'Examples:\n  $ ikestorm compare results/before results/after\n' +
        '  $ ikestorm compare one/result.json other/result.json --same\n',
    )
    .action(async (result, other, { same }) => {
      const [a, b] = [await readResult(result), await readResult(other)];
      process.stdout.write(comparisonText(a, b));
      const isSame = compareDigests(a, b).type === 'same';
      conclude(same === true && !isSame ? EXIT_CODE.thresholdsFailed : EXIT_CODE.pass);
    });
}
