/** What an error means to the person at the keyboard: words for stderr and an exit code for the shell. */
import { CalibrationError } from '../run/calibrate/calibration-error.ts';
import { OutputError } from '../run/output-error.ts';
import { RunStartError } from '../run/execute.ts';
import { PlanError } from '../run/plan.ts';
import { TargetError } from '../run/target.ts';
import { ScenarioError, formatScenarioError } from '../scenario/scenario-error.ts';
import { EXIT_CODE } from './exit-code.ts';
import type { ExitCode } from './exit-code.ts';

export interface Failure {
  readonly text: string;
  readonly exitCode: ExitCode;
}

/** Wrong use that commander cannot see: a file in the way, a value out of range. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
  readonly hint: string;

  constructor(message: string, hint = '') {
    super(message);
    this.hint = hint;
  }
}

export function describeFailure(error: unknown): Failure {
  if (error instanceof ScenarioError) {
    const exitCode = error.hasThrown ? EXIT_CODE.scenarioThrew : EXIT_CODE.invalidScenario;
    return { text: formatScenarioError(error), exitCode };
  }
  if (error instanceof TargetError) {
    const exitCode = error.kind === 'unresolvable' ? EXIT_CODE.targetUnreachable : EXIT_CODE.usage;
    return { text: withHint(error), exitCode };
  }
  if (error instanceof CalibrationError) {
    const exitCode = error.kind === 'unreachable' ? EXIT_CODE.targetUnreachable : EXIT_CODE.notTrustworthy;
    return { text: withHint(error), exitCode };
  }
  if (error instanceof OutputError || error instanceof PlanError || error instanceof UsageError) {
    return { text: withHint(error), exitCode: EXIT_CODE.usage };
  }
  // A system that refuses something says so with a remedy; everything else that keeps a run from starting is a bug.
  if (error instanceof RunStartError && error.hint !== '') {
    return { text: withHint(error), exitCode: EXIT_CODE.usage };
  }
  const details = error instanceof Error ? (error.stack ?? error.message) : String(error);
  return {
    text: `internal error: ${details}\nThis is a bug of ikestorm. Please report it with the lines above and the scenario.`,
    exitCode: EXIT_CODE.internalError,
  };
}

function withHint(error: { readonly message: string; readonly hint: string }): string {
  const hint = error.hint === '' ? '' : `\n  hint: ${error.hint}`;
  return `error: ${error.message}${hint}`;
}
