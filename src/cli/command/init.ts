/** `ikestorm init`: writes a scenario to start from. */
import { open } from 'node:fs/promises';
import { Command } from '@commander-js/extra-typings';
import { OutputError } from '../../run/output-error.ts';
import type { Conclude } from '../conclude.ts';
import { EXIT_CODE } from '../exit-code.ts';
import { UsageError } from '../failure.ts';
import { STARTER_SCENARIO } from '../../scenario/starter.ts';

export function createInitCommand(conclude: Conclude) {
  return new Command('init')
    .description('write a scenario to start from')
    .argument('[file]', 'where to write it', 'scenario.yaml')
    .option('--force', 'replace the file when it is there')
    .addHelpText('before', 'Examples:\n  $ ikestorm init\n  $ ikestorm init morning-storm.yaml\n')
    .action(async (file, { force }) => {
      await writeStarter(file, force ?? false);
      process.stderr.write(`wrote ${file}; run it with: ikestorm run ${file}\n`);
      conclude(EXIT_CODE.pass);
    });
}

async function writeStarter(path: string, mayReplace: boolean): Promise<void> {
  try {
    const file = await open(path, mayReplace ? 'w' : 'wx');
    await file.writeFile(STARTER_SCENARIO);
    await file.close();
  } catch (cause) {
    const isTaken = cause instanceof Error && 'code' in cause && cause.code === 'EEXIST';
    if (isTaken)
      throw new UsageError(`${path} is there already`, 'choose another name, or replace it with --force');
    throw new OutputError(path, cause);
  }
}
