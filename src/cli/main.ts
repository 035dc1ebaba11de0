#!/usr/bin/env node
/** Entry of the command line program. */
import { CommanderError } from '@commander-js/extra-typings';
import { EXIT_CODE } from './exit-code.ts';
import { describeFailure } from './failure.ts';
import { createProgram } from './program.ts';

// A reader that has seen enough (`| head`) is no error.
for (const stream of [process.stdout, process.stderr]) {
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') process.exit(process.exitCode ?? EXIT_CODE.pass);
    throw error;
  });
}

try {
  const program = createProgram((exitCode) => {
    process.exitCode = exitCode;
  });
  for (const command of [program, ...program.commands]) command.exitOverride();
  await program.parseAsync(process.argv);
} catch (error) {
  if (error instanceof CommanderError) {
    // Commander has said what there is to say; help and version that were asked for are no errors.
    process.exitCode = error.exitCode === 0 ? EXIT_CODE.pass : EXIT_CODE.usage;
  } else {
    const failure = describeFailure(error);
    process.stderr.write(`${failure.text}\n`);
    process.exitCode = failure.exitCode;
  }
}
