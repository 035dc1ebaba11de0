/** The exit code of a run by its verdict. */
import type { Verdict } from '../measure/result.ts';
import { EXIT_CODE } from './exit-code.ts';
import type { ExitCode } from './exit-code.ts';

export const VERDICT_EXIT_CODE: Readonly<Record<Verdict, ExitCode>> = {
  pass: EXIT_CODE.pass,
  'threshold-failed': EXIT_CODE.thresholdsFailed,
  saturated: EXIT_CODE.notTrustworthy,
  invalid: EXIT_CODE.notTrustworthy,
  unreachable: EXIT_CODE.targetUnreachable,
  aborted: EXIT_CODE.stoppedBySignal,
};
