/** `ikestorm validate`: checks scenarios without running them. */
import { Command } from '@commander-js/extra-typings';
import { loadScenario } from '../../scenario/load.ts';
import type { Conclude } from '../conclude.ts';
import { EXIT_CODE } from '../exit-code.ts';
import type { ExitCode } from '../exit-code.ts';
import { describeFailure } from '../failure.ts';

export function createValidateCommand(conclude: Conclude) {
  return new Command('validate')
    .description('check scenarios without running them')
    .argument('<scenario...>', 'scenario files; - reads standard input')
    .addHelpText(
      'before',
      'Examples:\n  $ ikestorm validate scenario.yaml\n  $ ikestorm validate scenarios/*.yaml\n',
    )
    .action(async (files) => conclude(await validate(files)));
}

/** Checks all files, also after one is found wrong; the first failure decides the exit code. */
async function validate(files: readonly string[]): Promise<ExitCode> {
  let exitCode: ExitCode = EXIT_CODE.pass;
  for (const file of files) {
    try {
      const { scenario } = await loadScenario(file, { settings: [] });
      const peers = scenario.groups.reduce((sum, { count }) => sum + count, 0);
      process.stdout.write(`${file}: valid (${scenario.name}, ${peers} peers)\n`);
    } catch (error) {
      const failure = describeFailure(error);
      process.stderr.write(`${failure.text}\n`);
      if (exitCode === EXIT_CODE.pass) exitCode = failure.exitCode;
    }
  }
  return exitCode;
}
