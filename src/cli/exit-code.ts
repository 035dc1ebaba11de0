/** What the process tells the shell. Where k6 means the same it has the same number, so that pipelines can be shared. */

export const EXIT_CODE = {
  /** The run did what it should; all thresholds hold. */
  pass: 0,
  /** A bug of ikestorm; the message asks for a report. */
  internalError: 1,
  /** Unknown command or option, a missing or malformed argument, a folder that cannot be written to. */
  usage: 2,
  /** At least one threshold does not hold. */
  thresholdsFailed: 99,
  /** The scenario cannot be read or is not valid. */
  invalidScenario: 104,
  /** Stopped by SIGINT or SIGTERM; what was measured is reported. */
  stoppedBySignal: 105,
  /** A scenario written in TypeScript or JavaScript threw an error. */
  scenarioThrew: 107,
  /** The result is not to be trusted: the generator was saturated or a worker was lost. */
  notTrustworthy: 110,
  /** The target has no address or never answered. */
  targetUnreachable: 111,
} as const;

export type ExitCode = (typeof EXIT_CODE)[keyof typeof EXIT_CODE];
