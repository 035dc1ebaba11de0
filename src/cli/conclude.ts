/** How commands end: with an exit code, not by leaving the process, so that everything is written first. */
import type { ExitCode } from './exit-code.ts';

export type Conclude = (exitCode: ExitCode) => void;
