/** The commands of `ikestorm`, put together. */
import { Command } from '@commander-js/extra-typings';
import { packageVersion } from '../run/manifest.ts';
import { createCalibrateCommand } from './command/calibrate.ts';
import { createCapacityCommand } from './command/capacity.ts';
import { createCompareCommand } from './command/compare.ts';
import { createInitCommand } from './command/init.ts';
import { createProfilesCommand } from './command/profiles.ts';
import { createRunCommand } from './command/run.ts';
import { createSchemaCommand } from './command/schema.ts';
import { createServeCommand } from './command/serve.ts';
import { createSweepCommand } from './command/sweep.ts';
import { createValidateCommand } from './command/validate.ts';
import type { Conclude } from './conclude.ts';

/** `conclude` is told the exit code of the command that ran. */
export function createProgram(conclude: Conclude): Command {
  const program = new Command('ikestorm')
    .description('Simulates many IKE peers and tests gateways under load.')
    .version(versionText(), '-V, --version', 'print the version and leave')
    .addHelpText(
      'before',
      examples(
        'ikestorm init && ikestorm run scenario.yaml',
        'ikestorm run scenario.yaml --target 192.168.1.1',
      ),
    )
    .showHelpAfterError('(ikestorm --help shows what there is)')
    .helpOption('-h, --help', 'show this and leave');
  for (const create of COMMANDS) {
    const command = create(conclude);
    command.helpOption('-h, --help', 'show this and leave');
    command.showHelpAfterError(`(ikestorm ${command.name()} --help shows what there is)`);
    program.addCommand(command);
  }
  return program;
}

function examples(...lines: readonly string[]): string {
  return `Examples:\n${lines.map((line) => `  $ ${line}\n`).join('')}`;
}

function versionText(): string {
  return `${packageVersion()} (Node.js ${process.versions.node}, ${process.platform} ${process.arch})`;
}

const COMMANDS = [
  createRunCommand,
  createCapacityCommand,
  createSweepCommand,
  createCompareCommand,
  createServeCommand,
  createValidateCommand,
  createSchemaCommand,
  createProfilesCommand,
  createInitCommand,
  createCalibrateCommand,
] as const;
